"""How soon a process that starts from a snapshot answers: a program of its own, and who runs it.

``python -m exchange.bench.start FOLDER words`` reads a request from its input as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from matching.index import Index
from matching.reading import Reader
from matching.semantic import SentenceEncoder
from matching.types import Kind, Listing, Side

ENCODER: Final = "encoder"
WORDS: Final = "words"
TEXTS: Final = ("title", "text", "country", "language")
HITS: Final = 20


@dataclass(frozen=True, slots=True)
class Start:
    """A snapshot, and the start of a process from it.

    Parameters
    ----------
    save_seconds, snapshot_bytes
        Of the snapshot.
    load_seconds
        Within the process: from the folder to an index.
    answer_seconds
        Then, until the first request is answered; with an encoder this loads its weights.
    second_answer_seconds
        The same request once more.
    process_seconds
        From outside: from the call of Python to the end of the process.
    hits
        In the answer.
    """

    save_seconds: float
    snapshot_bytes: int
    load_seconds: float
    answer_seconds: float
    second_answer_seconds: float
    process_seconds: float
    hits: int


def start_apart(
    folder: Path, request: Listing, today: date, saved: tuple[float, int], *, encoder: bool
) -> Start:
    """Start a process from a snapshot, have it answer a request, and wait for its end.

    Raises
    ------
    subprocess.CalledProcessError
        When it failed; what it said is on the standard error output.
    """
    asked = json.dumps(_plain(request) | {"today": today.isoformat()})
    call = [sys.executable, "-m", "exchange.bench.start", str(folder), ENCODER if encoder else WORDS]
    started = perf_counter()
    # The program is ours, and its only argument from outside is a folder that we made.
    ended = subprocess.run(call, input=asked, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    outside = perf_counter() - started
    return Start(*saved, process_seconds=outside, **json.loads(ended.stdout))


def answer(folder: Path, asked: dict[str, Any], *, encoder: bool) -> dict[str, float | int]:
    """Load a snapshot, answer a request twice, and return the seconds that each step took."""
    request, today = _listing(asked), date.fromisoformat(asked["today"])
    started = perf_counter()
    index, _ = Index.load(folder, Reader(SentenceEncoder() if encoder else None))
    loaded = perf_counter()
    hits = index.best(request, HITS, today).hits
    answered = perf_counter()
    index.best(request, HITS, today)
    return {
        "load_seconds": loaded - started,
        "answer_seconds": answered - loaded,
        "second_answer_seconds": perf_counter() - answered,
        "hits": len(hits),
    }


def _plain(listing: Listing) -> dict[str, Any]:
    """Return the words of a listing; its wishes are left out, as they take no time to understand."""
    texts = {name: getattr(listing, name) for name in TEXTS}
    lists = {"capabilities": list(listing.capabilities), "sectors": list(listing.sectors)}
    return {"id": listing.id, "side": listing.side, "kind": listing.kind, **texts, **lists}


def _listing(asked: dict[str, Any]) -> Listing:
    return Listing(
        id=asked["id"],
        side=Side(asked["side"]),
        kind=Kind(asked["kind"]),
        capabilities=tuple(asked["capabilities"]),
        sectors=tuple(asked["sectors"]),
        **{name: asked[name] for name in TEXTS},
    )


def main() -> None:
    """Answer the request on the standard input from the snapshot in the folder named."""
    folder, how = sys.argv[1:]
    sys.stdout.write(json.dumps(answer(Path(folder), json.load(sys.stdin), encoder=how == ENCODER)))


if __name__ == "__main__":
    main()
