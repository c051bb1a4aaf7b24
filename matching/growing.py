"""Arrays that grow at the end: postings and columns of the index."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)


class Growing(Generic[Number]):
    """A one-dimensional array with cheap appending; the caller guards it against other threads."""

    __slots__ = ("_size", "_values")

    def __init__(self, dtype: type[Number]) -> None:
        self._values: NDArray[Number] = np.empty(4, dtype=dtype)
        self._size = 0

    def append(self, value: Any) -> None:
        """Add a value at the end."""
        if self._size == len(self._values):
            self._values = np.concatenate((self._values, np.empty_like(self._values)))
        self._values[self._size] = value
        self._size += 1

    def set(self, position: int, value: Any) -> None:
        """Change a value that is there."""
        self._values[position] = value

    @property
    def view(self) -> NDArray[Number]:
        """The values so far, not copied: valid until the next change."""
        return self._values[: self._size]

    def since(self, first: int) -> NDArray[Number]:
        """Return the values from ``first`` on, of an array that was filled in rising order."""
        values = self.view
        return values[int(np.searchsorted(values, first)) :] if first else values
