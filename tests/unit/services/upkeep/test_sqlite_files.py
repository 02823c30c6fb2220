"""SQLite's files as files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from services.upkeep.daily_backups import copies
from services.upkeep.sqlite_files import DamagedDatabase, copy_database


def test_copies_of_the_database_are_whole_while_it_is_written_to(tmp_path: Path) -> None:
    source, target = tmp_path / "a.db", tmp_path / "b.db"
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(1000)])
        connection.commit()
        connection.execute("INSERT INTO t VALUES (-1)")  # not committed
        copy_database(source, target)
        connection.rollback()
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("SELECT count(*), min(x) FROM t").fetchone() == (1000, 0)
    assert not list(tmp_path.glob("b.db-*"))
    with pytest.raises(DamagedDatabase, match="could not be copied"):
        copy_database(tmp_path / "none.db", target)
    assert copies(tmp_path) == []
