"""How well the engine finds the right offers: nDCG@10, recall@100 and P@1 on a set in BEIR form."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.types import Kind, Listing, Side

COLUMNS: Final = 3
"""Request, offer, grade."""
DEPTH: Final = 100
"""Offers kept for each request."""
NDCG_DEPTH: Final = 10


@dataclass(frozen=True, slots=True)
class Task:
    """A set: offers, requests, and which offers are right for which request.

    Parameters
    ----------
    offers, requests
        Listings whose ids are their places; the set's own names stand beside them.
    grades
        Request's name → offer's name → grade, above 0.
    """

    offers: Sequence[Listing]
    offer_names: Sequence[str]
    requests: Sequence[Listing]
    request_names: Sequence[str]
    grades: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What came out: means over the requests that have a right answer, 0 to 1.

    Parameters
    ----------
    halves
        nDCG@10 of the requests at even and at odd places.
    by_language
        Language → (nDCG@10, number of requests).
    """

    ndcg: float
    recall: float
    first: float
    halves: tuple[float, float]
    by_language: Mapping[str, tuple[float, int]]
    requests: int
    seconds_per_request: float


def read_beir(folder: Path) -> Task:
    """Return the set in a folder of ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv``.

    Raises
    ------
    OSError
        When a file is missing.
    ValueError
        When a line is not what it should be.
    """
    offers, offer_names = _listings(folder / "corpus.jsonl", Side.OFFER)
    requests, request_names = _listings(folder / "queries.jsonl", Side.REQUEST)
    grades: dict[str, dict[str, int]] = {}
    for number, line in enumerate((folder / "qrels.tsv").read_text("utf-8").splitlines()[1:], 2):
        parts = line.split("\t")
        if len(parts) != COLUMNS or not parts[2].strip().lstrip("-").isdigit():
            raise ValueError(f"qrels.tsv, line {number}: not query-id, corpus-id, score.")
        if int(parts[2]) > 0:
            grades.setdefault(parts[0], {})[parts[1]] = int(parts[2])
    return Task(offers, offer_names, requests, request_names, grades)


def _listings(path: Path, side: Side) -> tuple[list[Listing], list[str]]:
    listings: list[Listing] = []
    names: list[str] = []
    for row in _rows(path):
        metadata = row.get("metadata") or {}
        names.append(str(row["_id"]))
        listings.append(
            Listing(
                id=len(listings), side=side, kind=Kind.SUBCONTRACTING, title=str(row.get("title") or ""),
                text=str(row.get("text") or ""), language=str(metadata.get("lang") or ""),
            )
        )  # fmt: skip
    return listings, names


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
                row["_id"]
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path.name}, line {number}: not an object with an _id.") from error
            yield row


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = NDCG_DEPTH) -> float:
    """Return the discounted gain of a ranking, gain 2^grade - 1, divided by the best possible."""
    gains = [2.0 ** grades.get(name, 0) - 1 for name in ranked[:depth]]
    best = sorted((2.0**grade - 1 for grade in grades.values()), reverse=True)[:depth]
    ideal = _discounted(best)
    return _discounted(gains) / ideal if ideal else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def evaluate_retrieval(
    task: Task,
    score: Callable[[Listing], NDArray[np.float64]],
    clock: Callable[[], float] = time.perf_counter,
    run: list[tuple[str, str, int, float]] | None = None,
) -> Retrieval:
    """Return how well a scorer ranks the right offers.

    Parameters
    ----------
    task
        The set.
    score
        Request → the value of every offer, in the order of ``task.offers``.
    clock
        Seconds, rising.
    run
        Filled with (request, offer, rank from 1, value) of the best :data:`DEPTH` offers.
    """
    values: list[tuple[float, float, float, str]] = []
    spent = 0.0
    for request, name in zip(task.requests, task.request_names, strict=True):
        grades = task.grades.get(name)
        started = clock()
        scored = score(request)
        order = np.argsort(-scored, kind="stable")[:DEPTH]
        spent += clock() - started
        ranked = [task.offer_names[place] for place in order]
        if run is not None:
            run.extend(
                (name, task.offer_names[place], rank, float(scored[place]))
                for rank, place in enumerate(order.tolist(), 1)
            )
        if grades:
            found = sum(offer in grades for offer in ranked) / len(grades)
            first = float(bool(ranked) and ranked[0] in grades)
            values.append((ndcg(ranked, grades), found, first, request.language))
    return _summary(values, spent / max(1, len(task.requests)))


def _summary(values: Sequence[tuple[float, float, float, str]], seconds: float) -> Retrieval:
    def mean(numbers: Sequence[float]) -> float:
        return sum(numbers) / len(numbers) if numbers else 0.0

    languages = dict.fromkeys(language for *_, language in values)
    by_language = {}
    for language in languages:
        own = [value[0] for value in values if value[3] == language]
        by_language[language] = (mean(own), len(own))
    return Retrieval(
        ndcg=mean([v[0] for v in values]),
        recall=mean([v[1] for v in values]),
        first=mean([v[2] for v in values]),
        halves=(mean([v[0] for v in values[::2]]), mean([v[0] for v in values[1::2]])),
        by_language=by_language, requests=len(values), seconds_per_request=seconds,
    )  # fmt: skip


def write_run(path: Path, run: Sequence[tuple[str, str, int, float]], tag: str) -> None:
    """Write a TREC run: request, Q0, offer, rank, value, tag."""
    lines = (f"{request} Q0 {offer} {rank} {value:.6f} {tag}\n" for request, offer, rank, value in run)
    path.write_text("".join(lines), "utf-8")
