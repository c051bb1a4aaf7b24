"""How far a word such as "must" reaches across the commas of its sentence.

"Lead time 6 weeks, ISO 9001 mandatory, alloy EN AW-6061": it speaks for its own part of the sentence,
unless it governs a list: "Required: …", "must have …, … and …", "ISO 9001, ISO 14001 required".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from matching.stated.numerals import STOP_WORDS
from matching.stated.tokens import PARTS, Read, Token, role

# What may stand in the heading of any list: "The supplier must have:".
_ANYTHING: Final = frozenset({"firm", "self", "part"})
_THIRD: Final = 2
"""Commas after which "and" ends a list; after one it begins another sentence: "…, and the lead time is"."""


LONGEST: Final = 4
"""Words of the longest phrase that says how much something counts."""


class Place(NamedTuple):
    """A condition and its tokens, both included."""

    first: int
    last: int
    criterion: str


class Scope:
    """Says for which conditions of a sentence a word in it can speak.

    Parameters
    ----------
    read
        The text, cut into tokens.
    conditions
        All that were found in it.
    """

    def __init__(self, read: Read, conditions: Iterable[Place]) -> None:
        self._tokens = tokens = read.tokens
        self._in_clause: dict[int, list[Place]] = defaultdict(list)
        self._begins: dict[int, int] = {}
        for one in sorted(conditions):
            self._begins.setdefault(tokens[one.first].sentence, one.first)
            for clause in range(tokens[one.first].clause, tokens[one.last].clause + 1):
                self._in_clause[clause].append(one)
        self._headings: dict[int, int] = {}
        self._bare: dict[int, bool] = {}
        self._joined: set[int] = set()
        self._closed: dict[int, int] = {}
        self._closed_late: dict[int, int] = {}
        self._read_clauses(read.folded)

    def _read_clauses(self, folded: str) -> None:
        """Note of each clause whether it says nothing itself, and of each sentence where a list ends."""
        topical: set[int] = set()
        end = 0
        for at, token in enumerate(self._tokens):
            clause = token.clause
            if token.text == ":" and clause not in topical:
                self._headings.setdefault(clause, at)
            if any(one.name == "topic" and one.value not in _ANYTHING for one in token.roles):
                topical.add(clause)
            # Of scripts without spaces only known words are tokens.
            said = any(char.isalnum() for char in folded[end : token.start]) or self._says(at)
            self._bare[clause] = self._bare.get(clause, True) and not said
            end = token.end
            if token.text in PARTS and at and role(self._tokens[at - 1], "and"):
                self._joined.add(clause + 1)
            elif role(token, "and") and token.text not in PARTS:
                self._close(at)

    def _says(self, at: int) -> bool:
        """Return whether a token is a word of its own, and no force or part of one ("nice to have")."""
        token = self._tokens[at]
        before = range(max(0, at - LONGEST), at + 1)
        force = any(_is_force(self._tokens[h]) and h + self._tokens[h].size > at for h in before)
        return token.text[0].isalnum() and token.text not in STOP_WORDS and not force

    def _close(self, at: int) -> None:
        token = self._tokens[at]
        found = self._in_clause.get(token.clause, [])
        before = [one for one in found if one.last < at]
        after = [one for one in found if one.first > at]
        if at and self._tokens[at - 1].text in PARTS and after:
            self._closed_late[token.sentence] = token.clause
        elif before and after and before[-1].criterion != after[0].criterion:
            self._closed[token.sentence] = token.clause

    def heads(self, place: int, first: int, *, hard: bool) -> bool:
        """Return whether a word heads a list in which a later condition stands.

        Parameters
        ----------
        place
            The word's first token.
        first
            The condition's.
        hard
            Whether it says "must": only that is a verb that takes a list without a colon.
        """
        word, target = self._tokens[place], self._tokens[first]
        own = self._in_clause.get(word.clause, [])
        colon = self._headings.get(word.clause, -1)
        if place < colon and not any(one.first < colon for one in own):
            return True
        leads = place < self._begins.get(word.sentence, -1)
        late = self._closed_late.get(word.sentence, -1)
        closed = max(self._closed.get(word.sentence, -1), late if late >= word.clause + _THIRD else -1)
        return hard and leads and target.clause <= closed

    def reaches(self, place: int, first: int, last: int, criterion: str) -> bool:
        """Return whether a word speaks for a condition without heading a list; see :meth:`heads`."""
        word = self._tokens[place]
        later = place < first
        target = self._tokens[first if later else last]
        if word.clause == target.clause:
            return True
        own = self._in_clause.get(word.clause, [])
        if not own:
            return self._bare[word.clause] and self._applies(place, target.clause)
        # Of one criterion: "ISO 9001, ISO 14001 required" and "required ISO 9001, ISO 14001".
        beside = [one for one in own if one.first > place][-1:] if later else own[:1]
        step = 1 if later else -1
        between = [self._in_clause.get(at, []) for at in range(word.clause + step, target.clause, step)]
        listed = all(same and {one.criterion for one in same} == {criterion} for same in (beside, *between))
        return listed and (later or own[0].last < place)

    def _applies(self, place: int, clause: int) -> bool:
        """Return whether a word that stands alone between commas is about another clause."""
        word = self._tokens[place]
        forward = word.clause in self._joined or place < self._begins.get(word.sentence, -1)
        return clause == word.clause + (1 if forward else -1)


def _is_force(token: Token) -> bool:
    return role(token, "force") is not None
