"""One application with the whole world, for all tests of a module here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from marketplace.app import create_app
from marketplace.db import Database
from tests.marketplace.access.matrix import Browsers, Kept
from tests.marketplace.access.world import Everybody
from tests.marketplace.conftest import SECRET, settings_for
from tests.small_sectors import keep_small


@dataclass(frozen=True, slots=True)
class Site:
    """The application, its people and things, and its database as it was at first."""

    app: Flask
    everybody: Everybody
    browsers: Browsers
    kept: Kept
    files: Path


@pytest.fixture(scope="module")
def site(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, templates: FileSystemBytecodeCache
) -> Iterator[Site]:
    """Put everybody into one application."""
    folder = tmp_path_factory.mktemp("access")
    path = folder / "exchange.sqlite"
    shutil.copyfile(sqlite_template, path)
    keep_small(folder / "var")
    settings = settings_for(f"sqlite:///{path}", folder / "var")
    database = Database(settings.database_url)
    app = create_app(settings, database)
    app.jinja_env.bytecode_cache = templates
    files = folder / "var" / "files"
    everybody = Everybody(database, files, SECRET)
    kept = Kept(str(path))
    yield Site(app, everybody, Browsers(app, everybody), kept, files)
    kept.close()
    database.dispose()
