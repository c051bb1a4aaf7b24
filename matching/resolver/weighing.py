"""How much each part of the resolver counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.resolver.features import Floats

FULLY: Final = 10_000
"""Phrases learnt from which on the weights are those found for many; below, in between."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What each part says for each class, or how much each counts.

    Parameters
    ----------
    words, runs, meaning
        The titles and phrases near by words, by runs of letters, by meaning.
    official, taught
        The titles, and the phrases learnt, near by all three.
    activities
        How the activities named fit.
    network
        The network's log-probabilities.
    """

    words: Floats
    runs: Floats
    meaning: Floats
    official: Floats
    taught: Floats
    activities: Floats
    network: Floats


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each of :class:`Parts` counts, and a title beside 1.5 of a phrase in training."""

    words: float
    runs: float
    meaning: float
    official: float
    taught: float
    activities: float
    network: float
    title: float

    def of_titles(self, titles: int, learnt: int) -> Floats:
        """Return what each title counts when the network is trained, the phrases learnt last."""
        found = np.full(titles, self.title, dtype=np.float32)
        found[titles - learnt :] = PHRASE_WEIGHT
        return found


PHRASE_WEIGHT: Final = 1.5
"""How much a learnt phrase counts in training."""
KNOWN_LEAST: Final = 0.25
KNOWN_MOST: Final = 0.75
"""Shares of a text's words that the titles hold, at which it counts as foreign, and as not at all."""
# Regression of the right classes on the parts (conditional logit, 2026-11-26): English phrases of two
# public indexes of industries, nothing learnt; a fifth of their clusters asked for and the others
# learnt; national titles in five languages, with English titles and phrases alone.
_NOTHING: Final = Weights(5.2, 1.1, 4.0, 1.5, 0.0, 0.30, 0.46, 1.0)
_MANY: Final = Weights(3.9, 3.2, 2.1, 2.9, -3.0, 0.24, 0.63, 0.5)
_FOREIGN: Final = Weights(0.0, 1.8, 10.4, 7.8, 0.0, 0.55, 0.40, 1.0)


def weights_for(learnt: int, known: float) -> Weights:
    """Return the weights that fit a text.

    Parameters
    ----------
    learnt
        Phrases that were learnt.
    known
        Share of the text's words that the titles and phrases hold, 0 to 1: a text in a language
        without titles is found by its meaning.
    """
    own = _between(_NOTHING, _MANY, learnt / FULLY)
    return _between(_FOREIGN, own, (known - KNOWN_LEAST) / (KNOWN_MOST - KNOWN_LEAST))


def _between(first: Weights, second: Weights, way: float) -> Weights:
    """Return the weights on the way from one row to another, 0 to 1."""
    near = min(1.0, max(0.0, way))
    pairs = ((getattr(first, name), getattr(second, name)) for name in Weights.__slots__)
    return Weights(*((1.0 - near) * a + near * b for a, b in pairs))


def together(parts: Parts, weights: Weights) -> Floats:
    """Return each class's share of belief, adding up to 1.

    Parameters
    ----------
    parts
        Each (classes,).
    weights
        How much each counts.
    """
    sums = sum(getattr(weights, name) * getattr(parts, name) for name in Parts.__slots__)
    shares = np.exp(sums - sums.max())
    return np.asarray(shares / shares.sum(), dtype=np.float32)
