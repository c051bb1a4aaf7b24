"""How Alembic reaches the database: through the address it is given by ``exchange migrate``."""

from __future__ import annotations

from alembic import context

from marketplace.db import Database
from marketplace.schema import metadata
from marketplace.settings import Settings


def run() -> None:
    """Run the migrations asked for, each in a transaction of its own."""
    url = context.config.attributes.get("url") or Settings.from_env().database_url
    database = Database(url)
    with database.engine.execution_options(exchange_write=True).connect() as connection:
        if not database.sqlite:
            connection.exec_driver_sql("SET lock_timeout = '10s'")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=database.sqlite,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    database.dispose()


run()
