"""Letters about introductions; none to a side holds a name or a contact of the other."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.seats import awaited_sides, seats
from marketplace.introductions.queries.sides import face_of
from marketplace.introductions.states import By, IntroductionState, Origin
from marketplace.introductions.wording import SIDES, name_of, next_step, standing
from marketplace.listings.models import Listing
from marketplace.notifications.views.letters.letter import Letter, Occasion, sender
from marketplace.notifications.views.letters.people import exchange
from marketplace.web.words import country, day, label, last_day, sector

Compose = Callable[[Occasion, Introduction, By], Letter | None]
Told = Callable[[Occasion], Letter | None]


def about(compose: Compose) -> Told:
    """Return a writer that finds the introduction and from where the reader looks at it."""

    def write(occasion: Occasion) -> Letter | None:
        introduction = occasion.session.get(Introduction, occasion.ids["introduction"])
        if introduction is None:
            return None
        taken = seats(occasion.reader, introduction)
        awaited = [side for side in awaited_sides(occasion.reader, introduction) if side in taken]
        seat = next(iter([*awaited, *taken]), None)
        return None if seat is None else compose(occasion, introduction, seat)

    return write


def address(introduction: Introduction, seat: By) -> str:
    """Return the full address of the page on which the reader sees it."""
    endpoint = "introductions.introduction" if seat in SIDES else "introductions.at_desk"
    return url_for(endpoint, reference=introduction.reference, _external=True)


def listing_of(introduction: Introduction, seat: By) -> Listing:
    """Return the listing by which a reader knows what it is about."""
    proposed = seat is By.PROPOSER and introduction.origin is Origin.OFFICE
    return (introduction.proposer_listing if proposed else None) or introduction.other_listing


def letter_to(
    introduction: Introduction,
    seat: By,
    subject: str,
    *paragraphs: str,
    action: str = "",
    facts: tuple[tuple[str, str], ...] = (),
    closing: tuple[str, ...] = (),
) -> Letter:
    """Return a letter of the reader's office, or to its staff, that leads to the introduction."""
    first = seat in {By.PROPOSER, By.PROPOSER_OFFICE}
    signed, reply_to = sender(
        introduction.proposer_office if first else introduction.other_office, exchange()
    )
    if seat in SIDES:
        why = _("You get this mail because you write for %(name)s.", name=name_of(introduction, seat))
    else:
        why = _("You get this mail because you are on the staff of %(office)s.", office=signed)
    return Letter(
        subject=subject,
        paragraphs=paragraphs,
        facts=facts,
        action=(action or _("Look at it"), address(introduction, seat)),
        closing=closing,
        why=why,
        signed=signed,
        reply_to="" if seat not in SIDES else reply_to,
    )


def called(introduction: Introduction, seat: By) -> dict[str, str]:
    """Return by which words a reader knows the introduction."""
    listing = listing_of(introduction, seat)
    return {"title": listing.title, "reference": introduction.reference or ""}


def _by_when(introduction: Introduction) -> str:
    return _("Please answer by %(day)s.", day=day(last_day(introduction.due_at)))


def _facts_for_office(introduction: Introduction) -> tuple[tuple[str, str], ...]:
    own = introduction.proposer_listing
    return (
        (_("Proposed by"), name_of(introduction, By.PROPOSER)),
        (_("To"), name_of(introduction, By.OTHER)),
        (_("With their listing"), f"{own.title} ({own.reference})" if own else ""),
        (_("What they seek"), introduction.sought),
        (_("What is unclear to them"), introduction.unclear),
    )


def _facts_for_side(introduction: Introduction, seat: By) -> tuple[tuple[str, str], ...]:
    """Return what may be told of the other side: no name, and no word that it wrote itself."""
    face = face_of(introduction, By.OTHER if seat is By.PROPOSER else By.PROPOSER)
    return (
        (_("Country"), country(face.country)),
        (_("Sector"), "; ".join(sector(code) for code in face.sectors)),
        (_("Size"), str(label(face.employees)) if face.employees else ""),
        (_("What the office says"), introduction.presented),
    )


def _for_office(introduction: Introduction, seat: By, wanted: IntroductionState) -> Letter | None:
    if introduction.state is not wanted or seat in SIDES:
        return None
    words = called(introduction, seat)
    return letter_to(
        introduction,
        seat,
        _("To look at: %(title)s", **words),
        _(
            "%(proposer)s and %(other)s may want to meet (%(reference)s).",
            proposer=name_of(introduction, By.PROPOSER),
            other=name_of(introduction, By.OTHER),
            **words,
        ),
        facts=_facts_for_office(introduction),
        action=_("Decide"),
        closing=(
            _("Please look whether the two fit."),
            _by_when(introduction),
            _("Neither side has seen the other’s contacts."),
        ),
    )


def _proposed(_occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    return _for_office(introduction, seat, IntroductionState.PROPOSED)


def _vetted(_occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    if seat is By.PROPOSER:
        return _news(introduction, seat, _("Passed on: %(title)s", **called(introduction, seat)))
    return _for_office(introduction, seat, IntroductionState.VETTED)


def _sent(occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    if introduction.state is not IntroductionState.SENT:
        return None
    words = called(introduction, seat)
    if seat not in SIDES:
        return _answer_of_office(occasion, introduction, seat)
    if seat is By.PROPOSER and introduction.origin is Origin.INTEREST:
        return _news(introduction, seat, _("The other side is asked: %(title)s", **words))
    return _question(introduction, seat)


def _answer_of_office(occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    """Ask an office for the answer of a listing that it holds."""
    if not awaited_sides(occasion.reader, introduction):
        return None
    words = called(introduction, seat)
    return _news(introduction, seat, _("Your office is to answer: %(title)s", **words))


def _question(introduction: Introduction, seat: By, opening: str = "") -> Letter:
    words = called(introduction, seat)
    return letter_to(
        introduction,
        seat,
        opening or _("Would you like to meet? %(title)s", **words),
        _(
            "We know an organisation that would be a partner for “%(title)s”. Would you like to meet?",
            **words,
        )
        if introduction.origin is Origin.OFFICE
        else _("An organisation would like to meet you because of your listing “%(title)s”.", **words),
        facts=_facts_for_side(introduction, seat),
        action=_("Say yes or no"),
        closing=(
            _by_when(introduction),
            _("Nobody sees your name or your contacts before you have said yes."),
            _("If it is not for you, say so with a reason: that helps both of you."),
        ),
    )


def _news(introduction: Introduction, seat: By, subject: str) -> Letter:
    """Tell where it stands, and what comes next."""
    following = next_step(introduction, seat) if seat in SIDES else ""
    return letter_to(
        introduction,
        seat,
        subject,
        standing(introduction, seat),
        facts=_facts_for_office(introduction) if seat not in SIDES else (),
        closing=(following,) if following else (),
    )


def _consented(_occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    if seat in SIDES or introduction.state is not IntroductionState.SENT:
        return None
    return _news(introduction, seat, _("One side has said yes: %(title)s", **called(introduction, seat)))


def _accepted(_occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    words = called(introduction, seat)
    if seat not in SIDES:
        return _news(introduction, seat, _("Both have said yes: %(title)s", **words))
    return letter_to(
        introduction,
        seat,
        _("Both sides have said yes: %(title)s", **words),
        _("You and the other side now see each other’s names and contacts."),
        action=_("See the contacts"),
        closing=(
            _("Write or call, and find a day to meet. Your offices help, if you wish."),
            _("We do not put contacts into mails: the page shows them, and notes who has read them."),
        ),
    )


def _ended(_occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    if introduction.ended_by is None:
        return None
    closing: tuple[str, ...] = ()
    if seat in SIDES:
        closing = (_("Nobody has learnt from us who you are. There may be others who fit."),)
    letter = _news(introduction, seat, _("It has ended: %(title)s", **called(introduction, seat)))
    reason = str(label(introduction.reason)) if introduction.reason else ""
    facts = ((_("Reason"), reason),) if seat in SIDES else (*letter.facts, (_("Reason"), reason))
    return _with(letter, facts, closing)


def _with(letter: Letter, facts: tuple[tuple[str, str], ...], closing: tuple[str, ...]) -> Letter:
    return Letter(
        subject=letter.subject,
        paragraphs=letter.paragraphs,
        action=letter.action,
        why=letter.why,
        signed=letter.signed,
        facts=facts,
        closing=closing,
        reply_to=letter.reply_to,
    )


def _waiting(occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    if introduction.state != occasion.ids["state"]:
        return None
    if seat in awaited_sides(occasion.reader, introduction):
        subject = _("Still open: %(title)s", **called(introduction, seat))
        return _question(introduction, seat, subject)
    if introduction.state is IntroductionState.SENT:
        return _answer_of_office(occasion, introduction, seat)
    return _for_office(introduction, seat, introduction.state)


def _progressed(_occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    return _news(introduction, seat, _("News of “%(title)s”", **called(introduction, seat)))


def _reassigned(occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    if occasion.ids["officer"] not in {introduction.proposer_officer_id, introduction.other_officer_id}:
        return None
    return _news(introduction, seat, _("Now in your hands: %(title)s", **called(introduction, seat)))


def handed_over(occasion: Occasion) -> Letter | None:
    """Write to an officer who has taken over what a colleague had in hand."""
    count = len(occasion.ids["introductions"])
    return Letter(
        subject=ngettext(
            "%(num)s introduction is now in your hands", "%(num)s introductions are now in your hands", count
        ),
        paragraphs=(_("A colleague has handed over to you."),),
        action=(_("Look at your desk"), url_for("introductions.desk", _external=True)),
        why=_("You get this mail because you are on the staff of an office."),
        signed=exchange(),
    )


proposed = about(_proposed)
vetted = about(_vetted)
sent = about(_sent)
consented = about(_consented)
accepted = about(_accepted)
ended = about(_ended)
waiting = about(_waiting)
progressed = about(_progressed)
reassigned = about(_reassigned)
