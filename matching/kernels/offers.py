"""Offers for a request that asks."""

from __future__ import annotations

import numpy as np

from matching.compiling import compiled
from matching.kernels.arrays import (
    GRAM_MASK,
    GRAM_SHIFT,
    HUNDREDTH,
    NEAR,
    SHORT_SHIFT,
    STAMP,
    TOPICS_MET,
    UNIT,
    UNREAD,
    WORDS_MET,
    Asker,
    Ints,
    Phrases,
    Scratch,
    Segment,
    Whole,
)
from matching.kernels.circumstances import circumstances
from matching.kernels.values import coverage, dot, nearness, parts, text, topic


@compiled
def totals_of_offers(  # noqa: C901 - one loop without a call is what makes it fast
    seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, candidates: Ints, bar: float
) -> Ints:
    """Return the totals of offers for the request that asks; see :func:`totals`."""
    ends, phrases, given = seg.phrase_ends, seg.phrases, a.weights
    vectors, record_ends, records = ph.vectors, ph.ends, ph.records
    vector, grams, word_worth, words_whole = a.vector, s.grams, a.words, a.words_whole
    topic_worth, topics_whole, clauses, topic_table = a.topics, a.topics_whole, a.clauses, a.topic_table
    met, read = s.met, s.read
    dimensions, near_most = vectors.shape[1], a.near_most
    earned, wholes = np.empty(len(candidates), dtype=np.int64), np.ones(len(candidates), dtype=np.int64)
    found = np.full(len(candidates), -1.0)
    circumstances(seg, a, candidates, earned, wholes)
    rest, hundredth = UNIT * (given[1] + given[2]), given[10] * HUNDREDTH
    for at in range(len(candidates)):
        place = candidates[at]
        summed = earned[at] + given[0] * met[place]
        if earned[at] < 0 or (summed + rest) / hundredth < bar:
            continue
        nearest, evidence, covered, named, first = 0, np.int64(0), 0, np.int64(0), 0
        for p in range(ends[place], ends[place + 1]):
            n = phrases[p] >> 1
            if read[n, STAMP] != stamp:
                first_word, first_topic, first_gram = parts(records, record_ends[n])
                read[n, STAMP], read[n, NEAR] = stamp, UNREAD
                read[n, WORDS_MET] = coverage(records, first_word, first_topic, word_worth, words_whole)
                read[n, TOPICS_MET] = coverage(records, first_topic, first_gram, topic_worth, topics_whole)
            covered = max(covered, read[n, WORDS_MET])
            named += topic_table[read[n, TOPICS_MET]]
            if p == ends[place]:
                first = read[n, TOPICS_MET]
        summed += given[2] * topic(topic_table, named, first)
        # Letters and meaning cost most: they are read only where they can still lift the pair to the bar.
        most = (ends[place + 1] - ends[place]) * clauses[near_most]
        if (summed + given[1] * text(clauses, near_most, most, covered)) / hundredth < bar:
            continue
        for p in range(ends[place], ends[place + 1]):
            n = phrases[p] >> 1
            if read[n, NEAR] == UNREAD:
                _, _, first_gram = parts(records, record_ends[n])
                letters = np.int64(0)
                for g in range(first_gram, record_ends[n + 1]):
                    letters += np.int64(grams[records[g] >> GRAM_SHIFT]) * np.int64(records[g] & GRAM_MASK)
                read[n, NEAR] = nearness(letters, dot(vector, vectors[n]), dimensions)
            nearest = max(nearest, read[n, NEAR])
            if records[record_ends[n]] >> SHORT_SHIFT:
                evidence += clauses[read[n, NEAR]]
        summed += given[1] * text(clauses, nearest, evidence, covered)
        found[at] = summed / hundredth
    return found
