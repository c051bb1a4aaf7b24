"""The answer of one check."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Verdict(enum.StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, and what was found.

    Parameters
    ----------
    mend
        What to do about it; ``""`` where nothing is to be done.
    """

    name: str
    verdict: Verdict
    found: str
    mend: str = ""


def fine(name: str, found: str) -> Check:
    """Return that all is well."""
    return Check(name, Verdict.OK, found)


def doubtful(name: str, found: str, mend: str) -> Check:
    """Return that somebody should look at it."""
    return Check(name, Verdict.WARN, found, mend)


def broken(name: str, found: str, mend: str) -> Check:
    """Return that the exchange does not work as it should."""
    return Check(name, Verdict.FAIL, found, mend)
