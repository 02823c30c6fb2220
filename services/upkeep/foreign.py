"""A database file that somebody else may have made: it must hold our tables and nothing that could act for them.

SQLite's files bring their own programs along (triggers, views, checks, computed columns) and keep any kind of value in
any column. So before such a file is used its layout is compared with that of a fresh database of the same version, and
what it holds with what the columns are for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import JSON, Boolean, Column, DateTime, Float, Integer, LargeBinary, Table

from infra.db.migrate import VERSION_TABLE, make_tables
from infra.db.models import Base, UtcDateTime
from infra.db.session import Database
from mural.canvas.board import MAX_SIDE_PX
from services.posters.files import FILE_NAME, JOB_ID, POSTER_ID
from services.themes.files import OWN_ID
from services.upkeep.sqlite_files import DamagedDatabase, read_only

OF_SQLITE: Final = ("sqlite_sequence", "sqlite_stat1", "sqlite_stat4")
PARTS: Final = {
    "table": (
        'SELECT cid, name, upper(type), "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)',
        'SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?)',
    ),
    "index": ("SELECT seqno, name, desc, key FROM pragma_index_xinfo(?)",),
}
"""What there may be, and how to ask what it consists of."""

PROGRAMS: Final = ("VIRTUAL", "CHECK", "GENERATED", " AS (")
"""Words that make a table or an index compute something."""

MOMENT: Final = "[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:*"
WRONG_SIDES: Final = (
    "SELECT count(*) FROM canvas_seasons WHERE NOT (width BETWEEN 1 AND :most AND height BETWEEN 1 AND :most)"
)
LONGEST_SHOWN: Final = 60


class ForeignDatabase(DamagedDatabase):
    """A database that Mural did not write."""

    title = "Foreign database"


def check_layout(file: Path, folder: Path) -> None:
    """Raise ForeignDatabase where a database of whatever version is laid out as no Mural ever did; uses a folder."""
    with closing(read_only(file)) as theirs:
        revision = _revision(theirs)
        fresh = folder / "fresh.db"
        ours_file = Database(f"sqlite:///{fresh}")
        try:
            make_tables(ours_file, revision)
        finally:
            ours_file.close()
        with closing(read_only(fresh)) as ours:
            if (found := _layout(theirs)) != (known := _layout(ours)):
                odd = sorted(set(found).symmetric_difference(known) or {n for n in found if found[n] != known[n]})
                raise _foreign(f"“{_shown(odd[0])}” is not as Mural makes it")
    fresh.unlink()


def check_rows(file: Path) -> None:
    """Raise ForeignDatabase where the tables of this version hold what Mural never writes."""
    with closing(read_only(file)) as theirs:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                _check_column(theirs, table, column)
        for table_name, column_name, known in _names():
            for (value,) in theirs.execute(f"SELECT {column_name} FROM {table_name}"):  # noqa: S608 - our own words
                if value is not None and not known(str(value)):
                    raise _foreign(f"“{_shown(value)}” cannot be a {column_name} of {table_name}")
        sides = theirs.execute(WRONG_SIDES, {"most": MAX_SIDE_PX})
        if sides.fetchone() != (0,):
            raise _foreign("a board has no size that a board can have")


def _names() -> Iterator[tuple[str, str, Callable[[str], object]]]:
    yield "posters", "id", POSTER_ID.fullmatch
    for column in ("poster_file", "thumbnail_file", "preview_file", "filename"):
        yield "posters", column, FILE_NAME.fullmatch
    for table in ("jobs", "poster_jobs"):
        yield table, "id", JOB_ID.fullmatch
    yield "own_themes", "id", OWN_ID.fullmatch


def _check_column(theirs: sqlite3.Connection, table: Table, column: Column[object]) -> None:
    name = f'"{column.name}"'
    allowed, also = _kinds(column)
    wrong = f"typeof({name}) NOT IN ({', '.join(repr(kind) for kind in allowed)})"
    if also:
        wrong = f"({wrong} OR NOT {also.format(name)})"
    null = "" if column.nullable else f" OR {name} IS NULL"
    query = f'SELECT count(*) FROM "{table.name}" WHERE ({name} IS NOT NULL AND {wrong}){null}'  # noqa: S608 - our own
    if theirs.execute(query).fetchone() != (0,):
        raise _foreign(f"{table.name}.{column.name} holds something of another kind")


def _kinds(column: Column[object]) -> tuple[tuple[str, ...], str]:
    """Tell what SQLite may keep in a column, and what else must be true of it."""
    kind = column.type
    if isinstance(kind, UtcDateTime | DateTime):
        return ("text",), f"{{}} GLOB '{MOMENT}'"
    if isinstance(kind, JSON):
        return ("text",), "json_valid({})"
    if isinstance(kind, Boolean):
        return ("integer",), "{} IN (0, 1)"
    if isinstance(kind, Integer):
        return ("integer",), ""
    if isinstance(kind, Float):
        return ("real", "integer"), ""
    return (("blob",), "") if isinstance(kind, LargeBinary) else (("text",), "")


def _revision(theirs: sqlite3.Connection) -> str:
    try:
        rows = theirs.execute(f"SELECT version_num FROM {VERSION_TABLE} LIMIT 2").fetchall()  # noqa: S608 - our own
    except sqlite3.Error as error:
        raise _foreign("it does not say which version of Mural wrote it") from error
    if len(rows) != 1 or not isinstance(rows[0][0], str):
        raise _foreign("it does not say which version of Mural wrote it")
    return str(rows[0][0])


def _layout(connection: sqlite3.Connection) -> dict[str, object]:
    """Describe all that a database has, so that two of one version are equal however their making was spelled."""
    layout: dict[str, object] = {}
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall():
        if name not in OF_SQLITE:
            acts = kind not in PARTS or any(word in (sql or "").upper() for word in PROGRAMS)
            # What acts must be ours to the letter: a trigger of the same name could do anything.
            parts = [sorted(connection.execute(query, (name,)), key=repr) for query in PARTS.get(kind, ())]
            layout[str(name)] = (kind, sql if acts else None, parts)
    return layout


def _shown(value: object) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in str(value)[:LONGEST_SHOWN])


def _foreign(reason: str) -> ForeignDatabase:
    return ForeignDatabase(f"The database was not written by Mural: {reason}.")
