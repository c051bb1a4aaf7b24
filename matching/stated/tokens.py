"""A text as a row of words, figures and signs, each with the roles that it can play."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final, NamedTuple

from matching.stated.folding import fold_with_places
from matching.stated.lexicon import CJK_WORDS, PIECE, Role, entries
from matching.stated.numerals import NUMBER

MOST: Final = 1_000
"""Tokens of a text that are read; prose of :data:`matching.stated.folding.TEXT_CHARS` has fewer."""
NAME: Final = "\x01"
"""Stands where a certificate, a grade or another name was found."""
BARRIER: Final = "\x02"
"""Stands where a date, a price, a telephone number or an address was."""

_TOKEN: Final = re.compile(
    rf"(?P<number>{NUMBER})|{'|'.join(re.escape(word) for word in CJK_WORDS)}|{PIECE}|\n"
)
_ENDS: Final = frozenset("!?;。！？；\n")
PARTS: Final = frozenset(",،、，")
"""Signs that part clauses."""
_AFTER_STOP: Final = re.compile(r"\s|$")


class Token(NamedTuple):
    """A word, figure or sign.

    Parameters
    ----------
    start, end
        In the folded text.
    roles
        Of the phrase that begins here; the later words of a phrase have none.
    size
        How many tokens the phrase takes.
    sentence, clause
        Numbers that rise by one after each full stop, and after each comma.
    """

    text: str
    start: int
    end: int
    number: bool
    roles: tuple[Role, ...]
    size: int
    sentence: int
    clause: int


class Read:
    """A folded text with its tokens and its way back to the text as written.

    Parameters
    ----------
    text
        As written.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded, self.places = fold_with_places(text)
        self.tokens: list[Token] = []

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Return where a piece of the folded text stands in the text as written."""
        if end <= start:
            return self.places[start], self.places[start]
        return self.places[start], self.places[end - 1] + 1

    def original(self, start: int, end: int) -> str:
        """Return a piece as written."""
        first, last = self.written(start, end)
        return self.text[first:last]

    def cover(self, spans: Iterable[tuple[int, int]], sign: str) -> None:
        """Put a sign in the place of spans that do not meet, so that no figure in them is read again."""
        pieces, done = [], 0
        for start, end in spans:
            pieces += [self.folded[done:start], sign, " " * (end - start - 1)]
            done = end
        self.folded = "".join([*pieces, self.folded[done:]])

    def cut(self) -> None:
        """Cut the folded text into tokens; linear in its length."""
        hits = islice(_TOKEN.finditer(self.folded), MOST)
        raw = [(hit[0], *hit.span(), hit.lastgroup is not None) for hit in hits]
        words = [piece[0] for piece in raw]
        sentence = clause = 0
        covered = 0
        for at, (word, start, end, number) in enumerate(raw):
            roles: tuple[Role, ...] = ()
            size = 1
            if at >= covered and not number and entries(word):
                roles, size = _roles(words, at)
                covered = at + size
            self.tokens.append(Token(word, start, end, number, roles, size, sentence, clause))
            if word in _ENDS or (word == "." and self._stops(at)):
                sentence += 1
                clause += 1
            elif word in PARTS:
                clause += 1

    def _stops(self, at: int) -> bool:
        """Return whether a full stop ends a sentence: a space follows, and no abbreviation goes before."""
        dot = self.tokens[at]
        if not _AFTER_STOP.match(self.folded, dot.end):
            return False
        before = self.tokens[at - 1] if at else None
        return before is None or not any(role.name == "abbreviation" for role in before.roles)


def _roles(words: list[str], at: int) -> tuple[tuple[Role, ...], int]:
    """Return the roles of the longest phrase that begins here, and how many tokens it takes."""
    found: tuple[Role, ...] = ()
    size = 0
    for entry in entries(words[at]):
        length = 1 + len(entry.rest)
        if length < size:
            continue
        if not entry.rest or tuple(words[at + 1 : at + length]) == entry.rest:
            found = (*found, *entry.roles) if length == size else entry.roles
            size = length
    return found, max(1, size)


def role(token: Token, name: str, value: str = "") -> Role | None:
    """Return a token's role of a name, if it can play one."""
    for one in token.roles:
        if one.name == name and (not value or one.value == value):
            return one
    return None
