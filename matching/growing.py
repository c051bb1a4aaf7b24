"""Arrays that grow at the end: columns and tables of the index."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)


class Growing(Generic[Number]):
    """An array with cheap appending of rows; the caller guards it against other threads.

    A view that was given out keeps its values: growing beyond the room moves to a new array, and
    what is appended lies behind the end of the view.

    Parameters
    ----------
    dtype
        Of the values.
    width
        Values in a row; ``None`` for an array of one dimension.
    """

    __slots__ = ("_size", "_values")

    def __init__(self, dtype: type[Number], width: int | None = None) -> None:
        self._values: NDArray[Number] = np.empty(4 if width is None else (4, width), dtype=dtype)
        self._size = 0

    @classmethod
    def of(cls, values: NDArray[Number]) -> Growing[Number]:
        """Return an array that starts with values, which are not copied before it grows."""
        made: Growing[Number] = cls.__new__(cls)
        made._values = values
        made._size = len(values)
        return made

    def __len__(self) -> int:
        return self._size

    def append(self, value: Any) -> None:
        """Add a row at the end."""
        self._reserve(1)
        self._values[self._size] = value
        self._size += 1

    def extend(self, values: Any) -> None:
        """Add rows at the end."""
        self._reserve(len(values))
        self._values[self._size : self._size + len(values)] = values
        self._size += len(values)

    def _reserve(self, more: int) -> None:
        if self._size + more > len(self._values):
            room = max(4, self._size + more, 2 * len(self._values))
            grown = np.empty((room, *self._values.shape[1:]), dtype=self._values.dtype)
            grown[: self._size] = self._values[: self._size]
            self._values = grown

    @property
    def view(self) -> NDArray[Number]:
        """The rows so far, not copied."""
        return self._values[: self._size]
