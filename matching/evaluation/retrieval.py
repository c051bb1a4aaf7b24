"""How well the engine finds the right offers for requests: a set in BEIR form, and its measures."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from matching.evaluation.files import lines_of
from matching.index import Index
from matching.types import Hit, Kind, Listing, Side

DEPTH: Final = 100
"""Offers of a request that are looked at."""
NDCG_DEPTH: Final = 10
COLUMNS: Final = 3
"""Of a judgement: request, offer, grade."""

Grades = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Task:
    """A set: offers, requests, and which offers are right for which request.

    Parameters
    ----------
    offers, requests
        Listings whose ids are their places, from 0 and from the number of offers.
    offer_names, request_names
        What the set calls them, in the same order.
    grades
        Request's name → offer's name → grade, above 0.
    """

    offers: Sequence[Listing]
    offer_names: Sequence[str]
    requests: Sequence[Listing]
    request_names: Sequence[str]
    grades: Mapping[str, Grades]


@dataclass(frozen=True, slots=True)
class RetrievalFigures:
    """Means over the requests that have a right answer, 0 to 1.

    Parameters
    ----------
    requests
        How many these are.
    ndcg
        nDCG of the first ten, gain 2^grade - 1 (Järvelin and Kekäläinen 2002).
    recall
        Share of the right offers among the first hundred.
    first
        Share of the requests whose first offer is right.
    """

    requests: int
    ndcg: float
    recall: float
    first: float


def read_task(folder: Path) -> Task:
    """Return the set in a folder of ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv``.

    Raises
    ------
    OSError
        When a file cannot be read.
    ValueError
        When a file is not UTF-8, a line is not what it should be, an ``_id`` comes twice, a judgement
        names what is not in the set, or nothing is judged right; the message names the file and, where
        it is one line, the line.
    """
    offers, offer_names = _listings(folder / "corpus.jsonl", Side.OFFER, 0)
    requests, request_names = _listings(folder / "queries.jsonl", Side.REQUEST, len(offers))
    grades = _grades(folder / "qrels.tsv", frozenset(request_names), frozenset(offer_names))
    return Task(offers, offer_names, requests, request_names, grades)


def _grades(path: Path, requests: frozenset[str], offers: frozenset[str]) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    unknown: list[int] = []
    for number, line in lines_of(path):
        parts = line.split("\t")
        if number == 1 and _is_header(parts, requests):
            continue
        request, offer, grade = _graded(parts, f"{path.name}, line {number}")
        if request not in requests or offer not in offers:
            unknown.append(number)
        elif grade > 0:
            grades.setdefault(request, {})[offer] = grade
    if unknown:
        raise ValueError(
            f"{path.name}: judgements of a request or an offer that is not in the set: {len(unknown)}, "
            f"the first in line {unknown[0]}."
        )
    if not grades:
        raise ValueError(f"{path.name}: no offer is right for any request.")
    return grades


def _is_header(parts: list[str], requests: frozenset[str]) -> bool:
    """Return whether a first line names the columns; a judgement whose grade is misspelt does not."""
    return len(parts) == COLUMNS and not _is_whole(parts[-1]) and parts[0] not in requests


def _graded(parts: list[str], place: str) -> tuple[str, str, int]:
    if len(parts) != COLUMNS or not _is_whole(parts[-1]):
        raise ValueError(f"{place}: not request, tab, offer, tab, grade.")
    return parts[0], parts[1], int(parts[2])


def _is_whole(text: str) -> bool:
    return text.strip().removeprefix("-").isdecimal()


def _listings(path: Path, side: Side, first: int) -> tuple[list[Listing], list[str]]:
    listings: list[Listing] = []
    names: dict[str, int] = {}
    for number, line in lines_of(path):
        row = _row(line, f"{path.name}, line {number}")
        metadata = row.get("metadata") or {}
        name = str(row["_id"])
        if name in names:
            raise ValueError(f"{path.name}, line {number}: “{name}” is the _id of line {names[name]}, too.")
        names[name] = number
        listings.append(
            Listing(
                id=first + len(listings), side=side, kind=Kind.SUBCONTRACTING,
                title=str(row.get("title") or ""), text=str(row.get("text") or ""),
                language=str(metadata.get("lang") or ""),
            )
        )  # fmt: skip
    return listings, list(names)


def _row(line: str, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
        row["_id"]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{place}: not an object with an _id.") from None
    return dict(row)


def rank(task: Task, index: Index, today: date) -> Iterator[tuple[str, Sequence[tuple[str, float]]]]:
    """Return for each request the best offers' names and totals, as the engine of the product finds them.

    Parameters
    ----------
    index
        Holds the set's offers.
    """
    for request, name in zip(task.requests, task.request_names, strict=True):
        hits = index.best(request, DEPTH, today).hits
        yield name, [_named(hit, task) for hit in hits]


def _named(hit: Hit, task: Task) -> tuple[str, float]:
    return task.offer_names[hit.id], hit.total


def measure(task: Task, ranked: Mapping[str, Sequence[tuple[str, float]]]) -> RetrievalFigures:
    """Return the figures of rankings.

    Parameters
    ----------
    ranked
        Request's name → offers' names, best first, and their totals.
    """
    judged = [
        (task.grades[name], [offer for offer, _ in found])
        for name, found in ranked.items()
        if name in task.grades
    ]
    count = max(1, len(judged))
    return RetrievalFigures(
        requests=len(judged),
        ndcg=sum(ndcg(found, grades) for grades, found in judged) / count,
        recall=sum(sum(offer in grades for offer in found) / len(grades) for grades, found in judged) / count,
        first=sum(bool(found) and found[0] in grades for grades, found in judged) / count,
    )


def ndcg(ranked: Sequence[str], grades: Grades, depth: int = NDCG_DEPTH) -> float:
    """Return the discounted gain of a ranking divided by the best possible; 0 where nothing is right."""
    best = sorted((2.0**grade - 1 for grade in grades.values()), reverse=True)[:depth]
    ideal = _discounted(best)
    return _discounted([2.0 ** grades.get(name, 0) - 1 for name in ranked[:depth]]) / ideal if ideal else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def run_lines(ranked: Mapping[str, Sequence[tuple[str, float]]], tag: str) -> Iterator[str]:
    """Return the lines of a TREC run: request, Q0, offer, rank from 1, total, tag."""
    for request, found in ranked.items():
        for place, (offer, total) in enumerate(found, 1):
            yield f"{request} Q0 {offer} {place} {total:.6f} {tag}\n"
