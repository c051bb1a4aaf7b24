"""A whole index in a folder: arrays that are mapped, not read, and the few values beside them.

A process that finds a snapshot of its version starts in a moment; the rows of the database stay the
truth, and a snapshot that does not fit is simply not used.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, MutableSequence, Sequence
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.score import FactsKey
from matching.types import Certificate, Condition, Fact, Operator

FORMAT: Final = 5
"""Version of the form; a snapshot of another one is not read."""
HEAD: Final = "snapshot.json"

Arrays = dict[str, NDArray[Any]]
Value = TypeVar("Value")


class Decoded(MutableSequence[Value], Generic[Value]):
    """Values kept as lines of JSON, each decoded when it is first asked for; new ones are added behind.

    Parameters
    ----------
    lines, ends
        As :func:`encoded` gives them.
    decode
        Of one line.
    """

    def __init__(
        self, lines: NDArray[np.uint8], ends: NDArray[np.int64], decode: Callable[[Any], Value]
    ) -> None:
        self._lines, self._ends, self._decode = lines, ends, decode
        self._made: dict[int, Value] = {}
        self._added: list[Value] = []

    def __len__(self) -> int:
        return len(self._ends) - 1 + len(self._added)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        kept = len(self._ends) - 1
        if at >= kept:
            return self._added[at - kept]
        if at not in self._made:
            line = self._lines[self._ends[at] : self._ends[at + 1]].tobytes()
            self._made[at] = self._decode(json.loads(line))
        return self._made[at]

    def insert(self, index: int, value: Value) -> None:
        """Add a value at the end, the only place where there is room."""
        if index != len(self):
            raise IndexError("Values are only added at the end.")
        self._added.append(value)

    def __setitem__(self, at: Any, value: Any) -> None:
        raise TypeError("Values do not change.")

    def __delitem__(self, at: Any) -> None:
        raise TypeError("Values do not leave.")


def encoded(
    values: Sequence[Value], encode: Callable[[Value], Any]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return values as lines of JSON, run together, and where each ends, with a 0 in front."""
    lines = [
        json.dumps(encode(value), ensure_ascii=False).encode("utf-8", "surrogatepass") for value in values
    ]
    ends = np.cumsum([0, *(len(line) for line in lines)], dtype=np.int64)
    return np.frombuffer(b"".join(lines), dtype=np.uint8), ends


def write_snapshot(folder: Path, arrays: Arrays, head: dict[str, Any]) -> None:
    """Write a snapshot in the place of the one before; who has that one mapped keeps it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(mkdtemp(dir=folder.parent, prefix=f"{folder.name}."))
    old = new.with_suffix(".old")
    for name, array in arrays.items():
        np.save(new / f"{name}.npy", array, allow_pickle=False)
    # Last: without it there is no snapshot.
    (new / HEAD).write_text(json.dumps({"format": FORMAT, "arrays": list(arrays), **head}), "utf-8")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def read_snapshot(folder: Path) -> tuple[Arrays, dict[str, Any]]:
    """Return a snapshot's arrays, mapped, and its head.

    Raises
    ------
    ValueError
        When there is none, or one of another version.
    """
    try:
        head = json.loads((folder / HEAD).read_text("utf-8"))
        if head["format"] != FORMAT:
            raise ValueError(f"{folder}: a snapshot of another version.")
        # "c": changes stay in memory, and the loops, compiled for arrays that can be written, take them.
        # Plain arrays over it: each cut of a memmap is a memmap, made in Python.
        arrays = {name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="c")) for name in head["arrays"]}
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{folder}: no snapshot is there.") from error
    return arrays, head


def facts_as_json(value: FactsKey) -> Any:
    """Return facts as plain values."""
    return [
        [name, fact.low, fact.high, fact.terms, [[c.scheme, _day(c.expires)] for c in fact.certificates]]
        for name, fact in value
    ]


def facts_from_json(kept: Any) -> FactsKey:
    """Return the facts of :func:`facts_as_json`."""
    return tuple(
        (name, Fact(low, high, tuple(terms), tuple(Certificate(s, _date(day)) for s, day in certificates)))
        for name, low, high, terms, certificates in kept
    )


def conditions_as_json(value: tuple[Condition, ...]) -> Any:
    """Return conditions as plain values."""
    return [[c.criterion, c.operator.value, c.low, c.high, c.terms, c.hard, c.weight] for c in value]


def conditions_from_json(kept: Any) -> tuple[Condition, ...]:
    """Return the conditions of :func:`conditions_as_json`."""
    return tuple(
        Condition(criterion, Operator(operator), low, high, tuple(terms), hard, weight)
        for criterion, operator, low, high, terms, hard, weight in kept
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def under(arrays: Mapping[str, NDArray[Any]], prefix: str) -> Iterator[tuple[str, NDArray[Any]]]:
    """Return the arrays whose names begin with a prefix, without it."""
    for name, array in arrays.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), array
