from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from infra.db.migrate import migrate
from infra.db.models import StreamRow, UtcDateTime
from infra.db.session import Database, driver_url
from mural.errors import StorageFull, Unavailable


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    (tmp_path / "data").mkdir()
    opened = Database(database_url, busy_timeout_s=0.05)
    migrate(opened, tmp_path / "backups")
    yield opened
    opened.close()


def add(session: Session, name: str) -> None:
    session.add(StreamRow(name=name, epoch="e", seq=0))


def count(database: Database) -> int:
    with database.read() as session:
        return session.execute(text("SELECT count(*) FROM streams")).scalar_one()


def test_a_write_is_kept_and_a_failed_one_is_not(database: Database) -> None:
    with database.write() as session:
        add(session, "a")
    with pytest.raises(IntegrityError), database.write() as session:
        session.add_all([StreamRow(name=name, epoch="e", seq=0) for name in ("b", "a")])
    assert count(database) == 1


def test_a_write_waits_for_the_disk_aside(tmp_path: Path) -> None:
    waited: list[str] = []

    def run_blocking(commit: Callable[[], Any]) -> Any:
        waited.append(threading.current_thread().name)
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(commit).result()

    database = Database(f"sqlite:///{tmp_path / 'mural.db'}", run_blocking=run_blocking)
    migrate(database, tmp_path / "backups")
    waited.clear()
    with database.write() as session:
        add(session, "a")
    with pytest.raises(IntegrityError), database.write() as session:
        add(session, "a")
    with database.write():
        pass  # nothing to wait for
    assert count(database) == len(waited) == 1
    database.close()


def test_many_writers_at_once_lose_no_update(database: Database) -> None:
    with database.write() as session:
        add(session, "a")

    def work() -> None:
        for _ in range(10):
            with database.write() as session:
                session.execute(text("UPDATE streams SET seq = seq + 1 WHERE name = 'a'"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.get_one(StreamRow, "a").seq == 80


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    with database.read() as reader:
        assert reader.execute(text("SELECT count(*) FROM streams")).scalar_one() == 0
        with database.write() as session:
            add(session, "a")
        assert reader.execute(text("SELECT count(*) FROM streams")).scalar_one() == 0
    assert count(database) == 1


def test_times_come_back_as_they_were_in_utc(database: Database) -> None:
    column = UtcDateTime()
    moment = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=UTC)
    dialect = database.engine.dialect
    assert column.process_result_value(column.process_bind_param(moment, dialect), dialect) == moment
    with pytest.raises(ValueError, match="no time zone"):
        column.process_bind_param(moment.replace(tzinfo=None), dialect)


def test_sqlite_is_set_up_for_durable_concurrent_use(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mural.db'}")
    with database.read() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    database.close()


def test_a_database_locked_by_another_program_is_busy(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mural.db'}", busy_timeout_s=0.05)
    migrate(database, tmp_path)
    with closing(sqlite3.connect(tmp_path / "mural.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="busy"), database.write() as session:
            add(session, "a")
        assert count(database) == 0  # reading goes on
        other.execute("ROLLBACK")
    with database.write() as session:
        add(session, "a")
    database.close()


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mural.db'}")
    migrate(database, tmp_path)
    with database.write() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(StorageFull), database.write() as session:
        session.add_all([StreamRow(name=f"{number:0500}", epoch="e", seq=0) for number in range(500)])
    assert count(database) == 0
    database.close()


def test_postgresql_is_reached_by_psycopg_3_however_the_url_is_written() -> None:
    assert driver_url("postgresql://a@b/c").drivername == "postgresql+psycopg"
    assert driver_url("postgresql+psycopg2://a@b/c").drivername == "postgresql+psycopg"


def test_a_database_that_is_not_there_is_unavailable() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable), database.read() as session:
        session.execute(text("SELECT 1"))


def test_who_finds_no_connection_free_is_told_to_come_back(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    pool: Any = database.engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.01)
    with ExitStack() as held:
        for _ in range(pool.size() + pool._max_overflow):
            held.enter_context(database.read()).execute(text("SELECT 1"))
        with pytest.raises(Unavailable, match="busy"):
            count(database)
    assert count(database) == 0
