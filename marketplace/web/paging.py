"""Pages of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

Item = TypeVar("Item")
LAST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list.

    Parameters
    ----------
    number
        From 1.
    size
        Items on a full page.
    total
        Items on all pages.
    """

    items: Sequence[Item]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The position of the first item shown, from 1; 0 for an empty list."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        """The position of the last item shown; 0 for an empty list."""
        return (self.number - 1) * self.size + len(self.items) if self.items else 0


def asked_page() -> int:
    """Return the page number in the address; 1 for anything that is not one."""
    word = request.args.get("page", "1")
    return min(max(int(word), 1), LAST_PAGE) if word.isascii() and word.isdigit() else 1
