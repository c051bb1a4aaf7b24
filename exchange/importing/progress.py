"""Showing on standard error how far something has come."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import click

LINE_SECONDS: Final = 3.0
"""Time between two lines where nobody watches a terminal."""

Show = Callable[[int, int, str], None]
"""Takes how much is done, of how much, and what to say beside it."""


@contextmanager
def showing(label: str) -> Iterator[Show]:
    """Give a way to show progress: a bar on a terminal, a line every few seconds elsewhere."""
    with ExitStack() as stack:
        yield _Bar(label, stack) if sys.stderr.isatty() else _Lines(label)


class _Bar:
    def __init__(self, label: str, stack: ExitStack) -> None:
        self._label = label
        self._stack = stack
        self._bar: Any = None
        self._note = ""

    def __call__(self, done: int, total: int, note: str) -> None:
        self._note = note
        if self._bar is None:
            bar: Any = click.progressbar(
                length=max(1, total),
                label=self._label,
                file=sys.stderr,
                item_show_func=lambda _item: self._note,
            )
            self._bar = self._stack.enter_context(bar)
        self._bar.length = max(1, total)
        self._bar.update(min(done, self._bar.length) - self._bar.pos)


class _Lines:
    def __init__(self, label: str) -> None:
        self._label = label
        self._said_at = time.monotonic()

    def __call__(self, done: int, total: int, note: str) -> None:
        now = time.monotonic()
        if now - self._said_at >= LINE_SECONDS:
            self._said_at = now
            share = 100 * done // total if total else 100
            click.echo(f"{self._label}: {share} % ({note})", err=True)
