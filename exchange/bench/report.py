"""The figures as one value, and as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from exchange.bench.engine import AllPairs, Asking, Filling, Finding
from exchange.bench.exactness import Exactness
from exchange.bench.measure import MILLISECONDS, Times
from exchange.bench.rivals import LeftOut, Ran
from exchange.bench.start import Start

MEBIBYTE: Final = 1 << 20
WIDTH: Final = 46


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured.

    Parameters
    ----------
    machine
        See :func:`exchange.bench.measure.machine`.
    listings, phrases, seed, prose
        What was matched; phrases before spelling.
    encoder
        Whether meanings were compared as well.
    rivals, left_out
        What people would use; empty where it was not wanted.
    """

    machine: dict[str, str | int]
    listings: int
    phrases: int
    seed: int
    prose: float
    encoder: bool
    filling: Filling
    asking: Asking
    finding: Finding
    start: Start
    all_pairs: AllPairs
    exactness: Exactness
    rivals: tuple[Ran, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def ratio(self, rival: Ran) -> float:
        """Return how many times as long as ours (warm, p50) a rival's answer takes."""
        return rival.times.p50 / self.asking.warm.p50

    def plain(self) -> dict[str, Any]:
        """Return all figures as plain values."""
        found = asdict(self)
        found["exactness"]["exact"] = not self.exactness.differences
        for row, rival in zip(found["rivals"], self.rivals, strict=True):
            row["ratio_p50"] = self.ratio(rival)
        return found


def lines(report: Report) -> Iterator[str]:
    """Yield the report, line by line."""
    about = ", ".join(f"{name} {value}" for name, value in report.machine.items())
    yield f"{report.listings:,} offers of {report.phrases:,} phrases, seed {report.seed}; {about}"
    encoder = "on" if report.encoder else "off"
    yield f"encoder {encoder}; {report.prose:.0%} of the listings with prose of their own"
    yield ""
    yield f"{'ours':<{WIDTH}}{'p50 ms':>11}{'p90 ms':>11}{'p99 ms':>11}"
    yield _times("one request, phrases known", report.asking.warm)
    yield _times("one request, asked for the first time", report.asking.first)
    yield _times("one request, no phrase ever seen", report.asking.cold)
    yield _times("a new listing, until others find it", report.finding.times)
    yield ""
    for name, value in _figures(report):
        yield f"{name:<{WIDTH}}{value:>33}"
    yield from _exactness(report.exactness)
    yield from _rivals(report)


def _times(name: str, times: Times) -> str:
    return f"{f'{name} ({times.count})':<{WIDTH}}{times.p50:>11.2f}{times.p90:>11.2f}{times.p99:>11.2f}"


def _figures(report: Report) -> Sequence[tuple[str, str]]:
    filling, start, pairs = report.filling, report.start, report.all_pairs
    return (
        ("new listings not found", f"{report.finding.missed}"),
        ("adds per second", f"{filling.adds_per_second:,.0f}"),
        ("merging", f"{filling.merge_seconds:.2f} s"),
        ("first answer of the process", f"{MILLISECONDS * filling.first_answer_seconds:,.0f} ms"),
        ("a listing's columns and postings", f"{filling.listing_bytes:,.1f} bytes"),
        ("phrases, for each listing", f"{filling.phrase_bytes:,.1f} bytes"),
        ("phrases' vectors, for each listing", f"{filling.vector_bytes:,.1f} bytes"),
        ("process, at most", f"{filling.peak_bytes / MEBIBYTE:,.0f} MiB"),
        ("snapshot", f"{start.snapshot_bytes / MEBIBYTE:,.1f} MiB, saved in {start.save_seconds:.2f} s"),
        ("new process: snapshot to index", f"{start.load_seconds:.3f} s"),
        ("new process: then to its first answer", f"{start.answer_seconds:.3f} s"),
        ("new process, from outside, Python included", f"{start.process_seconds:.2f} s"),
        (f"all pairs, {pairs.listings:,} × {pairs.listings:,}", f"{pairs.seconds:.2f} s"),
        ("all pairs: putting in before", f"{pairs.fill_seconds:.2f} s"),
    )


def _exactness(found: Exactness) -> Iterator[str]:
    about = f"{found.requests} requests × {found.offers} offers, explained one by one"
    yield ""
    yield f"{'exact' if not found.differences else 'NOT EXACT'}: {about}"
    yield from (f"  {difference}" for difference in found.differences)


def _rivals(report: Report) -> Iterator[str]:
    if report.rivals:
        yield ""
        head = f"{'one request, ms':<{WIDTH}}{'ours p50':>11}{'their p50':>11}{'p90':>10}{'p99':>10}"
        yield f"{head}{'ratio':>9}{'asked':>7}{'built in':>10}"
    for rival in report.rivals:
        times = rival.times
        yield (
            f"{f'{rival.name}: {rival.task}':<{WIDTH}}{report.asking.warm.p50:>11.2f}{times.p50:>11.2f}"
            f"{times.p90:>10.2f}{times.p99:>10.2f}{report.ratio(rival):>8.2f}×{times.count:>7}"
            f"{rival.build_seconds:>8.1f} s"
        )
    yield from (f"{rival.name} was left out: {rival.why}" for rival in report.left_out)
