"""The distinct forms of all phrases, as columns and chains: what a phrase is compared with.

Without an encoder "CNC milling", "cnc-milling" and "CNC Milling" are the same words and name the same
concepts.  What has nothing to tell it apart shares a form, which is compared once, and looked up once.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.chains import Chains
from matching.forms import spans_of
from matching.growing import Growing
from matching.numbered import Lookup, ordered
from matching.phrases import Phrases
from matching.query import asked_weight
from matching.scanning import BUCKETS, Held, written
from matching.snapshots import under
from matching.tokens import Tokens

COLUMNS: Final = (
    "forms", "keys", "asked", "readings", "weights", "token_ends", "token_ids", "span_ends", "spans",
    "run_ends", "runs",
)  # fmt: skip
CHAINS: Final = ("token", "span", "run")


class Forms:
    """The distinct forms of an index's phrases, numbered from 0.  Not thread-safe: the index guards it.

    Parameters
    ----------
    phrases
        Of the index.
    """

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self.tokens = Tokens()
        # The form of each phrase; then of each form its key, what it counts where it is asked for, and
        # the first phrase that had it.
        self._forms: Growing[np.int32] = Growing(np.int32)
        self._keys: Growing[np.uint64] = Growing(np.uint64)
        self._asked: Growing[np.int8] = Growing(np.int8)
        self._readings: Growing[np.int32] = Growing(np.int32)
        self._weights: Growing[np.uint8] = Growing(np.uint8, 2)
        self._token_ends: Growing[np.int32] = Growing(np.int32)
        self._token_ids: Growing[np.int32] = Growing(np.int32)
        self._span_ends: Growing[np.int32] = Growing(np.int32)
        self._spans: Growing[np.int16] = Growing(np.int16, 3)
        self._run_ends: Growing[np.int32] = Growing(np.int32)
        self._runs: Growing[np.uint32] = Growing(np.uint32)
        for ends in (self._token_ends, self._span_ends, self._run_ends):
            ends.append(0)
        self._token_chains = Chains()
        self._span_chains = Chains(len(phrases.reader.thesaurus))
        self._run_chains = Chains(BUCKETS)
        self._lookup = Lookup()

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def numbers(self) -> NDArray[np.int32]:
        """The form of every phrase."""
        return self._forms.view

    @property
    def asked(self) -> NDArray[np.int8]:
        """What each form counts where it is asked for."""
        return self._asked.view

    @property
    def held(self) -> Held:
        """What the loops read, as it is when it is asked for."""
        arrays = {name: array for name, array in self._arrays().items() if name in Held._fields}
        return Held(vectors=self._phrases.columns.vectors, **arrays)

    @property
    def bytes(self) -> int:
        """Bytes of all of it, without the phrases' vectors."""
        return sum(array.nbytes for array in (*self._arrays().values(), *self.tokens.words))

    def follow(self) -> None:
        """Take in the phrases that are new."""
        first = len(self)
        for number in range(len(self._forms), len(self._phrases)):
            self._forms.append(self._number(number))
        if first < len(self):
            ends, held = self._token_ends.view[first:], self._token_ids.view
            self._token_chains.reserve(len(self.tokens))
            self._token_chains.extend(held[ends[0] :], ends, first)
            run_ends, new = written(self.tokens.words, ends, held)
            self._run_ends.extend(len(self._runs) + run_ends)
            self._runs.extend(new)
            self._run_chains.extend(new % BUCKETS, self._run_ends.view[first:], first)
            ends, named = self._span_ends.view[first:], self._spans.view[:, 0]
            self._span_chains.extend(named[ends[0] :], ends, first)

    def _number(self, phrase: int) -> int:
        """Return the number of a phrase's form, a new one for a form that is new."""
        form, vectors = self._phrases.form(phrase), self._phrases.columns.vectors
        ids = np.array([self.tokens.intern(token) for token in form.phrase.tokens], dtype=np.int32)
        spans, vector = spans_of(form.spans), vectors[phrase]
        digest = blake2b(ids.tobytes() + spans.tobytes() + vector.tobytes(), digest_size=8).digest()
        key = int.from_bytes(digest, "little")
        for number in self._lookup.of(key):
            same = np.array_equal(self._part("token_ids", "token_ends", number), ids)
            same = same and np.array_equal(self._part("spans", "span_ends", number), spans)
            if same and np.array_equal(vectors[self._readings.view[number]], vector):
                return number
        new = len(self)
        heavy = [1 if token.generic else 4 for token in form.phrase.tokens]
        self._asked.append(asked_weight(form))
        self._readings.append(phrase)
        self._weights.append((sum(heavy), heavy.count(1)))
        self._token_ids.extend(ids)
        self._token_ends.append(len(self._token_ids))
        self._spans.extend(spans)
        self._span_ends.append(len(self._spans))
        self._keys.append(key)
        self._lookup.add(key, new)
        return new

    def _part(self, column: str, ends: str, number: int) -> NDArray[Any]:
        """Return what a column holds of a form."""
        start, end = getattr(self, f"_{ends}").view[number : number + 2]
        part: NDArray[Any] = getattr(self, f"_{column}").view[start:end]
        return part

    def _arrays(self) -> dict[str, NDArray[Any]]:
        columns = {name: getattr(self, f"_{name}").view for name in COLUMNS}
        chains = {
            f"{name}_{part}": array
            for name in CHAINS
            for part, array in getattr(self, f"_{name}_chains").arrays().items()
        }
        return {**columns, **chains}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be kept."""
        keys, order = ordered(self._keys.view)
        return {
            **self._arrays(),
            "key_keys": keys,
            "key_order": order,
            **{f"word_{name}": array for name, array in self.tokens.arrays().items()},
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take the place of what was kept; the arrays are not copied."""
        for name in COLUMNS:
            setattr(self, f"_{name}", Growing.of(arrays[name]))
        for name in CHAINS:
            setattr(self, f"_{name}_chains", Chains.restored(dict(under(arrays, f"{name}_"))))
        self._lookup = Lookup(arrays["key_keys"], arrays["key_order"])
        self.tokens = Tokens.restored(dict(under(arrays, "word_")))
