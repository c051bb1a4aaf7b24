"""The human words for stored values, by the name of their enumeration."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

LABELS: Mapping[str, Mapping[str, LazyString]] = {
    "Side": {"offer": _l("Offer"), "request": _l("Request")},
    "Kind": {
        "subcontracting": _l("Subcontracting"),
        "technology": _l("Technology"),
        "investment": _l("Investment"),
        "environment": _l("Environment"),
    },
    "State": {
        "draft": _l("Draft"),
        "submitted": _l("Being reviewed"),
        "returned": _l("Returned to you"),
        "published": _l("Published"),
        "paused": _l("Paused"),
        "matched": _l("Partner found"),
        "closed": _l("Closed"),
        "expired": _l("Expired"),
        "archived": _l("Archived"),
    },
    "Dissemination": {
        "public": _l("Everybody"),
        "members": _l("Members only"),
        "offices": _l("Offices of the network only"),
    },
    "OrganisationType": {
        "enterprise": _l("Enterprise"),
        "cso": _l("Civil society organisation"),
        "government": _l("Government"),
        "support": _l("Business support organisation"),
        "research": _l("Research institution"),
        "media": _l("Media"),
    },
    "EmployeeBand": {
        "1-9": _l("1 to 9 people"),
        "10-49": _l("10 to 49 people"),
        "50-249": _l("50 to 249 people"),
        "250+": _l("250 people or more"),
    },
    "TurnoverBand": {
        "<2": _l("Under 2 million"),
        "2-10": _l("2 to 10 million"),
        "10-50": _l("10 to 50 million"),
        ">50": _l("Over 50 million"),
    },
    "MemberRole": {"owner": _l("Owner"), "editor": _l("Editor"), "viewer": _l("Viewer")},
    "OfficeKind": {
        "spx": _l("Subcontracting and Partnership Exchange (SPX)"),
        "itpo": _l("Investment and Technology Promotion Office (ITPO)"),
    },
    "Operator": {
        "at_most": _l("at most"),
        "at_least": _l("at least"),
        "between": _l("between"),
        "one_of": _l("one of"),
        "all_of": _l("all of"),
    },
    "Outcome": {"match": _l("Match"), "gap": _l("Gap"), "unknown": _l("Not known")},
    "DismissReason": {
        "wrong_capability": _l("Not what we need or make"),
        "wrong_sector": _l("Another sector"),
        "too_far": _l("Too far away"),
        "too_small": _l("Too small for us"),
        "too_large": _l("Too large for us"),
        "already_in_contact": _l("We are already in contact"),
        "not_trusted": _l("We do not trust this listing"),
        "other": _l("Another reason"),
    },
    "IntroductionState": {
        "proposed": _l("With the first office"),
        "vetted": _l("With the second office"),
        "sent": _l("Answer awaited"),
        "accepted": _l("Contacts opened"),
        "meeting_held": _l("Met"),
        "negotiating": _l("Negotiating"),
        "agreed": _l("Agreed"),
        "failed": _l("Nothing came of it"),
        "declined": _l("Declined"),
        "withdrawn": _l("Taken back"),
        "expired": _l("No answer in time"),
    },
    "Origin": {
        "interest": _l("Expression of interest"),
        "office": _l("Proposed by an office"),
    },
    "MeetingState": {
        "proposed": _l("Times proposed"),
        "replaced": _l("Other times were proposed"),
        "agreed": _l("Agreed"),
        "held": _l("Held"),
        "not_held": _l("Not held"),
    },
    "ValueBand": {
        "under_10k": _l("under 10,000"),
        "under_50k": _l("10,000 to 50,000"),
        "under_250k": _l("50,000 to 250,000"),
        "under_1m": _l("250,000 to 1 million"),
        "under_5m": _l("1 to 5 million"),
        "over_5m": _l("over 5 million"),
        "not_told": _l("not told"),
    },
    "FollowUpAnswer": {
        "growing": _l("Yes, and it grows"),
        "as_agreed": _l("Yes, as agreed"),
        "smaller": _l("Yes, but less than agreed"),
        "ended": _l("No, it has ended"),
        "never_begun": _l("No, it never began"),
    },
    "By": {
        "proposer": _l("The proposer’s side"),
        "other": _l("The other side"),
        "proposer_office": _l("The proposer’s office"),
        "other_office": _l("The other side’s office"),
        "exchange": _l("The exchange, by the clock"),
    },
    "Reason": {
        "too_early": _l("It is too early for us"),
        "benefit_unclear": _l("The benefit is not clear"),
        "commercial_route_unclear": _l("How it would become business is not clear"),
        "description_unclear": _l("The description is not clear"),
        "capacity_full": _l("No capacity is free"),
        "price": _l("The price"),
        "distance": _l("The distance"),
        "certificate_missing": _l("A certificate is missing"),
        "already_in_contact": _l("We are already in contact"),
        "conflict_of_interest": _l("A conflict of interest"),
        "partner_found": _l("Another partner has been found"),
        "need_is_gone": _l("The need or the offer is gone"),
        "too_slow": _l("It takes too long"),
        "by_mistake": _l("It was sent by mistake"),
        "terms": _l("The terms"),
        "quality": _l("The quality"),
        "financing": _l("The financing"),
        "no_answer": _l("One side did not answer any more"),
        "other": _l("Another reason"),
    },
    "Verdict": {
        "dismissed": _l("Put aside by a side"),
        "vetted": _l("Let pass by an officer"),
        "declined": _l("Declined"),
        "expired": _l("No answer in time"),
        "accepted": _l("Accepted by both"),
        "agreed": _l("Agreed"),
        "failed": _l("Nothing came of it"),
    },
    "Channel": {"notice": _l("Notice"), "mail": _l("E-mail")},
    "DeliveryState": {
        "waiting": _l("Waiting"),
        "sent": _l("Sent"),
        "dropped": _l("No longer needed"),
        "set_aside": _l("Set aside"),
    },
    "ImportKind": {
        "organisations": _l("Organisations"),
        "listings": _l("Offers and requests"),
        "offers": _l("Offers"),
        "requests": _l("Requests"),
    },
    "ImportState": {
        "mapping": _l("Columns to be said"),
        "trying": _l("Trial under way"),
        "tried": _l("Tried, not yet in"),
        "running": _l("Under way"),
        "done": _l("Done"),
        "stopped": _l("Stopped"),
        "failed": _l("Not carried out"),
    },
    "Purpose": {"verify": _l("Confirm the address"), "reset": _l("Set a new password")},
}

# A stored value without its enumeration; the first table that has it speaks.
OF_ANY_KIND: Mapping[str, LazyString] = {
    value: words for table in reversed(list(LABELS.values())) for value, words in table.items()
}
