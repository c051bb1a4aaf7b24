"""Requests for an offer that asks."""

from __future__ import annotations

import numpy as np

from matching.compiling import compiled
from matching.kernels.arrays import (
    GRAM_MASK,
    GRAM_SHIFT,
    HUNDREDTH,
    NAMED_OFTEN,
    SHORT_SHIFT,
    UNIT,
    Asker,
    Ints,
    Phrases,
    Scratch,
    Segment,
    Whole,
)
from matching.kernels.circumstances import circumstances
from matching.kernels.values import dot, nearness, parts, text, topic
from matching.narrow import number
from matching.profiles import ASKED
from matching.query import GRAM_SCALE, VECTOR_SCALE


@compiled
def totals_of_requests(  # noqa: C901, PLR0912, PLR0915 - one loop without a call is what makes it fast
    seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, candidates: Ints, covers: Ints, bar: float
) -> Ints:
    """Return the totals of requests for the offer that asks; see :func:`totals`.

    Each request's mean meaning, grams, words and topics are made as :mod:`matching.query` makes them.
    """
    ends, phrases, weights = seg.phrase_ends, seg.phrases, seg.weights
    vectors, record_ends, records = ph.vectors, ph.ends, ph.records
    own_vectors, own_ends, own_records = a.own.vectors, a.own.ends, a.own.records
    decays, rarity, topic_rarity, clauses, topic_table = a.asked, a.words, a.topics, a.clauses, a.topic_table
    gram_sums, word_stamps, counts = s.gram_sums, s.word_stamp, s.topic_counts
    dimensions = vectors.shape[1]
    mean = np.zeros(dimensions, dtype=np.int64)
    earned, wholes = np.empty(len(candidates), dtype=np.int64), np.ones(len(candidates), dtype=np.int64)
    found = np.full(len(candidates), -1.0)
    circumstances(seg, a, candidates, earned, wholes)
    for at in range(len(candidates)):
        place = candidates[at]
        capability, text_weight = np.int64(weights[place, 0]), np.int64(weights[place, 1])
        topic_weight = np.int64(weights[place, 2])
        summed = earned[at] + capability * covers[at]
        hundredth = wholes[at] * HUNDREDTH
        if earned[at] < 0 or (summed + UNIT * (text_weight + topic_weight)) / hundredth < bar:
            continue
        start, end = ends[place], min(ends[place + 1], ends[place] + ASKED)
        whole, words_whole, topics_whole, unique = np.int64(0), np.int64(0), np.int64(0), stamp + at
        mean[:] = 0
        for p in range(start, end):
            n, decay = number(phrases, p) >> 1, decays[p - start]
            whole += decay
            for d in range(dimensions):
                mean[d] += decay * np.int64(vectors[n, d])
            first_word, first_topic, first_gram = parts(records, record_ends[n])
            for g in range(first_gram, record_ends[n + 1]):
                gram_sums[records[g] >> GRAM_SHIFT] += decay * np.int64(records[g] & GRAM_MASK)
            for v in range(first_word, first_topic):
                if word_stamps[records[v]] != unique:
                    word_stamps[records[v]] = unique
                    words_whole += rarity[records[v]]
            for v in range(first_topic, first_gram):
                counts[records[v]] += 1
        if whole > 0:
            for d in range(dimensions):
                mean[d] = mean[d] * VECTOR_SCALE // whole
        for p in range(start, end):
            n = number(phrases, p) >> 1
            _, first_topic, first_gram = parts(records, record_ends[n])
            for v in range(first_topic, first_gram):
                often = counts[records[v]]
                if often > 0:
                    # From here on what it is worth, negative to tell it from a count.
                    saturated = 1000 * (NAMED_OFTEN + 1) * often // (often + NAMED_OFTEN)
                    counts[records[v]] = -(topic_rarity[records[v]] * saturated // 1000)
                    topics_whole -= counts[records[v]]
        nearest, evidence, covered, first = 0, np.int64(0), 0, 0
        named: Whole = np.int64(0)
        for p in range(len(own_ends) - 1):
            first_word, first_topic, first_gram = parts(own_records, own_ends[p])
            letters = np.int64(0)
            for g in range(first_gram, own_ends[p + 1]):
                held = gram_sums[own_records[g] >> GRAM_SHIFT]
                if held > 0:
                    letters += held * GRAM_SCALE // whole * np.int64(own_records[g] & GRAM_MASK)
            near = nearness(letters, dot(mean, own_vectors[p]), dimensions)
            shared = np.int64(0)
            for v in range(first_word, first_topic):
                if word_stamps[own_records[v]] == unique:
                    shared += rarity[own_records[v]]
            about: Whole = np.int64(0)
            for v in range(first_topic, first_gram):
                about -= counts[own_records[v]]
            share: Whole = UNIT * about // topics_whole if topics_whole > 0 else 0
            nearest = max(nearest, near)
            word: Whole = UNIT * shared // words_whole if words_whole > 0 else 0
            covered = max(covered, word)
            if own_records[own_ends[p]] >> SHORT_SHIFT:
                evidence += clauses[near]
            named += topic_table[share]
            if p == 0:
                first = share
        for p in range(start, end):
            n = number(phrases, p) >> 1
            _, first_topic, first_gram = parts(records, record_ends[n])
            for g in range(first_gram, record_ends[n + 1]):
                gram_sums[records[g] >> GRAM_SHIFT] = 0
            for v in range(first_topic, first_gram):
                counts[records[v]] = 0
        summed += text_weight * text(clauses, nearest, evidence, covered)
        summed += topic_weight * topic(topic_table, named, first)
        found[at] = summed / hundredth
    return found
