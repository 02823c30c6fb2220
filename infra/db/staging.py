"""A second set of tables beside those in use on PostgreSQL: filled and looked over first, then swapped in at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.expression import quoted_name

from infra.db.dump import tables_of
from infra.db.session import Database
from mural.errors import Unavailable

STAGE: Final = "mural_restoring"

CALLED_BY_TRIGGERS: Final = text(
    """
    SELECT DISTINCT function.proname FROM pg_trigger AS trigger
    JOIN pg_proc AS function ON function.oid = trigger.tgfoid
    JOIN pg_namespace AS home ON home.oid = function.pronamespace AND home.nspname = :source
    JOIN pg_class AS relation ON relation.oid = trigger.tgrelid
    JOIN pg_namespace AS moved ON moved.oid = relation.relnamespace AND moved.nspname = :target
    WHERE NOT trigger.tgisinternal
    """
)
"""The functions that were left behind by tables whose triggers call them."""


class StagedTables:
    """Tables in a schema of their own; ``database`` works on them as on any other database."""

    def __init__(self, target: Database) -> None:
        self._target = target
        self.database = Database(_within(target, STAGE))

    def swap_in(self, kept_as: str) -> None:
        """Put the staged tables in the place of those in use, which are kept in a schema of the name ``kept_as``."""
        with _refusals_told(), self._target.write() as session:
            connection = session.connection()
            home = connection.scalar(text("SELECT current_schema()"))
            connection.execute(text(f"CREATE SCHEMA {_quoted(connection, kept_as)}"))
            _move(connection, str(home), kept_as)
            _move(connection, STAGE, str(home))


@contextmanager
def staged_tables(url: str) -> Iterator[StagedTables]:
    """Open an empty stage in a PostgreSQL database; whatever is still on it at the end is dropped."""
    target = Database(url)
    try:
        _clear(target, create=True)
        staged = StagedTables(target)
        try:
            with _refusals_told():
                yield staged
        finally:
            staged.database.close()
            _clear(target, create=False)
    finally:
        target.close()


def _clear(target: Database, *, create: bool) -> None:
    with _refusals_told(), target.write() as session:
        session.execute(text(f"DROP SCHEMA IF EXISTS {STAGE} CASCADE"))
        if create:
            session.execute(text(f"CREATE SCHEMA {STAGE}"))


def _within(target: Database, schema: str) -> str:
    url = target.url.update_query_dict({"options": f"-csearch_path={schema}"})
    return url.render_as_string(hide_password=False)


def _move(connection: Connection, source: str, target: str) -> None:
    """Move our tables between schemas; with them go their indexes, sequences and triggers, and what these call."""
    connection.execute(text(f"SET LOCAL search_path TO {_quoted(connection, source)}"))
    for table in tables_of(connection):
        name = _quoted(connection, table.name)
        connection.execute(text(f"ALTER TABLE {name} SET SCHEMA {_quoted(connection, target)}"))
    for function in connection.scalars(CALLED_BY_TRIGGERS, {"source": source, "target": target}).all():
        name = f"{_quoted(connection, source)}.{_quoted(connection, function)}"
        connection.execute(text(f"ALTER FUNCTION {name}() SET SCHEMA {_quoted(connection, target)}"))


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(quoted_name(name, quote=True))


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise Unavailable(f"PostgreSQL refuses to take the tables: {reason}.") from error
