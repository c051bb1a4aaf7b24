"""Database, schema, clock, Redis, disk, key."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import redis
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from exchange import schema
from exchange.checks.check import Check, broken, doubtful, fine
from marketplace import clock
from marketplace.db import Database
from marketplace.settings import Settings

CLOCKS_APART: Final = timedelta(seconds=5)
DISK_LITTLE_GB: Final = 2.0
DISK_NONE_GB: Final = 0.2
SECONDS: Final = 3


def database(settings: Settings, opened: Database) -> Check:
    """Look whether the database answers."""
    try:
        with opened.reading() as session:
            version = session.scalar(
                sa.text(
                    "SELECT sqlite_version()" if opened.sqlite else "SELECT current_setting('server_version')"
                )
            )
    except DBAPIError as error:
        return broken(
            "database",
            str(error.orig).strip().splitlines()[0],
            "Check EXCHANGE_DATABASE_URL and that the server runs.",
        )
    name = f"SQLite {version}" if opened.sqlite else f"PostgreSQL {version}"
    if opened.sqlite and settings.redis_url:
        return doubtful(
            "database", name, "Several processes on SQLite wait for each other: use PostgreSQL with Redis."
        )
    return fine("database", name)


def at_head(settings: Settings, opened: Database) -> Check:
    """Look whether the schema is the one that this version needs."""
    present, wanted = schema.present(opened), schema.newest(settings)
    if present == wanted:
        return fine("schema", present)
    return broken("schema", f"{present or 'empty'}, needed is {wanted}", "Run `exchange migrate`.")


def clocks(opened: Database) -> Check:
    """Look whether this machine and the database agree on the time."""
    before = clock.now()
    with opened.reading() as session:
        if opened.sqlite:
            return fine("clock", before.isoformat(timespec="seconds"))
        there = session.scalar(sa.select(sa.func.clock_timestamp()))
    if not isinstance(there, datetime):
        return broken("clock", "the database does not tell its time", "Look at the database's log.")
    apart = abs(there.astimezone(UTC) - before)
    if apart > CLOCKS_APART:
        return broken(
            "clock",
            f"{apart.total_seconds():.0f} s apart from the database",
            "Run NTP on this machine and on the database's.",
        )
    return fine("clock", f"{apart.total_seconds():.1f} s apart from the database")


def broker(settings: Settings) -> list[Check]:
    """Look whether Redis answers, keeps everything, and survives a restart."""
    if not settings.redis_url:
        return [fine("redis", "not used; the worker lives in `exchange run`")]
    try:
        with redis.Redis.from_url(
            settings.redis_url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS, decode_responses=True
        ) as client:
            found: Any = client.info()
    except (redis.RedisError, OSError, ValueError) as error:
        return [
            broken(
                "redis",
                str(error),
                "Check EXCHANGE_REDIS_URL and that the server runs. Mail waits meanwhile.",
            )
        ]
    checks = [fine("redis", f"Redis {found['redis_version']}")]
    policy = found.get("maxmemory_policy", "unknown")
    if policy != "noeviction":
        checks.append(
            doubtful(
                "redis memory",
                f"maxmemory-policy {policy}",
                "Set it to noeviction: others throw messages away.",
            )
        )
    if not found.get("aof_enabled"):
        checks.append(
            doubtful(
                "redis disk",
                "appendonly is off",
                "Set appendonly yes; without it a restart delays work to the next sweep.",
            )
        )
    return checks


def disk(settings: Settings) -> Check:
    """Look whether there is room where files are kept."""
    settings.var.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.var).free / 1e9
    found = f"{free:.1f} GB free in {settings.var}"
    if free < DISK_NONE_GB:
        return broken("disk", found, "Make room now: nothing can be saved any more.")
    return doubtful("disk", found, "Make room.") if free < DISK_LITTLE_GB else fine("disk", found)


def key(settings: Settings) -> Check:
    """Look where the secret key comes from, and who can read it."""
    kept = settings.var / "secret_key"
    if kept.exists() and kept.read_text(encoding="ascii").strip() == settings.secret_key:
        readers = kept.stat().st_mode & 0o077
        if readers:
            return broken("secret key", f"{kept} can be read by others", f"Run chmod 600 {kept}.")
        return fine("secret key", f"made by itself, kept in {kept}")
    return fine("secret key", "from EXCHANGE_SECRET_KEY")
