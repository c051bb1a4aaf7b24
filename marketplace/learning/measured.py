"""How well a calibration foretells, as JSON and back: what is kept beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from matching.calibrate import Decision, Quality, held_out, quality, uncalibrated
from matching.reliability import Bin, reliability


@dataclass(frozen=True, slots=True)
class Measured:
    """How far the stated chances can be trusted.

    Parameters
    ----------
    quality
        ``None`` with fewer than two decisions.
    learnt
        The reliability of chances, each foretold without the decisions that it is held against.
    bare
        That of score/100 taken for a chance.
    """

    quality: Quality | None
    learnt: tuple[Bin, ...]
    bare: tuple[Bin, ...]


def measure(decisions: Sequence[Decision]) -> Measured:
    """Measure what can be learnt from decisions on those that it was not learnt from."""
    return Measured(
        quality(decisions), reliability(held_out(decisions)), reliability(uncalibrated(decisions))
    )


def measured_as_json(measured: Measured) -> dict[str, Any]:
    """Return it as plain values."""
    return asdict(measured)


def measured_from_json(kept: Mapping[str, Any]) -> Measured:
    """Return what :func:`measured_as_json` was given.

    Raises
    ------
    KeyError, TypeError
        For anything else.
    """
    return Measured(
        Quality(**kept["quality"]) if kept["quality"] else None,
        tuple(Bin(**row) for row in kept["learnt"]),
        tuple(Bin(**row) for row in kept["bare"]),
    )
