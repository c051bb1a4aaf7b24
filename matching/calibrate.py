"""What a score has meant so far: of the introductions with a score like this, how many were accepted.

The higher score never has the lower chance.  Where too few were decided, nothing is said.
See ``docs/explanation/calibration.md``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from matching.isotonic import Curve, Step, isotonic, nearest, settled
from matching.reliability import Forecast, brier, calibration_error, wilson
from matching.types import Kind

MINIMUM: Final = 20
"""Decided introductions behind a statement.

With fewer, 95 % intervals are wider than ±20 points for all but extreme shares (Wilson 1927), and one
decision more or less would move the share by over 5 points (chosen 2026-11-26).
"""
WIDEST: Final = 0.4
"""Width of the 95 % interval up to which a statement is made, 0 to 1: ±20 points (chosen 2026-11-26)."""
KIND_MINIMUM: Final = 5 * MINIMUM
"""Decisions from which a kind is calibrated by itself: room for five statements.

Isotonic regression follows chance where it has few cases (Niculescu-Mizil and Caruana, *Predicting good
probabilities with supervised learning*, ICML 2005); a kind with fewer borrows from all.
"""
REACH: Final = 5.0
"""Points by which a score may lie beyond the decided ones and still be like them (chosen 2026-11-26)."""
FOLDS: Final = 5
"""Parts into which the decisions are dealt to measure on those that were not fitted on."""
MOST: Final = 100
"""The highest score."""
FORMAT: Final = 1
"""Of what :func:`to_json` writes."""
_WORD: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one introduction.

    Parameters
    ----------
    score
        The pair's total when it was decided, 0 to 100.
    accepted
        Whether the side that was asked said yes.
    kind
        What the listings were about.

    Raises
    ------
    ValueError
        For a score that is none.
    """

    score: float
    accepted: bool
    kind: Kind

    def __post_init__(self) -> None:
        if not 0 <= self.score <= MOST:  # NaN, too, is not between
            raise ValueError(f"{self.score} is no score from 0 to 100")


@dataclass(frozen=True, slots=True)
class Said:
    """What can be told: of ``n`` introductions like this, ``accepted`` were accepted.

    Parameters
    ----------
    n, accepted
        Real introductions, counted: ``n`` from :data:`MINIMUM`.
    low, high
        The scores between which they lie, 0 to 100: what "like this" means.
    kind
        Whose they are; ``None`` where all kinds had to be taken together.
    """

    n: int
    accepted: int
    low: float
    high: float
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """What scores have meant.

    Parameters
    ----------
    everything
        The steps of all kinds together, by rising score; empty before the first decision.
    kinds
        Those of each kind that has :data:`KIND_MINIMUM` decisions.
    """

    everything: Curve = ()
    kinds: Mapping[Kind, Curve] = field(default_factory=lambda: MappingProxyType({}))

    def said_of(self, score: float, kind: Kind) -> Said | None:
        """Return what can be said of a pair; ``None`` where too few like it were decided.

        Parameters
        ----------
        score
            0 to 100.
        kind
            Of its listings.
        """
        curve = self._curve(kind)
        step = nearest(curve, score)
        if step is None or not telling(step) or not step.low - REACH <= score <= step.high + REACH:
            return None
        own = kind if kind in self.kinds else None
        return Said(step.n, step.accepted, step.low, step.high, own)

    def chance(self, score: float, kind: Kind) -> float | None:
        """Return the fitted chance, 0 to 1, however few stand behind it: for measuring and ordering.

        It never falls with a rising score.  ``None`` before the first decision.
        """
        step = nearest(self._curve(kind), score)
        return None if step is None else step.chance

    def _curve(self, kind: Kind) -> Curve:
        return self.kinds.get(kind, self.everything)


@dataclass(frozen=True, slots=True)
class Quality:
    """How well decisions are foretold that were not fitted on.

    Parameters
    ----------
    n
        Decisions measured.
    error, error_uncalibrated
        Expected calibration error of the fitted chances, and of score/100 taken for a chance.
    brier, brier_uncalibrated, brier_share
        Brier score of the fitted chances, of score/100, and of saying always the share accepted:
        the calibration is of use where its own is lowest.
    """

    n: int
    error: float
    error_uncalibrated: float
    brier: float
    brier_uncalibrated: float
    brier_share: float


def fit(decisions: Iterable[Decision]) -> Calibration:
    """Learn from decisions; their order does not matter.

    Parameters
    ----------
    decisions
        Each introduction once.
    """
    decided = list(decisions)
    by_kind = {kind: [one for one in decided if one.kind is kind] for kind in Kind}
    return Calibration(
        _learnt(decided),
        MappingProxyType({kind: _learnt(own) for kind, own in by_kind.items() if len(own) >= KIND_MINIMUM}),
    )


def _learnt(decided: Iterable[Decision]) -> Curve:
    return settled(isotonic((one.score, one.accepted) for one in decided), MINIMUM)


def telling(step: Step) -> bool:
    """Return whether there are enough decisions, and near enough to one share, to be told."""
    at_least, at_most = wilson(step.accepted, step.n)
    return step.n >= MINIMUM and at_most - at_least <= WIDEST


def held_out(decisions: Iterable[Decision], folds: int = FOLDS) -> tuple[Forecast, ...]:
    """Return, for each decision, the chance fitted on the other parts of the decisions.

    Parameters
    ----------
    decisions
        In any order.  They are dealt as if by lot, but the same decisions always give the same parts.
        Dealt in turn, parts would be more alike than new decisions are, and the measure too kind.
    folds
        Parts of equal size, from 2.

    Returns
    -------
    tuple of Forecast
        By rising score.  Empty with fewer than two decisions: there are none to learn from.
    """
    ordered = sorted(decisions, key=lambda one: (one.score, one.kind, one.accepted))
    lots = sorted(range(len(ordered)), key=_lot)
    part = {place: turn % folds for turn, place in enumerate(lots)}
    forecasts: dict[int, Forecast] = {}
    for fold in range(folds):
        learnt = fit(one for place, one in enumerate(ordered) if part[place] != fold)
        for place in lots[fold::folds]:
            chance = learnt.chance(ordered[place].score, ordered[place].kind)
            if chance is not None:
                forecasts[place] = Forecast(chance, ordered[place].accepted)
    return tuple(forecasts[place] for place in sorted(forecasts))


def _lot(place: int) -> int:
    """Return a number that looks drawn by lot, the same for ever.

    The finaliser of SplitMix64: Steele, Lea and Flood, *Fast splittable pseudorandom number generators*,
    OOPSLA 2014.
    """
    mixed = (place + 1) * 0x9E3779B97F4A7C15 & _WORD
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _WORD
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _WORD
    return mixed ^ mixed >> 31


def uncalibrated(decisions: Iterable[Decision]) -> tuple[Forecast, ...]:
    """Return the decisions with score/100 taken for a chance: the chart of the bare score."""
    return tuple(Forecast(one.score / MOST, one.accepted) for one in decisions)


def quality(decisions: Sequence[Decision], folds: int = FOLDS) -> Quality | None:
    """Measure a calibration on decisions that it was not fitted on; ``None`` with fewer than two."""
    forecasts = held_out(decisions, folds)
    if not forecasts:
        return None
    bare = uncalibrated(decisions)
    share = sum(one.accepted for one in decisions) / len(decisions)
    return Quality(
        n=len(forecasts),
        error=calibration_error(forecasts),
        error_uncalibrated=calibration_error(bare),
        brier=brier(forecasts),
        brier_uncalibrated=brier(bare),
        brier_share=brier([Forecast(share, one.accepted) for one in decisions]),
    )


def to_json(calibration: Calibration) -> str:
    """Return a calibration as text to be kept; the same calibration always gives the same text."""
    return json.dumps(
        {
            "format": FORMAT,
            "everything": [_row(step) for step in calibration.everything],
            "kinds": {kind: [_row(step) for step in curve] for kind, curve in calibration.kinds.items()},
        },
        sort_keys=True,
    )


def from_json(text: str) -> Calibration:
    """Return the calibration that :func:`to_json` wrote.

    Raises
    ------
    ValueError
        For anything else.
    """
    try:
        kept = json.loads(text)
        if kept["format"] != FORMAT:
            raise ValueError(f"the format {kept['format']!r} is not known")
        return Calibration(
            _read(kept["everything"]),
            MappingProxyType({Kind(kind): _read(rows) for kind, rows in kept["kinds"].items()}),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"this is no calibration: {error}") from error


def _row(step: Step) -> list[float]:
    return [step.low, step.high, step.n, step.accepted]


def _read(rows: Any) -> Curve:
    curve = tuple(Step(float(low), float(high), int(n), int(yes)) for low, high, n, yes in rows)
    for step in curve:
        if not (0 <= step.low <= step.high <= MOST and 0 <= step.accepted <= step.n and step.n > 0):
            raise ValueError(f"{step} is no step")
    for one, next_one in pairwise(curve):
        if one.high >= next_one.low or one.chance >= next_one.chance:
            raise ValueError(f"{next_one} does not rise from {one}")
    return curve
