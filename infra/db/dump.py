"""Every table as lines of JSON: what a backup, and a daily copy, holds of a database that is no file.

    {"format": 1, "revision": "0003"}
    {"table": "posters", "columns": ["id", "job_id", ...]}
    ["0f3a...", "77c1...", ...]            one line a row, times in ISO form, bytes in base64

The tables are taken as the database has them, not as this version's models do: a dump of an earlier version is loaded
into that version's tables and brought up to date there.

`python -m infra.db.dump TARGET` writes down the database that DATABASE_URL names, in a process of its own: all rows
pass through Python, and a server on green threads must not stand still for so long.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, Connection, DateTime, Integer, LargeBinary, MetaData, Table, func, insert, select, text

from infra.db.migrate import VERSION_TABLE, make_tables
from infra.db.models import Base
from infra.db.session import Database
from mural.errors import MuralError, Unavailable
from mural.files import sync

FORMAT: Final = 1
ROWS_AT_ONCE: Final = 500

HEAD: Final = re.compile(rb'\{"format":\d+,"revision":')
HEAD_BYTES: Final = 100

OURS: Final = frozenset({*Base.metadata.tables, VERSION_TABLE})
"""The tables that are Mural's, whatever else there may be in the same database."""


class DamagedDump(MuralError):
    """A file that should hold tables does not."""

    title = "Damaged backup"


def tables_of(connection: Connection) -> list[Table]:
    """List our tables that there are, each after those that it refers to."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in OURS)
    return found.sorted_tables


def write_tables(connection: Connection, file: Path) -> None:
    """Write down what a transaction sees of every table; raise Unavailable when there are none."""
    tables = tables_of(connection)
    if not tables:
        raise Unavailable("The database holds no tables yet; the first start of a server makes them.")
    with file.open("w", encoding="utf-8") as stream:

        def write(line: object) -> None:
            stream.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")

        write({"format": FORMAT, "revision": _revision(connection)})
        for table in tables:
            if table.name != VERSION_TABLE:
                write({"table": table.name, "columns": table.columns.keys()})
                for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table)):
                    write([_plain(value) for value in row])


def copy_tables(url: str, target: Path) -> None:
    """Write down all tables of a database; the target appears complete or not at all."""
    part = target.with_name(f"{target.name}.part")
    database = Database(url)
    try:
        part.touch(0o600)
        with database.read() as session:
            write_tables(session.connection(), part)
        sync(part)
        part.replace(target)
    finally:
        database.close()
        part.unlink(missing_ok=True)


def is_dump(file: Path) -> bool:
    """Tell whether a file says of itself that it holds tables."""
    with file.open("rb") as stream:
        return HEAD.match(stream.read(HEAD_BYTES)) is not None


def load_tables(database: Database, file: Path) -> None:
    """Fill an empty database with what was written; raise DamagedDump, or NewerSchema for a later version's tables."""
    try:
        with file.open(encoding="utf-8") as stream:
            lines = (json.loads(line) for line in stream)
            head = next(lines, None)
            if not isinstance(head, dict) or head.get("format") != FORMAT:
                raise DamagedDump(f"{file.name} does not hold the tables of a database.")
            make_tables(database, str(head["revision"]))
            with database.write() as session:
                _load(session.connection(), lines)
    except (AttributeError, ValueError, KeyError, RecursionError, TypeError) as error:
        raise DamagedDump(f"{file.name} does not hold the tables of a database: {error}.") from error


def _load(connection: Connection, lines: Iterator[Any]) -> None:
    tables = {table.name: table for table in tables_of(connection)}
    head = next(lines, None)
    while head is not None:
        table, following = tables[head["table"]], _Rows(lines)
        columns = [table.columns[name] for name in head["columns"]]
        readers = [_reader(column) for column in columns]
        while rows := list(islice(following, ROWS_AT_ONCE)):
            values = [
                {column.name: read(value) for column, read, value in zip(columns, readers, row, strict=True)}
                for row in rows
            ]
            connection.execute(insert(table), values)
        _go_on_counting(connection, table)
        head = following.next_head


class _Rows(Iterator[list[Any]]):
    """The rows of one table: the lines up to the head of the next."""

    def __init__(self, lines: Iterator[Any]) -> None:
        self._lines = lines
        self.next_head: dict[str, Any] | None = None

    def __next__(self) -> list[Any]:
        line = next(self._lines) if self.next_head is None else self.next_head
        if isinstance(line, dict):
            self.next_head = line
            raise StopIteration
        row: list[Any] = line
        return row


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let the numbers that the database gives out itself go on after those that were loaded."""
    for column in table.primary_key.columns:
        if isinstance(column.type, Integer):
            names = {"table_name": table.name, "column_name": column.name}
            sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table_name, :column_name)"), names)
            latest = connection.scalar(select(func.max(column)))
            if sequence is not None and latest is not None:
                connection.execute(select(func.setval(sequence, latest)))


def _revision(connection: Connection) -> str:
    return str(connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")))  # noqa: S608 - our own constant


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    read: Callable[[Any], Any] | None = None
    if isinstance(column.type, DateTime):
        read = datetime.fromisoformat
    elif isinstance(column.type, LargeBinary):
        read = base64.b64decode
    return (lambda value: value) if read is None else (lambda value: None if value is None else read(value))


def main(target: str) -> None:
    """Write down all tables, or say in one line why not."""
    try:
        copy_tables(os.environ["DATABASE_URL"], Path(target))
    except (MuralError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
