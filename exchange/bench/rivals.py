"""What people would use in place of the engine: each ranks the same offers for the same requests by text.

None of them knows conditions, sectors, countries or other languages; they are asked for less.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from rapidfuzz import fuzz, utils

from exchange.bench.measure import Times, time_each, timed
from exchange.bench.trigrams import TrigramsLeftOut, trigrams
from matching.types import Listing

TOP: Final = 20
NO_GROUP: Final = (
    "{name} is not installed: it belongs to the dependency group `bench` (pip install --group bench)"
)

COMPILED_FROM: Final = 5_000
"""Offers from which bm25s works with its compiled loops: below, compiling takes longer than all answers."""

Search = Callable[[str], Sequence[int]]
"""Returns the places of the best offers for a request's text, the best first."""
Build = Callable[[Sequence[str]], AbstractContextManager[Search]]


class NotInstalled(Exception):
    """A package of the group ``bench`` is missing; the message says which."""


@dataclass(frozen=True, slots=True)
class Rival:
    """What people would use.

    Parameters
    ----------
    name
        As it is known.
    task
        What it does here, in a few words.
    build
        Takes the offers' texts in and gives what searches them.
    warm
        Whether the first request is asked once before, unmeasured: what loads or compiles then is
        no part of an answer.
    """

    name: str
    task: str
    build: Build
    warm: bool = True


@dataclass(frozen=True, slots=True)
class Ran:
    """How a rival did.

    Parameters
    ----------
    build_seconds
        Of taking the offers in.
    times
        Of one request; ``times.count`` tells how many were measured: the slow ones are given
        fewer, when their time is used up.
    hits
        Found by the first request, at most :data:`TOP`.
    """

    name: str
    task: str
    build_seconds: float
    times: Times
    hits: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A rival that was not measured, and why."""

    name: str
    why: str


def text_of(listing: Listing) -> str:
    """Return all words of a listing, for those who know nothing else."""
    return "\n".join((listing.title, *listing.capabilities, listing.text))


def rivals(postgres: str | None) -> tuple[Rival, ...]:
    """Return the rivals, the fastest first.

    Parameters
    ----------
    postgres
        Address of a database for pg_trgm (``postgresql://…``); ``None`` where there is none.
    """
    return (
        Rival("bm25s", "BM25, one question at a time", _bm25s),
        Rival("tantivy", "BM25, any word", _tantivy),
        Rival("pg_trgm", "similarity, GiST index, the likest first", lambda texts: trigrams(texts, postgres)),
        Rival("rapidfuzz", "WRatio with every offer", _rapidfuzz, warm=False),
    )


def run(
    rival: Rival, offers: Iterable[Listing], requests: Sequence[Listing], budget_seconds: float
) -> Ran | LeftOut:
    """Have a rival take in the offers and answer the requests, as many as fit in a time, at least one."""
    texts = [text_of(offer) for offer in offers]
    asked = [text_of(request) for request in requests]
    hits: list[int] = []
    try:
        with ExitStack() as stack:
            search, seconds = timed(lambda: stack.enter_context(rival.build(texts)))
            if rival.warm:
                search(asked[0])
            times = time_each(lambda text: hits.append(len(search(text))), asked, budget_seconds)
    except (NotInstalled, TrigramsLeftOut) as reason:
        return LeftOut(rival.name, str(reason))
    return Ran(rival.name, rival.task, seconds, Times.of(times), hits[0])


def package(name: str) -> Any:
    """Return a package of the group ``bench``.

    Raises
    ------
    NotInstalled
        When it is not there.
    """
    if find_spec(name) is None:
        raise NotInstalled(NO_GROUP.format(name=name))
    return import_module(name)


@contextmanager
def _bm25s(texts: Sequence[str]) -> Iterator[Search]:
    bm25s = package("bm25s")
    index = bm25s.BM25(backend="numba" if len(texts) >= COMPILED_FROM else "numpy")
    index.index(bm25s.tokenize(list(texts), show_progress=False), show_progress=False)
    most = min(TOP, len(texts))

    def search(text: str) -> Sequence[int]:
        words = bm25s.tokenize([text], show_progress=False, return_ids=False)
        found, _ = index.retrieve(words, k=most, show_progress=False)
        places: list[int] = found[0].tolist()
        return places

    yield search


@contextmanager
def _tantivy(texts: Sequence[str]) -> Iterator[Search]:
    tantivy = package("tantivy")
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("text", stored=False, tokenizer_name="en_stem", index_option="freq")
    schema.add_integer_field("place", stored=True)
    index = tantivy.Index(schema.build())
    writer = index.writer()
    for place, text in enumerate(texts):
        writer.add_document(tantivy.Document(text=text, place=place))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> Sequence[int]:
        # Words only: signs are operators of its query language.
        query = index.parse_query(" ".join(re.findall(r"\w+", text.lower())), ["text"])
        return [searcher.doc(address)["place"][0] for _, address in searcher.search(query, TOP).hits]

    yield search


@contextmanager
def _rapidfuzz(texts: Sequence[str]) -> Iterator[Search]:
    ready = [utils.default_process(text) for text in texts]

    def search(text: str) -> Sequence[int]:
        asked = utils.default_process(text)
        scores = ((fuzz.WRatio(asked, other), -place) for place, other in enumerate(ready))
        return [-place for _, place in heapq.nlargest(TOP, scores)]

    yield search
