"""Our engine: how fast it takes listings in, answers, starts, and pairs all with all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from exchange.bench.measure import Times, peak_memory_bytes, time_each, timed
from exchange.bench.start import Start, start_apart
from matching.evaluation.synthetic import TODAY, SyntheticListings
from matching.index import Index
from matching.reading import Reader
from matching.types import Listing

TOP: Final = 20
"""Hits asked for, here and of the rivals."""
NEWCOMERS: Final = 50
"""New listings of which it is measured when others find them."""
PATIENCE_SECONDS: Final = 5.0
"""A new listing that was not found after this time counts as missed."""
PAIRS_MOST: Final = 50_000
"""Listings of each side in the measure of all pairs, unless told otherwise."""
THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class Filling:
    """How the listings went in, and what they take.

    Parameters
    ----------
    seconds, adds_per_second
        Of putting all of them in, from phrases to numbers.
    merge_seconds
        Of making one segment of them, so that every question has the same to do.
    first_answer_seconds
        Of the first question ever: compiled loops are loaded or made, rooms are laid out.
    listing_bytes, phrase_bytes, vector_bytes
        A listing's share of columns and postings; of the phrases without their meanings; of those.
    peak_bytes
        The most that the process held up to here, everything included.
    """

    seconds: float
    adds_per_second: float
    merge_seconds: float
    first_answer_seconds: float
    listing_bytes: float
    phrase_bytes: float
    vector_bytes: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Asking:
    """How long one request takes against all offers.

    Parameters
    ----------
    cold
        Requests whose every phrase was never seen before.
    first
        Requests in the words of the exchange, each asked for the first time.
    warm
        The same requests asked again: all their phrases are known.
    """

    cold: Times
    first: Times
    warm: Times


@dataclass(frozen=True, slots=True)
class Finding:
    """When a new listing with phrases never seen before is found by another one.

    Parameters
    ----------
    times
        From putting it in until the other's answer holds it.
    missed
        How many were not found within :data:`PATIENCE_SECONDS`.
    """

    times: Times
    missed: int


@dataclass(frozen=True, slots=True)
class AllPairs:
    """The best offers for each of many requests.

    Parameters
    ----------
    listings
        On each side.
    fill_seconds
        Of putting in the requests, and the offers where they are not in yet; it reads their phrases.
    seconds
        Of finding the best :data:`TOP` for every request, by :data:`THREADS` threads.
    hits
        Found altogether.
    """

    listings: int
    fill_seconds: float
    seconds: float
    hits: int


def fill(index: Index, listings: SyntheticListings, count: int) -> Filling:
    """Put offers into an empty index; the time to make them up is not counted."""
    seconds, offers = 0.0, listings.offers(count)
    while batch := list(islice(offers, 10_000)):
        _, took = timed(lambda batch=batch: index.put_many(batch))  # type: ignore[misc]
        seconds += took
    _, merge_seconds = timed(index.merge)
    question = next(listings.requests(1))
    _, first = timed(lambda: index.best(question, TOP, TODAY))
    held = index.bytes()
    return Filling(
        seconds=seconds,
        adds_per_second=count / seconds,
        merge_seconds=merge_seconds,
        first_answer_seconds=first,
        listing_bytes=held["listings"] / count,
        phrase_bytes=held["phrases"] / count,
        vector_bytes=held["vectors"] / count,
        peak_bytes=peak_memory_bytes(),
    )


def ask(index: Index, strangers: Sequence[Listing], requests: Sequence[Listing], rounds: int) -> Asking:
    """Ask for the best offers, one request after another.

    Parameters
    ----------
    strangers
        Requests whose phrases nobody has written before.
    requests
        Requests in the words of the exchange.
    rounds
        How often the latter are asked again, 1 or more.
    """

    def best(request: Listing) -> None:
        index.best(request, TOP, TODAY)

    first = time_each(best, requests)
    again = [seconds for _ in range(rounds) for seconds in time_each(best, requests)]
    return Asking(Times.of(time_each(best, strangers)), Times.of(first), Times.of(again))


def find_newcomers(index: Index, pairs: Sequence[tuple[Listing, Listing]]) -> Finding:
    """Put offers in, and ask for each until it is found; they are taken out again.

    Who asks has asked before, as those who wait for partners have: the phrases are new in the offer.
    """
    times, missed = [], 0
    for offer, request in pairs:
        index.best(request, TOP, TODAY)
        started = perf_counter()
        index.put(offer)
        found = False
        while not found and perf_counter() - started < PATIENCE_SECONDS:
            found = any(hit.id == offer.id for hit in index.best(request, TOP, TODAY).hits)
        times.append(perf_counter() - started)
        missed += not found
        index.remove(offer.id)
    return Finding(Times.of(times), missed)


def start_from_snapshot(index: Index, request: Listing, *, encoder: bool) -> Start:
    """Save the index, and start a process that answers from it; the snapshot is removed again."""
    with TemporaryDirectory(prefix="exchange-bench-") as folder:
        path = Path(folder) / "index"
        _, seconds = timed(lambda: index.save(path))
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        return start_apart(path, request, TODAY, saved=(seconds, size), encoder=encoder)


def pair_all(index: Index, reader: Reader, listings: SyntheticListings, count: int, most: int) -> AllPairs:
    """Find the best offers for as many requests as there are offers, up to a number.

    Parameters
    ----------
    index
        Holds ``count`` offers; it is used where these are not too many, and holds the requests afterwards.
    most
        Of each side, 1 or more.
    """
    many = min(count, most)
    requests = list(listings.requests(many))
    started = perf_counter()
    if many < count:
        index = Index(reader)
        index.put_many(listings.offers(many))
    index.put_many(requests)
    index.merge()
    filled = perf_counter()
    hits = sum(len(found) for found in index.all_best(requests, TOP, TODAY, threads=THREADS))
    return AllPairs(many, filled - started, perf_counter() - filled, hits)
