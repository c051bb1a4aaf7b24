"""Measurable conditions in free text, proposed for a person to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final

from matching.requirements import convert
from matching.stated.barriers import barriers_in, links_in
from matching.stated.context import Context, Force
from matching.stated.grades import grades_in
from matching.stated.measures import Measured, measures_in
from matching.stated.names import Named, names_in
from matching.stated.numerals import writes_comma
from matching.stated.scope import Place, Scope
from matching.stated.tokens import BARRIER, NAME, PARTS, Read
from matching.types import Condition, Operator, Side

MOST: Final = 40
"""Proposals of one text."""
MOST_NAMES: Final = 100
"""Names of one text that are read."""
_NEAR: Final = 6
_MOST_JOINED: Final = 6
_AT_MOST_TERMS: Final = frozenset({"it_grade"})
_JOINT_TOKENS: Final = 2
_ANY_OF_LIST: Final = frozenset({"incoterm", "drawing_format"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A condition found in a text.

    Parameters
    ----------
    condition
        Bounds in the criterion's canonical unit; hard only where the text says so.
    phrase
        As written; it stands at ``start`` to ``end`` of the text.
    value, value_to
        The bounds as written; ``None`` for terms, and where there is no second bound.
    unit
        The unit as written, as :func:`matching.requirements.convert` reads it; may be empty.
    force
        What the text says of how much it counts.
    asked_by
        The side that alone asks for such a thing (a smallest order: the offer); ``None``: either.
    """

    condition: Condition
    phrase: str
    start: int
    end: int
    value: float | None = None
    value_to: float | None = None
    unit: str = ""
    force: Force = Force.OPEN
    asked_by: Side | None = None

    @property
    def key(self) -> str:
        """What it asks, in one line: equal for two ways of saying the same."""
        asked = self.condition
        bounds = ("" if bound is None else f"{bound:.9g}" for bound in (asked.low, asked.high))
        terms = "|".join(term.casefold() for term in asked.terms)
        return ":".join((asked.criterion, asked.operator.value, *bounds, terms))


def conditions_in(text: str, language: str = "") -> tuple[Proposal, ...]:
    """Return the measurable conditions that a text states, in the order of the text.

    Parameters
    ----------
    text
        Of any content, in the six languages of the United Nations, German, Portuguese or Italian;
        the first :data:`matching.stated.folding.TEXT_CHARS` characters are read.
    language
        ISO 639-1 as its author says; ``""`` when unknown. It decides how "1.200 mm" is read where
        the words of the text do not.

    Returns
    -------
    tuple of Proposal
        At most :data:`MOST`; each condition once.
    """
    read = Read(text)
    read.cover(links_in(read.folded), BARRIER)
    names = list(islice(chain(names_in(read), grades_in(read)), MOST_NAMES))
    names = _apart(names)
    read.cover(((name.start, name.end) for name in names), NAME)
    read.cover(barriers_in(read.folded), BARRIER)
    read.cut()
    comma = writes_comma((token.text for token in read.tokens), language)
    context = Context(read.tokens)
    measures = list(measures_in(read, context, comma=comma))
    groups = list(_groups(read, context, names))
    places = [*map(_place_of_group, groups), *(place for place, _ in _words(read))]
    scope = Scope(read, [*places, *map(_place_of_measure, measures)])
    found = [
        *(proposal for group in groups if (proposal := _of_group(read, context, scope, group))),
        *_of_words(read, context, scope),
        *(proposal for one in measures if (proposal := _of_measure(read, context, scope, one))),
    ]
    return _distinct(sorted(found, key=lambda proposal: (proposal.start, proposal.end)))


def _apart(names: Iterable[Named]) -> list[Named]:
    """Return names of which no two share a place, the one that begins first before the others."""
    kept: list[Named] = []
    end = 0
    for name in sorted(names, key=lambda name: (name.start, -name.end)):
        if name.start >= end:
            kept.append(name)
            end = name.end
    return kept


_Group = list[tuple[Named, int]]


def _groups(read: Read, context: Context, names: list[Named]) -> Iterator[_Group]:
    """Yield the names with their tokens; those that are a choice together."""
    places = {token.start: at for at, token in enumerate(read.tokens)}
    for listed, choice in _lists(
        read, [(name, places[name.start]) for name in names if name.start in places]
    ):
        # A name that means other things as well is believed beside a word for it, or beside another.
        if any(_believed(context, name, at) for name, at in listed):
            yield from [listed] if choice else [[one] for one in listed]


def _place_of_group(group: _Group) -> Place:
    return Place(group[0][1], group[-1][1], group[0][0].criterion)


def _place_of_measure(found: Measured) -> Place:
    return Place(found.first, found.last, found.criterion)


def _believed(context: Context, name: Named, at: int) -> bool:
    return not name.near or context.nearest("topic", (name.near,), at, at)[1] <= _NEAR


def _lists(read: Read, names: list[tuple[Named, int]]) -> Iterator[tuple[list[tuple[Named, int]], bool]]:
    """Yield names that stand in one list, and whether it is a choice: "1.4301, 1.4404 or 1.4571"."""
    listed: list[tuple[Named, int]] = []
    choice = False
    for one in names:
        joint = _joint(read, listed[-1], one) if listed else ""
        if listed and not joint:
            yield listed, choice
            listed, choice = [], False
        choice = choice or joint == "or"
        listed.append(one)
    if listed:
        yield listed, choice


def _joint(read: Read, one: tuple[Named, int], other: tuple[Named, int]) -> str:
    """Return ``or`` or ``comma`` where two names stand in one list, else an empty string."""
    (first, at), (second, beyond) = one, other
    between = read.tokens[at + 1 : beyond]
    if first.criterion != second.criterion or not 0 < len(between) <= _JOINT_TOKENS:
        return ""
    roles = {role.name for token in between for role in token.roles}
    if "or" in roles or (first.criterion in _ANY_OF_LIST and "and" in roles):
        return "or"
    return "comma" if len(between) == 1 and between[0].text in PARTS else ""


def _of_group(read: Read, context: Context, scope: Scope, group: _Group) -> Proposal | None:
    force = context.force(_place_of_group(group), scope)
    if force is None:
        return None
    named = group[:_MOST_JOINED]
    criterion = named[0][0].criterion
    terms = tuple({name.term.casefold(): name.term for name, _ in named}.values())
    operator = Operator.ONE_OF
    if criterion in _AT_MOST_TERMS:
        operator = Operator.AT_MOST
    elif len(terms) == 1 and criterion in {"certificate", "inspection"}:
        operator = Operator.ALL_OF
    condition = Condition(criterion, operator, terms=terms, hard=force is Force.HARD)
    return _proposal(read, condition, named[0][0].start, named[-1][0].end, force)


def _words(read: Read) -> Iterator[tuple[Place, str]]:
    """Yield the terms of closed lists that are words, with their places: "small series", "women-led"."""
    for at, token in enumerate(read.tokens):
        for role in token.roles:
            if role.name == "term":
                yield Place(at, at + token.size - 1, role.value), role.detail


def _of_words(read: Read, context: Context, scope: Scope) -> Iterator[Proposal]:
    for place, term in _words(read):
        force = context.force(place, scope)
        if force is not None:
            hard = force is Force.HARD
            condition = Condition(place.criterion, Operator.ONE_OF, terms=(term,), hard=hard)
            start, end = read.tokens[place.first].start, read.tokens[place.last].end
            yield _proposal(read, condition, start, end, force)


def _of_measure(read: Read, context: Context, scope: Scope, found: Measured) -> Proposal | None:
    force = context.force(_place_of_measure(found), scope)
    if force is None:
        return None
    low, high = (
        None if bound is None else convert(bound, found.unit, found.criterion)
        for bound in (found.low, found.high)
    )
    condition = Condition(found.criterion, found.operator, low=low, high=high, hard=force is Force.HARD)
    start, end = read.tokens[found.first].start, read.tokens[found.last].end
    proposal = _proposal(read, condition, start, end, force)
    value = found.low if found.low is not None else found.high
    return replace(
        proposal,
        value=value,
        value_to=found.high if found.low is not None else None,
        unit=found.unit,
        asked_by=found.asked_by,
    )


def _proposal(read: Read, condition: Condition, start: int, end: int, force: Force) -> Proposal:
    first, last = read.written(start, end)
    return Proposal(condition, read.text[first:last], first, last, force=force)


def _distinct(found: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Return each condition once: where it is said twice, the one that says how much it counts."""
    kept: dict[str, Proposal] = {}
    for proposal in found:
        known = kept.get(proposal.key)
        if known is None or (known.force is Force.OPEN and proposal.force is not Force.OPEN):
            kept[proposal.key] = proposal
    return tuple(islice(kept.values(), MOST))
