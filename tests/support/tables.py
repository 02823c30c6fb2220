"""Databases with this version's tables, in no time: migrations run once a process, and what they made is copied."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from psycopg import ClientCursor
from sqlalchemy import Engine, event, inspect

from infra.db.migrate import migrate
from infra.db.session import Database

RECORDED: list[str] = []
"""What the migrations said to the first empty database on PostgreSQL."""


def lay_tables(url: str) -> None:
    """Make the tables in an empty database as a first start does; leave one that has tables as it is."""
    database = Database(url)
    try:
        if database.is_sqlite:
            _copy(Path(str(database.url.database)))
        elif not inspect(database.engine).get_table_names():
            _tell(database) if RECORDED else _record(database)
    finally:
        database.close()


def _copy(file: Path) -> None:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_pattern(), file)


@cache
def _pattern() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="mural-tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = Database(f"sqlite:///{folder / 'mural.db'}")
    migrate(database, folder)
    database.close()
    return folder / "mural.db"


def _record(database: Database) -> None:
    def note(_connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if not statement.startswith("SELECT"):
            RECORDED.append(ClientCursor(cursor.connection).mogrify(statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        migrate(database, Path(tempfile.gettempdir()))
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _tell(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql(";\n".join(RECORDED))
