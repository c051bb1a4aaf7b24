"""Whether the engine answers exactly what explaining every pair would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matching.evaluation.synthetic import TODAY
from matching.index import Index
from matching.reading import Reader
from matching.types import Hit, Listing

TOP: Final = 20
SHOWN: Final = 5
"""Disagreements that are told one by one."""


@dataclass(frozen=True, slots=True)
class Exactness:
    """What became of the check.

    Parameters
    ----------
    requests, offers
        Compared each with each.
    pairs
        Explained plainly.
    differences
        Requests for which ids or totals of the best differ, and why; empty when the answer is exact.
    """

    requests: int
    offers: int
    pairs: int
    differences: tuple[str, ...]


def check(index: Index, reader: Reader, requests: Sequence[Listing], offers: Sequence[Listing]) -> Exactness:
    """Compare answers with a plain scoring of all pairs, ids and totals alike.

    Twice: a small index of the sample must give the same best listings, and the large index must
    give each of them the total that explaining the pair gives, and leave none of the sample out that
    belongs among its own best.

    Parameters
    ----------
    index
        The large one, which holds the sample.
    offers
        The sample, of distinct ids.
    """
    small = Index(reader)
    small.put_many(offers)
    held = {offer.id: offer for offer in offers}
    differences = []
    for request in requests:
        differences += _compare(
            "sample", small.best(request, TOP, TODAY).hits, _plain(small, request, offers)
        )
        hits = index.best(request, TOP, TODAY).hits
        known = tuple(hit for hit in hits if hit.id in held)
        last = _order(hits[-1]) if len(hits) == TOP else None
        among = tuple(
            hit for hit in _plain(index, request, offers, len(offers)) if last is None or _order(hit) <= last
        )
        differences += _compare("all", known, among)
    pairs = 2 * len(requests) * len(offers)
    return Exactness(len(requests), len(offers), pairs, tuple(differences[:SHOWN]))


def _plain(index: Index, request: Listing, offers: Sequence[Listing], most: int = TOP) -> tuple[Hit, ...]:
    """Explain every pair, sort, cut."""
    scores = (index.explain(request, offer, TODAY) for offer in offers)
    hits = (Hit(score.offer_id, score.total) for score in scores if not score.excluded_by)
    return tuple(sorted(hits, key=_order)[:most])


def _order(hit: Hit) -> tuple[float, int]:
    return -hit.total, hit.id


def _compare(where: str, given: tuple[Hit, ...], plain: tuple[Hit, ...]) -> list[str]:
    if given == plain:
        return []
    at = next((n for n, (a, b) in enumerate(zip(given, plain, strict=False)) if a != b), None)
    if at is None:
        return [f"{where}: {len(given)} hits where explaining all pairs gives {len(plain)}"]
    return [f"{where}: place {at + 1} is {given[at]} where explaining all pairs gives {plain[at]}"]
