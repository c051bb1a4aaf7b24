"""Timers, percentiles, and what is told of the machine."""

from __future__ import annotations

import math
import os
import platform
import resource
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from time import perf_counter
from typing import Final, TypeVar

MILLISECONDS: Final = 1_000.0
KIBIBYTE: Final = 1_024

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took that was done several times.

    Parameters
    ----------
    count
        How often it was measured, 1 or more.
    p50, p90, p99
        Milliseconds that this share of the times did not exceed (nearest rank: each is a time
        that was measured; of fewer than 100, p99 is the longest).
    """

    count: int
    p50: float
    p90: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Times:
        """Return the percentiles of times in seconds, at least one."""
        ordered = sorted(seconds)
        p50, p90, p99 = (MILLISECONDS * percentile(ordered, share) for share in (0.5, 0.9, 0.99))
        return cls(len(ordered), p50, p90, p99)


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of numbers in rising order, at least one; share above 0 up to 1."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def timed(do: Callable[[], T]) -> tuple[T, float]:
    """Return what a call returns, and the seconds it took."""
    started = perf_counter()
    answer = do()
    return answer, perf_counter() - started


def time_each(
    do: Callable[[T], object], things: Iterable[T], budget_seconds: float = math.inf
) -> list[float]:
    """Return the seconds that a call took for each thing, at least the first, until the budget is used up."""
    found: list[float] = []
    for thing in things:
        if found and sum(found) >= budget_seconds:
            break
        started = perf_counter()
        do(thing)
        found.append(perf_counter() - started)
    return found


def peak_memory_bytes() -> int:
    """Return the most memory that this process has held so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in KiB, macOS in bytes.
    return peak if sys.platform == "darwin" else peak * KIBIBYTE


def machine() -> dict[str, str | int]:
    """Return what the figures depend on, without a name or a path of this machine."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "processor": platform.machine(),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "numba": version("numba"),
        "rapidfuzz": version("rapidfuzz"),
    }
