"""Offers for a request that asks."""

from __future__ import annotations

import numpy as np

from matching.compiling import compiled
from matching.kernels.arrays import HUNDREDTH, UNIT, UNREAD, Asker, Ints, Phrases, Scratch, Segment, Whole
from matching.kernels.circumstances import circumstances
from matching.kernels.values import coverage, dot, nearness, text, topic


@compiled
def totals_of_offers(  # noqa: C901 - one loop without a call is what makes it fast
    seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, candidates: Ints, bar: float
) -> Ints:
    """Return the totals of offers for the request that asks; see :func:`totals`."""
    ends, phrases, given = seg.phrase_ends, seg.phrases, a.weights
    vectors, gram_ends, gram_ids, gram_weights, short = (
        ph.vectors, ph.gram_ends, ph.grams, ph.gram_weights, ph.short
    )  # fmt: skip
    word_ends, words, topic_ends, topics = ph.word_ends, ph.words, ph.topic_ends, ph.topics
    vector, grams, word_worth, words_whole = a.vector, a.grams, a.words, a.words_whole
    topic_worth, topics_whole, clauses, topic_table = a.topics, a.topics_whole, a.clauses, a.topic_table
    met, stamps, nears, words_met, topics_met = s.met, s.stamp, s.near, s.words_met, s.topics_met
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
            if stamps[n] != stamp:
                stamps[n] = stamp
                nears[n] = UNREAD
                words_met[n] = coverage(word_ends, words, n, word_worth, words_whole)
                topics_met[n] = coverage(topic_ends, topics, n, topic_worth, topics_whole)
            covered = max(covered, words_met[n])
            named += topic_table[topics_met[n]]
            if p == ends[place]:
                first = topics_met[n]
        summed += given[2] * topic(topic_table, named, first)
        # Letters and meaning cost most: they are read only where they can still lift the pair to the bar.
        most = (ends[place + 1] - ends[place]) * clauses[near_most]
        if (summed + given[1] * text(clauses, near_most, most, covered)) / hundredth < bar:
            continue
        for p in range(ends[place], ends[place + 1]):
            n = phrases[p] >> 1
            if nears[n] == UNREAD:
                letters = np.int64(0)
                for g in range(gram_ends[n], gram_ends[n + 1]):
                    letters += np.int64(grams[gram_ids[g]]) * gram_weights[g]
                nears[n] = nearness(letters, dot(vector, vectors[n]), dimensions)
            nearest = max(nearest, nears[n])
            if short[n]:
                evidence += clauses[nears[n]]
        summed += given[1] * text(clauses, nearest, evidence, covered)
        found[at] = summed / hundredth
    return found
