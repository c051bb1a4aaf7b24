"""The pages' figures as one value, and as a table for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from exchange.bench.measure import MILLISECONDS, percentile
from exchange.bench.pages.browser import Answer
from exchange.bench.pages.world.draw import Size

WIDTH: Final = 62
KINDS: Final = 3
"""So many more may be repeated: what is loaded for one kind of thing on a page is loaded for the next one
too, and not at all for one that is missing."""
_REFERENCE: Final = re.compile(r"[A-Z]{3}-20\d\d-\d+")


@dataclass(frozen=True, slots=True)
class Measured:
    """One page.

    Parameters
    ----------
    page
        Its address; ``REF`` for a reference.
    count
        How often it was asked.
    p50, p95, longest
        Milliseconds, of the whole page: from the request to the last byte.
    python
        Milliseconds of the processor for this process, p50; the rest of the time the database works.
    statements
        Sent to the database, at most, at each size; the largest first.
    repeated
        Of these, the ones that had been sent for the same page before.
    bytes
        Of its HTML, without what it loads.
    jit_p50, jit_p95
        The same with PostgreSQL's compiler switched on; ``None`` where that was not asked for.
    """

    page: str
    count: int
    p50: float
    p95: float
    longest: float
    python: float
    statements: tuple[int, ...]
    repeated: tuple[int, ...]
    bytes: int
    jit_p50: float | None = None
    jit_p95: float | None = None

    @property
    def grows(self) -> bool:
        """Whether it sends more statements where there is more data, and repeats more than kinds explain."""
        sizes = zip(self.statements[1:], self.repeated[1:], strict=True)
        return any(self.statements[0] > sent and self.repeated[0] > again + KINDS for sent, again in sizes)


def name_of(address: str) -> str:
    """Return the address of a page with ``REF`` for each reference."""
    return _REFERENCE.sub("REF", address)


def measured(
    address: str,
    answers: Sequence[Answer],
    elsewhere: Sequence[Sequence[Answer]],
    with_jit: Sequence[Answer] = (),
) -> Measured:
    """Return the figures of a page.

    Parameters
    ----------
    answers
        At least one.
    elsewhere
        Its answers at the other sizes, of each at least one.
    """
    sizes = (answers, *elsewhere)
    p50, p95, longest = _times([one.seconds for one in answers])
    jit = _times([one.seconds for one in with_jit]) if with_jit else (None, None, None)
    return Measured(
        page=name_of(address),
        count=len(answers),
        p50=p50,
        p95=p95,
        longest=longest,
        python=_times([one.busy_seconds for one in answers])[0],
        statements=tuple(max(one.statements for one in some) for some in sizes),
        repeated=tuple(max(one.repeated for one in some) for some in sizes),
        bytes=max(one.bytes for one in answers),
        jit_p50=jit[0],
        jit_p95=jit[1],
    )


def _times(seconds: Sequence[float]) -> tuple[float, float, float]:
    ordered = sorted(seconds)
    p50, p95, longest = (MILLISECONDS * percentile(ordered, share) for share in (0.5, 0.95, 1.0))
    return p50, p95, longest


@dataclass(frozen=True, slots=True)
class PagesReport:
    """What was measured.

    Parameters
    ----------
    sizes
        The largest first; times are of that one.
    limit_ms
        That no page of the desk may exceed at its 95th percentile.
    desk, others
        With the promise, and without.
    """

    machine: dict[str, str | int]
    sizes: tuple[Size, ...]
    limit_ms: float | None
    desk: tuple[Measured, ...]
    others: tuple[Measured, ...]

    @property
    def growing(self) -> list[str]:
        """The pages whose statements grow with the data."""
        return [one.page for one in (*self.desk, *self.others) if one.grows]

    @property
    def late(self) -> list[str]:
        """The pages of the desk that exceed the limit."""
        return [one.page for one in self.desk if self.limit_ms is not None and one.p95 > self.limit_ms]

    def plain(self) -> dict[str, Any]:
        """Return all figures as plain values."""
        return asdict(self) | {"growing": self.growing, "late": self.late}


def lines(report: PagesReport) -> Iterator[str]:
    """Yield the report, line by line."""
    about = ", ".join(f"{name} {value}" for name, value in report.machine.items())
    for size in report.sizes:
        yield (
            f"{size.listings:,} listings, {size.organisations:,} organisations, "
            f"{size.introductions:,} introductions, {size.matches:,} matches, seed {size.seed}"
        )
    yield about
    for title, pages in (("pages of the desk", report.desk), ("others, without a promise", report.others)):
        if pages:
            yield ""
            yield from _table(title, pages)
    yield ""
    yield from _verdict(report)


def _table(title: str, pages: Sequence[Measured]) -> Iterator[str]:
    jit = any(one.jit_p95 is not None for one in pages)
    head = f"{title:<{WIDTH}}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}{'Python':>9}{'queries':>12}{'kB':>7}"
    yield head + (f"{'JIT p50':>10}{'JIT p95':>10}" if jit else "")
    for one in pages:
        queries = "/".join(str(count) for count in one.statements)
        line = f"{one.page:<{WIDTH}}{one.p50:>9.1f}{one.p95:>9.1f}{one.longest:>9.1f}"
        line += f"{one.python:>9.1f}{queries:>12}{one.bytes / 1000:>7.0f}"
        yield line + (f"{one.jit_p50:>10.1f}{one.jit_p95:>10.1f}" if jit else "")


def _verdict(report: PagesReport) -> Iterator[str]:
    if len(report.sizes) > 1:
        growing = report.growing
        yield "no page's queries grow with the data" if not growing else f"QUERIES GROW: {', '.join(growing)}"
    slowest = max(report.desk, key=lambda one: one.p95)
    yield f"slowest page of the desk: {slowest.page}, {slowest.p95:.1f} ms at the 95th percentile"
    if report.limit_ms is not None:
        late = report.late
        missed = f"MISSED: {len(late)} of {len(report.desk)} pages"
        yield f"limit of {report.limit_ms:g} ms: {'kept by all' if not late else missed}"
