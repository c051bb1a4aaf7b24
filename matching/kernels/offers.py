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
from matching.narrow import number


@compiled
def totals_of_offers(  # noqa: C901 - one loop without a call is what makes it fast
    seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, candidates: Ints, covers: Ints, bar: float
) -> Ints:
    """Return the totals of offers for the request that asks; see :func:`totals`."""
    ends, phrases, given = seg.phrase_ends, seg.phrases, a.weights
    vectors, record_ends, records = ph.vectors, ph.ends, ph.records
    vector, grams, clauses, topic_table = a.vector, s.grams, a.clauses, a.topic_table
    read, gram_ids, gram_weights = s.read, a.grams, a.gram_weights
    dimensions, near_most = vectors.shape[1], a.near_most
    earned, wholes = np.empty(len(candidates), dtype=np.int64), np.ones(len(candidates), dtype=np.int64)
    found = np.full(len(candidates), -1.0)
    circumstances(seg, a, candidates, earned, wholes)
    text_most, hundredth = a.text_most, given[10] * HUNDREDTH
    places = np.empty(len(candidates), dtype=np.int64)
    size = 0
    for at in range(len(candidates)):
        earned[at] += given[0] * covers[at] if earned[at] >= 0 else 0
        held = min(ends[candidates[at] + 1] - ends[candidates[at]], len(text_most) - 1)
        rest = given[1] * text_most[held] + UNIT * given[2]
        places[size] = at
        size += earned[at] >= 0 and (earned[at] + rest) / hundredth >= bar
    _read(seg, ph, a, s, stamp, candidates, places[:size])
    for gram in range(len(gram_ids)):
        grams[gram_ids[gram]] = gram_weights[gram]
    for at in places[:size]:
        place, summed = candidates[at], earned[at]
        nearest, evidence, covered, named, first = 0, np.int64(0), 0, np.int64(0), 0
        for p in range(ends[place], ends[place + 1]):
            n = number(phrases, p) >> 1
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
            n = number(phrases, p) >> 1
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
    for gram in range(len(gram_ids)):
        grams[gram_ids[gram]] = 0
    return found


@compiled
def _read(
    seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, candidates: Ints, places: Ints
) -> None:
    """Read the words and topics of the phrases of listings, each once for a stamp.

    First all that are to be read are gathered, without a branch, so that the memory is fetched side by
    side and not one after the other: that is most of the time.
    """
    ends, phrases, record_ends, records, read = seg.phrase_ends, seg.phrases, ph.ends, ph.records, s.read
    most = 0
    for at in places:
        most += ends[candidates[at] + 1] - ends[candidates[at]]
    new = np.empty(most + 1, dtype=np.int32)
    size = 0
    for at in places:
        place = candidates[at]
        for p in range(ends[place], ends[place + 1]):
            n = number(phrases, p) >> 1
            new[size] = n
            size += read[n, STAMP] != stamp
            read[n, STAMP] = stamp
    heads = np.empty(size, dtype=np.uint32)
    for at in range(size):
        heads[at] = records[record_ends[new[at]]]
    for at in range(size):
        n = new[at]
        first_word, first_topic, first_gram = parts(records, record_ends[n])
        read[n, NEAR] = UNREAD
        read[n, WORDS_MET] = coverage(records, first_word, first_topic, a.words, a.words_whole)
        read[n, TOPICS_MET] = coverage(records, first_topic, first_gram, a.topics, a.topics_whole)
