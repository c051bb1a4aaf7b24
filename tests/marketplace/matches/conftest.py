"""What proposes sectors, built once: every page with the form of a listing would begin to build it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.small_sectors import keep_small


@pytest.fixture(scope="session")
def known_sectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it once for the whole run."""
    folder = tmp_path_factory.mktemp("sectors")
    keep_small(folder)
    return folder


@pytest.fixture
def with_sectors(tmp_path: Path, known_sectors: Path) -> None:
    """Put it where the application of a test looks for it."""
    shutil.copytree(known_sectors, tmp_path / "var", dirs_exist_ok=True)
