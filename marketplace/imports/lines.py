"""The physical lines of a text file, with their numbers, some of them read twice."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TextIO


class Line(NamedTuple):
    """A line without its end; ``text`` is ``None`` when it was longer than is read."""

    number: int
    text: str | None


class Lines(Iterator[Line]):
    """Lines of a stream; what was read too far can be put back.

    Parameters
    ----------
    stream
        Text opened with universal newlines.
    longest
        Characters of a line above which its text is passed over.
    """

    def __init__(self, stream: TextIO, longest: int) -> None:
        self._stream = stream
        self._longest = longest
        self._number = 0
        self._waiting: deque[Line] = deque()

    def __next__(self) -> Line:
        if self._waiting:
            return self._waiting.popleft()
        text = self._stream.readline(self._longest + 1)
        if not text:
            raise StopIteration
        self._number += 1
        if text.endswith("\n"):
            return Line(self._number, text[:-1])
        if len(text) <= self._longest:
            return Line(self._number, text)
        while text and not text.endswith("\n"):
            text = self._stream.readline(self._longest + 1)
        return Line(self._number, None)

    def put_back(self, lines: Iterable[Line]) -> None:
        """Let these lines, in their order, be the next ones."""
        self._waiting.extendleft(reversed(list(lines)))

    def peek(self, count: int, characters: int) -> list[Line]:
        """Look at the next lines without using them up.

        Parameters
        ----------
        count
            How many lines at the most.
        characters
            After how many characters no further line is taken.
        """
        seen: list[Line] = []
        while len(seen) < count and characters > 0:
            line = next(self, None)
            if line is None:
                break
            seen.append(line)
            characters -= len(line.text or "")
        self.put_back(seen)
        return seen
