"""From the engine's score to what a person reads: reasons, a table, chances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from marketplace.matches import wording
from marketplace.matches.parts import ExplainedPart, explained_parts
from matching.score import GOOD
from matching.sectors import (
    SAME_DIVISION,
    SAME_GROUP,
    SAME_SECTOR,
    WITHIN_SECTOR,
    is_sector,
    sector_title,
)
from matching.types import ConditionResult, Contribution, Meeting, Outcome, Score, Side

MET: Final = 0.6
"""Similarity of two phrases from which we say that one meets the other."""
NEAR: Final = 0.3
"""Similarity from which a phrase is worth showing beside the one it does not quite meet."""
STRONG: Final = 75.0
"""Total that capabilities and sector alone can reach when both fit (weights of matching.score)."""
POSSIBLE: Final = 45.0
"""Total below which circumstances weigh more than what is made."""
# Pleasant to know, but nobody decides by it: named after everything else.
PLEASANT: Final = frozenset({"freshness"})
TELLING: Final = 0.5
"""Value of a comparison from which it counts as a reason."""
MOST_CHANCES: Final = 3
"""Chances named at the head of the page: one thing to do is done, ten are not."""
TITLE_LETTERS: Final = 48
"""Letters of a sector's title in a reason; the table shows all of it."""
REASONS: Final[Mapping[str, LazyString]] = MappingProxyType({
    "text": _l("The descriptions speak of the same things"),
    "topic": _l("Both work in the same field"),
    "geography": _l("The country is one sought"),
    "partnership": _l("Both seek the same kind of partnership"),
    "freshness": _l("Both were published recently"),
})  # fmt: skip
"""Of the comparisons whose reason names nothing of the two."""
HOWS: Final[Mapping[str, LazyString]] = MappingProxyType({
    "same": _l("The same words"),
    "fuzzy": _l("Nearly the same words"),
    "concept": _l("Another name for the same"),
    "meaning": _l("The same meaning in other words"),
    "text": _l("Found in the description"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """One line of the table *asked | offered | outcome*.

    Parameters
    ----------
    outcome
        ``match``, ``gap`` or ``unknown``.
    note
        What stands behind the outcome; may be empty.
    hard
        Whether the one who asks cannot do without.
    """

    asked: str
    offered: str
    outcome: str
    note: str
    hard: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """A score in words.

    Parameters
    ----------
    total
        0 to 100.
    exact
        The same before it was rounded.
    for_request, for_offer
        How good it is for each side, 0 to 100.
    strength
        The total as two words.
    reasons
        Strongest first, some six words each.
    chances
        What the reader's side could add or change; empty where no reader was named.
    excluded
        Why the pair cannot be; empty where it can.
    """

    total: int
    exact: float
    for_request: int
    for_offer: int
    strength: str
    reasons: tuple[str, ...]
    rows: tuple[ExplainedRow, ...]
    parts: tuple[ExplainedPart, ...]
    excluded: tuple[str, ...]
    chances: tuple[str, ...] = ()


def explain(score: Score, reader: Side | None = None) -> Explained:
    """Put a score into words.

    Parameters
    ----------
    score
        From the engine, or from a stored match by ``score_from_json``.
    reader
        On whose behalf it is read: chances are this side's.  ``None`` for somebody else.
    """
    return Explained(
        total=round(score.total),
        exact=score.total,
        for_request=round(score.for_request),
        for_offer=round(score.for_offer),
        strength=strength(score.total),
        reasons=_reasons(score),
        rows=(*_meeting_rows(score.meetings), *_sector_rows(score), *_condition_rows(score, reader)),
        parts=explained_parts(score),
        excluded=tuple(_excluded(name) for name in score.excluded_by),
        chances=() if reader is None else tuple(dict.fromkeys(_chances(score, reader))),
    )


def strength(total: float) -> str:
    """Return a total as two words."""
    if total >= STRONG:
        return _("Strong match")
    if total >= GOOD:
        return _("Good match")
    return _("Possible match") if total >= POSSIBLE else _("Weak match")


# ------------------------------------------------------------------------------------- reasons


def _reasons(score: Score) -> tuple[str, ...]:
    found = [
        (contribution.name in PLEASANT, -contribution.points, reason)
        for contribution in score.contributions
        if contribution.value >= TELLING and contribution.weight > 0
        for reason in (_reason(contribution, score),)
        if reason
    ]
    return tuple(reason for _pleasant, _points, reason in sorted(found))


def _reason(contribution: Contribution, score: Score) -> str:
    if contribution.name == "capability":
        return _capability_reason(score.meetings)
    if contribution.name == "sector":
        return _sector_reason(score.sector_pair)
    if contribution.name == "requirement":
        return _requirement_reason(score.conditions)
    return str(REASONS.get(contribution.name, ""))


def _capability_reason(meetings: tuple[Meeting, ...]) -> str:
    met = [meeting for meeting in meetings if meeting.similarity >= MET]
    if not met:
        return ""
    first = max(met, key=lambda meeting: meeting.similarity)
    if len(meetings) == 1:
        return _("Meets “%(phrase)s”", phrase=first.asked)
    return _(
        "%(met)s of %(all)s capabilities, such as “%(phrase)s”",
        met=len(met), all=len(meetings), phrase=first.asked,
    )  # fmt: skip


def _sector_reason(pair: tuple[str, str, float] | None) -> str:
    if pair is None:
        return ""
    name = _short(_sector(pair[0]))
    if pair[2] >= WITHIN_SECTOR:
        return _("Same sector: %(sector)s", sector=name)
    return _("Neighbouring sector: %(sector)s", sector=_short(_sector(pair[1])))


def _requirement_reason(results: tuple[ConditionResult, ...]) -> str:
    met = sum(result.outcome is Outcome.MATCH for result in results)
    if not met:
        return ""
    if met == len(results):
        return ngettext("The requirement is met", "All %(num)s requirements are met", met)
    return _("%(met)s of %(all)s requirements met", met=met, all=len(results))


# --------------------------------------------------------------------------------------- table


def _meeting_rows(meetings: tuple[Meeting, ...]) -> Iterable[ExplainedRow]:
    for meeting in meetings:
        met = meeting.similarity >= MET
        shown = meeting.offered if meeting.similarity >= NEAR else ""
        note = _how(meeting.how) if met else _("Near, but not the same") if shown else _("Not mentioned")
        yield ExplainedRow(meeting.asked, shown, str(Outcome.MATCH if met else Outcome.GAP), note, hard=False)


def _how(how: str) -> str:
    return str(HOWS.get(how, ""))


def _sector_rows(score: Score) -> Iterable[ExplainedRow]:
    if score.sector_pair is None:
        return
    asked, offered, near = score.sector_pair
    met = near >= SAME_DIVISION
    yield ExplainedRow(
        _("Sector: %(sector)s", sector=_sector(asked)),
        _sector(offered),
        str(Outcome.MATCH if met else Outcome.GAP),
        nearness(near),
        hard=False,
    )


def nearness(similarity: float) -> str:
    """Return how near two sectors are, in words.

    Parameters
    ----------
    similarity
        As :func:`matching.sectors.sector_similarity` gives it.
    """
    if similarity >= SAME_SECTOR:
        return _("The same sector")
    if similarity >= WITHIN_SECTOR:
        return _("One lies within the other")
    if similarity >= SAME_GROUP:
        return _("Neighbours in one group")
    if similarity >= SAME_DIVISION:
        return _("The same branch of industry")
    return _("Far apart") if similarity > 0 else _("Nothing in common")


def _condition_rows(score: Score, reader: Side | None) -> Iterable[ExplainedRow]:
    for result in score.conditions:
        notes = [_outcome_note(result, reader)]
        if result.asked_by is Side.OFFER:
            # The columns read as the request's; what the offer asks must say so.
            notes.append(_("Asked by the one who offers"))
        yield ExplainedRow(
            wording.asked(result.condition),
            wording.stated(result),
            str(result.outcome),
            " · ".join(note for note in notes if note),
            hard=result.condition.hard,
        )


def _outcome_note(result: ConditionResult, reader: Side | None) -> str:
    if result.outcome is Outcome.UNKNOWN:
        if result.stated:
            return _("Cannot be compared with what is asked")
        if reader is None:
            return _("Not stated")
        return _("You do not state it yet") if result.asked_by is not reader else _("Not stated: ask them")
    if result.outcome is Outcome.GAP and wording.expired_on(result) is not None:
        return _("The certificate has expired")
    return ""


def _excluded(name: str) -> str:
    known = {
        "kind": _("The two are about different things: their kinds differ."),
        "side": _("Both stand on the same side."),
        "owner": _("Both belong to the same organisation."),
        "country": _("One of them excludes the other’s country."),
    }
    return known.get(name) or _(
        "A condition that must be met is not: %(criterion)s.", criterion=wording.title(name)
    )


# ------------------------------------------------------------------------------------- chances


def _chances(score: Score, reader: Side) -> Iterable[str]:
    """Say what the reader's side could add or change, most certain gain first."""
    for result in score.conditions:
        if result.asked_by is not reader:
            chance = _condition_chance(result)
            if chance:
                yield chance
    if reader is Side.OFFER:
        for meeting in score.meetings:
            if meeting.similarity < MET:
                yield _(
                    "They need “%(phrase)s”: if you can do it, add it to your capabilities.",
                    phrase=meeting.asked,
                )


def shared_chances(scores: Iterable[Score], reader: Side) -> list[str]:
    """Return what several partners ask for and the reader's side does not state, most asked first.

    Parameters
    ----------
    scores
        Of matches of one listing.
    reader
        The side of that listing.
    """
    asked = Counter(
        criterion
        for score in scores
        for criterion in {
            result.condition.criterion
            for result in score.conditions
            if result.asked_by is not reader and result.outcome is Outcome.UNKNOWN and not result.stated
        }
    )
    return [
        ngettext(
            "Add “%(criterion)s”: %(num)s of these partners asks for it.",
            "Add “%(criterion)s”: %(num)s of these partners ask for it.",
            count,
            criterion=wording.title(criterion),
        )
        for criterion, count in sorted(asked.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_CHANCES]
    ]


def _condition_chance(result: ConditionResult) -> str:
    name, asks = wording.title(result.condition.criterion), wording.bound(result.condition)
    if result.outcome is Outcome.UNKNOWN and not result.stated:
        return _("Add “%(criterion)s” to your listing: they ask for %(bound)s.", criterion=name, bound=asks)
    if result.outcome is not Outcome.GAP:
        return ""
    if wording.expired_on(result) is not None:
        return _("Renew your certificate: they ask for %(bound)s.", bound=asks)
    return _("%(criterion)s: they ask for %(bound)s.", criterion=name, bound=asks)


def _sector(code: str) -> str:
    return sector_title(code) if is_sector(code) else code


def _short(text: str) -> str:
    return text if len(text) <= TITLE_LETTERS else text[:TITLE_LETTERS].rsplit(" ", 1)[0].rstrip(",;") + "…"
