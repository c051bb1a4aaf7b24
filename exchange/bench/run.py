"""A whole run: the engine, the check that it is exact, the rivals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from exchange.bench import engine, exactness, rivals
from exchange.bench.measure import machine
from exchange.bench.report import Report
from matching.evaluation.synthetic import TODAY, SyntheticListings
from matching.index import Index
from matching.reading import Reader
from matching.types import Listing

ROUNDS: Final = 2
"""How often the requests are asked again."""
CHECKED: Final = 20
"""Requests whose answers are compared with a plain scoring of all pairs."""
SAMPLE: Final = 100
"""Offers that they are compared with, beside those that were found."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """What is to be measured.

    Parameters
    ----------
    listings
        Offers to match against.
    requests
        To ask.
    pairs
        Listings of each side in the measure of all pairs, at most.
    seed, prose
        Of the listings; see :class:`matching.evaluation.synthetic.SyntheticListings`.
    """

    listings: int
    requests: int
    pairs: int
    seed: int
    prose: float


@dataclass(frozen=True, slots=True)
class Against:
    """Who is measured beside the engine.

    Parameters
    ----------
    postgres
        Address of a database for pg_trgm, or ``None``.
    budget_seconds
        For each rival's answers.
    """

    postgres: str | None
    budget_seconds: float


def measure(size: Size, reader: Reader, against: Against | None, tell: Tell) -> Report:
    """Measure everything, the engine first, as what a process holds at most only grows.

    Parameters
    ----------
    reader
        Ready to read: an encoder's weights are loaded.
    against
        ``None`` to measure the engine alone.
    tell
        Is told what is being measured.
    """
    listings = SyntheticListings(size.listings, size.seed, size.prose)
    requests = list(listings.requests(size.requests))
    strangers = min(size.requests, engine.NEWCOMERS)
    newcomers = listings.newcomers(strangers + engine.NEWCOMERS)
    cold = [request for _, request in islice(newcomers, strangers)]
    index = Index(reader)
    tell(f"Putting in {size.listings} offers …")
    filling = engine.fill(index, listings, size.listings)
    tell(f"Asking {size.requests} requests …")
    asking = engine.ask(index, cold, requests, ROUNDS)
    finding = engine.find_newcomers(index, list(newcomers))
    tell("Starting from a snapshot …")
    start = engine.start_from_snapshot(index, requests[0], encoder=reader.dimensions > 0)
    tell("Comparing answers with a plain scoring of all pairs …")
    exact = _check(index, reader, listings, requests[:CHECKED], size.listings)
    ran, left_out = _rivals(listings, size, requests, against, tell) if against else ((), ())
    tell("Pairing all with all …")
    return Report(
        machine=machine(),
        listings=size.listings,
        phrases=listings.phrases,
        seed=size.seed,
        prose=size.prose,
        encoder=reader.dimensions > 0,
        filling=filling,
        asking=asking,
        finding=finding,
        start=start,
        all_pairs=engine.pair_all(index, reader, listings, size.listings, size.pairs),
        exactness=exact,
        rivals=ran,
        left_out=left_out,
    )


def _check(
    index: Index, reader: Reader, listings: SyntheticListings, requests: Sequence[Listing], count: int
) -> exactness.Exactness:
    """Check against a sample: some offers, and all that were found for the requests."""
    ids = {hit.id for request in requests for hit in index.best(request, engine.TOP, TODAY).hits}
    ids |= set(range(1, count + 1, max(1, count // SAMPLE)))
    return exactness.check(index, reader, requests, list(listings.offers_of(ids)))


def _rivals(
    listings: SyntheticListings, size: Size, requests: Sequence[Listing], against: Against, tell: Tell
) -> tuple[tuple[rivals.Ran, ...], tuple[rivals.LeftOut, ...]]:
    ran, left_out = [], []
    for rival in rivals.rivals(against.postgres):
        tell(f"Measuring {rival.name} …")
        found = rivals.run(rival, listings.offers(size.listings), requests, against.budget_seconds)
        if isinstance(found, rivals.Ran):
            ran.append(found)
        else:
            left_out.append(found)
    return tuple(ran), tuple(left_out)
