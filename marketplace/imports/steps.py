"""What becomes of an import step by step, and whoever keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.orm import Session

from marketplace.imports.problems import Problem


@dataclass(slots=True)
class Outcome:
    """What becomes of the rows of a batch; each is counted once."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, problem: Problem) -> None:
        """Leave a row out."""
        self.refused += 1
        self.problems.append(problem)


@dataclass(slots=True)
class Step:
    """What became of the rows of one batch, those included that never came so far.

    Parameters
    ----------
    position
        How many rows and problems of the file have been read, this batch included; where to go on.
    done, total
        The same in bytes of the file.
    """

    position: int = 0
    done: int = 0
    total: int = 0
    rows: int = 0
    outcome: Outcome = field(default_factory=Outcome)


class Journal(Protocol):
    """Keeps how far an import has come, so that another process can go on from there."""

    def keep(self, session: Session, step: Step) -> None:
        """Note a batch in the transaction that writes it; what this raises undoes the batch."""

    def recall(self) -> None:
        """Hear that the import still reads what it has carried out before."""

    def enough(self) -> bool:
        """Whether to stop here, and to go on another time."""
