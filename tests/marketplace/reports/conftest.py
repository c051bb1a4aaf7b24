"""A random databank, on both kinds of database."""

from __future__ import annotations

from tests.marketplace.introductions.conftest import postgresql_database_url, used_postgres_url

__all__ = ["postgresql_database_url", "used_postgres_url"]
