"""What the compiled loops are handed: arrays, by name; and the numbers that they share."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching import weights as w
from matching.phrases import COUNT_BITS, GRAM_WEIGHT_BITS
from matching.query import GRAM_SCALE, VECTOR_SCALE
from matching.reading import GRAM_UNIT, VECTOR_UNIT

UNIT: Final = w.UNIT
TOLD_PERCENT: Final = w.TOLD_PERCENT
WORDS_SHARE: Final = w.WORDS_SHARE
CLAUSES_SHARE: Final = w.CLAUSES_SHARE
ALL_SHARE: Final = w.ALL_SHARE
FIRST_SHARE: Final = w.FIRST_SHARE
UNKNOWN: Final = w.UNKNOWN
AGE_DAYS: Final = w.AGE_DAYS
HUNDREDTH: Final = UNIT // 100
REQUIREMENT, GEOGRAPHY, PARTNERSHIP = w.REQUIREMENT, w.GEOGRAPHY, w.PARTNERSHIP
FRESHNESS, TERMS, MARKET = w.FRESHNESS, w.TERMS, w.MARKET
NAMED_OFTEN: Final = w.NAMED_OFTEN
VECTOR_WHOLE: Final = VECTOR_SCALE * VECTOR_UNIT**2
GRAM_WHOLE: Final = GRAM_SCALE * GRAM_UNIT**2
EXCLUDED: Final = -2
"""Worth of a value that rules the pair out."""
UNJUDGED: Final = -1
"""Worth of facts or conditions that nobody has judged yet: taken for the best that they can be."""
NO_DAY: Final = -1
UNREAD: Final = -1
"""Nearness of a phrase that was not worked out yet."""
OWNER, COUNTRY, WISH, TYPES, DAY, FACTS, CONDITIONS = range(7)
"""Columns of a segment's values."""
STAMP, NEAR, WORDS_MET, TOPICS_MET = range(4)
"""Columns of what was found in a phrase."""
GRAM_SHIFT: Final = np.uint32(GRAM_WEIGHT_BITS)
GRAM_MASK: Final = np.uint32((1 << GRAM_WEIGHT_BITS) - 1)
SHORT_SHIFT: Final = np.uint32(2 * COUNT_BITS)
BEST_BITS: Final = 14
BEST_MASK: Final = (1 << BEST_BITS) - 1
"""Bits in which a similarity of up to 10,000 is kept beside the number of a row."""
BINS: Final = 256

Ints = NDArray[Any]
Whole = Any
"""A whole number, of whatever width."""


class Segment(NamedTuple):
    """Columns of the listings of a segment; a place for each, by rising id.

    ``sectors`` holds the numbers of their sectors, ``values``, (places, 7), those of what else there is
    one of for each: :data:`OWNER` …
    ``phrases`` holds 2 · number + (1 for a capability), those of place n from ``phrase_ends[n]`` to
    ``phrase_ends[n + 1]``; ``posts`` 2 · place + (1 for a capability), by the phrases' form, from
    ``post_starts[form]`` to ``post_starts[form + 1]``; both in three bytes (:mod:`matching.narrow`).
    ``weights``, (places, 4), and ``asked_whole`` are those of requests, and empty for offers.
    """

    alive: Ints
    sectors: Ints
    values: Ints
    phrase_ends: Ints
    phrases: Ints
    post_starts: Ints
    posts: Ints
    weights: Ints
    asked_whole: Ints


class Phrases(NamedTuple):
    """Columns of the phrases; see :class:`matching.phrases.Columns`."""

    vectors: Ints
    ends: Ints
    records: Ints


class Asker(NamedTuple):
    """The listing that asks, whichever side it stands on.

    ``row_ids`` and ``row_values`` are the forms alike to its n-th phrase or capability, from
    ``row_ends[n]`` to ``row_ends[n + 1]``.  The ``…_worth`` are looked up by the columns' numbers.
    For a request ``weights`` are those of all comparisons, ``asked`` those of its capabilities and
    ``vector`` … ``topics_whole`` its query, its grams with their weights; ``near_most`` is the most that
    any phrase can be near to it, ``text_most`` the most that text can be, by an offer's number of phrases.
    For an offer ``own`` holds its phrases' columns, ``asked`` the decays of a request's phrases,
    ``form_weights`` what each form counts that is asked for, and ``words`` and ``topics`` the rarity of
    every word and topic.
    """

    forward: bool
    row_ends: Ints
    row_ids: Ints
    row_values: Ints
    asked: Ints
    weights: Ints
    vector: Ints
    grams: Ints
    gram_weights: Ints
    near_most: Whole
    text_most: Ints
    words: Ints
    words_whole: Whole
    topics: Ints
    topics_whole: Whole
    own: Phrases
    form_weights: Ints
    owner: Whole
    day: Whole
    today: Whole
    sector_worth: Ints
    country_worth: Ints
    wish_worth: Ints
    has_wish: Ints
    types_worth: Ints
    facts_worth: Ints
    conditions_worth: Ints
    fresh: Ints
    clauses: Ints
    topic_table: Ints


class Scratch(NamedTuple):
    """Room to work in, a set for each thread: by place, by phrase, by gram and by word.

    ``read``, (phrases, 4), holds what was found in a phrase under a stamp: :data:`STAMP` …
    """

    sums: Ints
    places: Ints
    covered: Ints
    read: Ints
    grams: Ints
    gram_sums: Ints
    word_stamp: Ints
    topic_counts: Ints
