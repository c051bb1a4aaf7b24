"""What the engine sees of a listing and what it answers.  Every value here is frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class Side(StrEnum):
    """Which side of a partnership a listing stands on."""

    OFFER = "offer"
    REQUEST = "request"

    @property
    def other(self) -> Side:
        """The side on which partners are found."""
        return Side.REQUEST if self is Side.OFFER else Side.OFFER


class Kind(StrEnum):
    """What a listing is about; only listings of one kind are compared."""

    SUBCONTRACTING = "subcontracting"
    TECHNOLOGY = "technology"
    INVESTMENT = "investment"
    ENVIRONMENT = "environment"


class Operator(StrEnum):
    """How a condition compares what is stated with its bounds."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    BETWEEN = "between"
    ONE_OF = "one_of"
    ALL_OF = "all_of"


class Outcome(StrEnum):
    """What became of one condition.  UNKNOWN never excludes: it asks to be filled in."""

    MATCH = "match"
    GAP = "gap"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate an organisation holds.

    Parameters
    ----------
    scheme
        As written, for example ``"ISO 9001:2015"``.
    expires
        Last day of validity; ``None`` when not stated.
    """

    scheme: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """What a listing states of itself under one criterion.

    Parameters
    ----------
    low, high
        The span that can be held, in the criterion's canonical unit; a single number has
        ``low == high``.  ``None`` where the criterion is not a number.
    terms
        Words, for criteria that are not numbers.
    certificates
        For the criterion ``certificate`` only.
    """

    low: float | None = None
    high: float | None = None
    terms: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One measurable requirement on the other side.

    Parameters
    ----------
    criterion
        A key of :data:`matching.requirements.CRITERIA`.
    operator
        How to compare.
    low, high
        Bounds in the criterion's canonical unit (``AT_LEAST`` uses ``low``, ``AT_MOST``
        ``high``, ``BETWEEN`` both).
    terms
        Accepted (``ONE_OF``) or needed (``ALL_OF``) words.
    hard
        A hard condition that is a GAP excludes the pair; a soft one lowers the score.
    weight
        Relative weight among the soft conditions of the listing, 0 < weight ≤ 10.
    """

    criterion: str
    operator: Operator
    low: float | None = None
    high: float | None = None
    terms: tuple[str, ...] = ()
    hard: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Listing:
    """An offer or a request, as far as matching is concerned.

    Parameters
    ----------
    id
        The caller's identifier; two listings of one id are the same listing.
    owner
        Identifier of the organisation behind it; listings of one owner never match.
        ``None`` when unknown.
    capabilities
        Short phrases, at most 20 count.
    text
        Free text in any language (summary, description, partner sought).
    sectors
        ISIC Rev.4 codes of any level, at most 5 count.
    country
        ISO 3166-1 alpha-2, upper case; ``""`` when unknown.
    target_countries, excluded_countries
        Where partners are sought (empty: anywhere), and where not.
    language
        ISO 639-1, lower case; ``""`` when unknown.
    published_on
        For freshness; ``None`` when unknown.
    conditions
        What it asks of the other side.
    facts
        What it states of itself, by criterion.
    """

    id: int
    side: Side
    kind: Kind
    title: str
    capabilities: tuple[str, ...] = ()
    text: str = ""
    sectors: tuple[str, ...] = ()
    country: str = ""
    target_countries: frozenset[str] = frozenset()
    excluded_countries: frozenset[str] = frozenset()
    language: str = ""
    partnership_types: frozenset[str] = frozenset()
    owner: int | None = None
    published_on: date | None = None
    conditions: tuple[Condition, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two phrases that met.

    Parameters
    ----------
    asked, offered
        The phrases as their authors wrote them; ``offered`` is empty when nothing met.
    similarity
        0 to 1.
    how
        ``same``, ``fuzzy``, ``concept``, ``meaning``, ``text`` or ``none``.
    """

    asked: str
    offered: str
    similarity: float
    how: str


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """What became of one condition of one side.

    Parameters
    ----------
    asked_by
        The side whose condition it is.
    stated
        What the other side states, in words fit for display; empty when nothing.
    credit
        0 to 1; a soft gap earns part of it by how near it comes.
    """

    asked_by: Side
    condition: Condition
    outcome: Outcome
    stated: str
    credit: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """One named summand of a score.

    Parameters
    ----------
    name
        ``capability``, ``text``, ``topic``, ``sector``, ``requirement`` and ``geography`` (what the
        request wishes), ``partnership``, ``freshness``, ``terms`` and ``market`` (what the offer
        wishes: its conditions and its countries).
    weight
        Share of the whole, 0 to 1; the weights of a score add up to 1.
    value
        0 to 1.
    points
        ``100 * weight * value``.
    """

    name: str
    weight: float
    value: float
    points: float


@dataclass(frozen=True, slots=True)
class Score:
    """How well a request and an offer fit, and why.

    Parameters
    ----------
    total
        0 to 100: the sum of the contributions' points, or 0 where the pair is excluded.
    for_request, for_offer
        0 to 100: how good the pair is for each side, without the wishes of the other.
    excluded_by
        Why the pair cannot be: ``kind``, ``side``, ``owner``, ``country`` or the criterion
        of a hard condition; empty when it can.
    sector_pair
        The two nearest sectors (asked, offered, similarity), if both sides have any.
    """

    request_id: int
    offer_id: int
    total: float
    for_request: float
    for_offer: float
    contributions: tuple[Contribution, ...]
    meetings: tuple[Meeting, ...]
    conditions: tuple[ConditionResult, ...]
    sector_pair: tuple[str, str, float] | None = None
    excluded_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A listing found, and the total of the pair it makes with the one asked about."""

    id: int
    total: float


@dataclass(frozen=True, slots=True)
class Found:
    """An answer to :meth:`matching.index.Index.best`: the best first; ties by id."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SectorSuggestion:
    """A class of ISIC Rev.4 proposed for a text.

    Parameters
    ----------
    code
        Four digits.
    score
        0 to 1.
    reason
        The title or phrase that the text came near to.
    """

    code: str
    score: float
    reason: str
