"""Tables to which rows are only added: the database itself refuses all else."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa


def only_added_to(table: sa.FromClause, what: str) -> None:
    """Have the database refuse to change, delete or replace the rows of a table.

    The triggers are part of the schema: create_all makes them, and so does a migration, by the same texts.

    Parameters
    ----------
    what
        Of what the rows are, many of them, as the refusal names them.
    """
    keys = [column.name for column in table.primary_key]
    for dialect, statements in guards(table.description, keys, what).items():
        for statement in statements:
            ddl = sa.DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
            sa.event.listen(table, "after_create", ddl)


def guards(table: str, keys: Sequence[str], what: str) -> dict[str, list[str]]:
    """Return what makes the triggers, by dialect."""
    same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
    taken = f"SELECT 1 FROM {table} WHERE {same}"  # noqa: S608 (names of our own)
    return {
        "sqlite": [
            (
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{what} are never changed'); END"
            ),
            (
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{what} are never deleted'); END"
            ),
            # REPLACE deletes without asking the trigger above.
            (
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
                f"WHEN EXISTS ({taken}) "
                f"BEGIN SELECT RAISE(ABORT, '{what} are never replaced'); END"
            ),
        ],
        "postgresql": [
            (
                f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{what} are never changed or deleted'; END $$"
            ),
            (
                f"CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
            ),
        ],
    }
