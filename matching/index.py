"""The callers' interface: listings in, the best partners out, exactly, and why."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from matching import kernels
from matching.answering import Question
from matching.asking import Asking, Values, asking
from matching.held import Forms
from matching.parts import Part
from matching.phrases import Phrases
from matching.profiles import NoGuess, Profile, SectorGuess, profile
from matching.query import asked_weight, query, weights_of
from matching.reading import Reader, Reading
from matching.room import Room
from matching.rows import Rows
from matching.score import explain, facts_key
from matching.segments import Entry, Segment
from matching.snapshots import read_snapshot, under, write_snapshot
from matching.terms import Terms
from matching.types import Found, Hit, Kind, Listing, Score, Side

BATCH: Final = 2_000
"""Listings taken in at a time: the encoder works on their phrases together."""
AT_ONCE: Final = 64
"""Listings of which the rows are worked out together; nobody else is answered meanwhile."""


class Index:
    """All open listings, ready to be matched.  Safe to use from several threads.

    Parameters
    ----------
    reader
        Reads the listings' phrases: with an encoder, across languages.
    guess
        Guesses the sectors of listings that state none.
    """

    def __init__(self, reader: Reader | None = None, guess: SectorGuess | None = None) -> None:
        self.reader = reader or Reader()
        self.guess: SectorGuess = guess or NoGuess()
        self._lock = threading.RLock()
        self._phrases = Phrases(self.reader)
        self._forms = Forms(self._phrases)
        self._rows = Rows(self._forms)
        self._values = Values()
        self._parts: dict[tuple[Side, Kind], Part] = {}
        self._rooms = threading.local()

    def __len__(self) -> int:
        with self._lock:
            return sum(len(part) for part in self._parts.values())

    def __contains__(self, listing_id: object) -> bool:
        with self._lock:
            return isinstance(listing_id, int) and any(p.holds(listing_id) for p in self._parts.values())

    def put(self, listing: Listing) -> None:
        """Add a listing, or replace the one of the same id."""
        self.put_many((listing,))

    def put_many(self, listings: Iterable[Listing]) -> None:
        """Add or replace listings; readers see each of them whole or not at all."""
        for batch in _batches(listings, BATCH):
            # The slow part, outside the lock.
            ready = [profile(listing, self.reader, self.guess) for listing in batch]
            with self._lock:
                for item in ready:
                    entry = self._entry(item)
                    self._drop(item.listing.id)
                    self._part(item.listing.side, item.listing.kind).pending[entry.id] = entry
                    self._phrases.count(entry.phrases >> 1, 1)
                # Now, while what was read of them is at hand, and before anybody waits for an answer.
                self._forms.follow()

    def remove(self, listing_id: int) -> None:
        """Take a listing out; nothing happens if it is not there."""
        with self._lock:
            self._drop(listing_id)

    def best(
        self, listing: Listing, k: int, today: date, minimum: float = 0.0, *, hard: bool = True
    ) -> Found:
        """Return the best partners of a listing, which need not be in the index.

        Parameters
        ----------
        listing
            Partners are sought on its other side, of its kind.
        k
            Hits wanted, 0 or more.
        today
            For certificates and freshness.
        minimum
            Least total of a hit, 0 to 100.
        hard
            ``False`` to let hard conditions exclude nobody: their gaps then only cost points.

        Returns
        -------
        Found
            Exactly what explaining every pair would give: pairs that are not excluded, by
            total and then by id.
        """
        return self._best(profile(listing, self.reader, self.guess), k, today, minimum, hard=hard)

    def _best(self, ready: Profile, k: int, today: date, minimum: float = 0.0, *, hard: bool = True) -> Found:
        with self._lock:
            segments, columns, asker = self._prepare(ready, today, hard=hard)
        if k == 0 or not segments:
            return Found(())
        question = Question(asker, ready.listing.id, columns, self._room(segments, columns))
        return Found(tuple(question.best(segments, k, minimum)))

    def count(self, listing: Listing, today: date, minimum: float, *, hard: bool = True) -> int:
        """Return how many partners of a listing reach a minimum; see :meth:`best`."""
        ready = profile(listing, self.reader, self.guess)
        with self._lock:
            segments, columns, asker = self._prepare(ready, today, hard=hard)
        return Question(asker, listing.id, columns, self._room(segments, columns)).count(segments, minimum)

    def all_best(
        self, listings: Sequence[Listing], k: int, today: date, threads: int = 2
    ) -> Iterator[tuple[Hit, ...]]:
        """Return the best partners of many listings, in their order; see :meth:`best`."""
        with ThreadPoolExecutor(threads) as pool:
            for batch in _batches(listings, AT_ONCE):
                ready = [profile(listing, self.reader, self.guess) for listing in batch]
                with self._lock:
                    self._rows.work_out((reading for item in ready for reading in _asked(item)), pool)
                yield from pool.map(lambda item: self._best(item, k, today).hits, ready)

    @property
    def terms(self) -> Terms:
        """What compares the terms of conditions, by the thesaurus of its reader."""
        return self.reader.terms

    @property
    def phrases(self) -> Phrases:
        """The distinct phrases that it has seen."""
        return self._phrases

    def explain(self, request: Listing, offer: Listing, today: date) -> Score:
        """Return the score of any pair, whether in the index or not, with its reasons."""
        asked, offered = (profile(listing, self.reader, self.guess) for listing in (request, offer))
        with self._lock:
            ready = query(asked, self._phrases.statistics)
        return explain(asked, offered, ready, self.reader, today)

    def explain_all(self, listing: Listing, others: Sequence[Listing], today: date) -> list[Score]:
        """Return the scores of the pairs that a listing makes with others of the other side."""
        if listing.side is Side.REQUEST:
            return [self.explain(listing, other, today) for other in others]
        return [self.explain(other, listing, today) for other in others]

    def merge(self) -> None:
        """Make one segment of all listings of a side and kind."""
        with self._lock:
            for part in self._parts.values():
                part.merge(self._forms.numbers)

    def save(self, folder: Path, mark: str = "") -> None:
        """Keep the index as a snapshot in a folder, in the place of the one before.

        Parameters
        ----------
        mark
            The caller's, given back by :meth:`load`: up to where it has followed its listings.
        """
        with self._lock:
            self.merge()
            arrays = {f"phrase-{name}": array for name, array in self._phrases.arrays().items()}
            arrays.update((f"form-{name}", array) for name, array in self._forms.arrays().items())
            arrays.update((f"value-{name}", array) for name, array in self._values.arrays().items())
            for (side, kind), part in self._parts.items():
                for segment in part.segments:
                    arrays.update((f"{side}-{kind}-{n}", column) for n, column in segment.columns.items())
            parts = [[side, kind] for (side, kind), part in self._parts.items() if part.segments]
            head = {"reader": self.reader.digest, "parts": parts, "mark": mark, **self._values.head()}
            write_snapshot(folder, arrays, head)

    @classmethod
    def load(
        cls, folder: Path, reader: Reader | None = None, guess: SectorGuess | None = None
    ) -> tuple[Index, str]:
        """Return the index of a snapshot, mapped from its files, and the mark it was saved with.

        Raises
        ------
        ValueError
            When there is no snapshot, or one of another version or of another reader.
        """
        arrays, head = read_snapshot(folder)
        index = cls(reader, guess)
        if head["reader"] != index.reader.digest:
            raise ValueError(f"{folder}: a snapshot of another reader.")
        index._phrases.restore(dict(under(arrays, "phrase-")))
        index._forms.restore(dict(under(arrays, "form-")))
        index._values = Values.restored(dict(under(arrays, "value-")), head)
        for side, kind in head["parts"]:
            columns = dict(under(arrays, f"{side}-{kind}-"))
            part = index._part(Side(side), Kind(kind))
            part.segments = (Segment(columns),)
        return index, head["mark"]

    def bytes(self) -> dict[str, int]:
        """Return the bytes that listings, phrases and the phrases' vectors take, without the rows kept."""
        with self._lock:
            columns = self._phrases.arrays()
            vectors = columns.pop("vectors").nbytes
            listings = sum(s.bytes for part in self._parts.values() for s in part.settle(self._forms.numbers))
            return {
                "listings": listings,
                "phrases": sum(column.nbytes for column in columns.values()) + self._forms.bytes,
                "vectors": vectors,
            }

    def _prepare(
        self, ready: Profile, today: date, *, hard: bool
    ) -> tuple[tuple[Segment, ...], kernels.Phrases, Asking]:
        part = self._parts.get((ready.listing.side.other, ready.listing.kind))
        segments = part.settle(self._forms.numbers) if part else ()
        found = self._phrases.columns
        columns = kernels.Phrases(found.vectors, found.ends, found.records)
        asker = asking(ready, self._phrases, self._forms, self._rows, self._values, today, hard=hard)
        return segments, columns, asker

    def _entry(self, item: Profile) -> Entry:
        listing, values = item.listing, self._values
        numbers = self._phrases.number_all(item.phrases)
        request = listing.side is Side.REQUEST
        stems = {stem for phrase in item.phrases[:16] for stem in phrase.stems}
        asked = item.capabilities if request else []
        weights = weights_of(
            item, len(stems), topics=any(p.topics for p in item.phrases[:16]), capabilities=bool(asked)
        )
        parts = [weights[name] for name in ("capability", "text", "topic", "sector")]
        return Entry(
            id=listing.id,
            sector=values.sectors.number(item.sectors),
            values=(
                -1 if listing.owner is None else listing.owner,
                values.countries.number(listing.country),
                values.wishes.number((listing.target_countries, listing.excluded_countries)),
                values.types.number(listing.partnership_types),
                listing.published_on.toordinal() if listing.published_on else kernels.NO_DAY,
                values.facts.number(facts_key(listing)),
                values.conditions.number(listing.conditions),
            ),
            phrases=np.array(
                [2 * n + is_named for n, is_named in zip(numbers, item.named, strict=True)], dtype=np.int32
            ),
            weights=(parts[0], parts[1], parts[2], parts[3]) if request else None,
            asked_whole=sum(asked_weight(capability.form) for capability in asked),
        )

    def _part(self, side: Side, kind: Kind) -> Part:
        return self._parts.setdefault((side, kind), Part())

    def _drop(self, listing_id: int) -> None:
        for part in self._parts.values():
            phrases = part.drop(listing_id)
            if phrases is not None:
                self._phrases.count(phrases >> 1, -1)

    def _room(self, segments: Sequence[Segment], columns: kernels.Phrases) -> Room:
        """Return this thread's room to work in, large enough."""
        room = getattr(self._rooms, "room", None)
        if room is None:
            room = self._rooms.room = Room()
        words, topics = len(self._phrases.statistics), len(self._phrases.statistics.topics)
        room.reserve(max((len(s) for s in segments), default=0), len(columns.ends) - 1, words, topics)
        return room


def compile_loops() -> None:
    """Compile the loops, or load them where they were compiled before: the first questions need not wait."""
    index, today = Index(), date(2026, 1, 1)
    pair = [
        Listing(number, side, Kind.SUBCONTRACTING, "milling", ("milling", "turning"))
        for number, side in enumerate(Side, 1)
    ]
    index.put_many(pair)
    for listing in pair:
        index.best(listing, 1, today)
        index.count(listing, today, 0.0)
    index.explain_all(pair[0], pair[1:], today)


def _asked(item: Profile) -> Sequence[Reading]:
    """Return the phrases of which a listing that asks needs the rows."""
    return item.capabilities if item.listing.side is Side.REQUEST else item.phrases


def _batches(listings: Iterable[Listing], size: int) -> Iterator[list[Listing]]:
    iterator = iter(listings)
    while batch := list(islice(iterator, size)):
        yield batch
