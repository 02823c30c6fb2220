from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from services.background import ThreadBackground
from services.daily_backups import AFTER_TROUBLE_S, EVERY_S, KEPT, DailyBackups, copies, remedy
from tests.support.posters import HandClock


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    file = tmp_path / "mural.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE t (x)")
    return file


def test_a_copy_a_day_is_made_and_seven_are_kept(database_file: Path, tmp_path: Path) -> None:
    clock, folder = HandClock(), tmp_path / "backups"
    folder.mkdir()
    other = folder / "before-upgrade-from-0001-20250101_000000.db"
    other.write_text("not one of ours")
    backups = DailyBackups(database_file, folder, ThreadBackground(), clock)
    for day in range(1, 10):
        assert backups.step() == EVERY_S
        assert len(copies(folder)) == min(day, KEPT)
        assert 0 < backups.step() <= EVERY_S, "not due again on the same day"
        assert len(copies(folder)) == min(day, KEPT)
        clock.advance(EVERY_S)
    latest = max(copies(folder))
    with closing(sqlite3.connect(latest)) as copy:
        assert copy.execute("SELECT count(*) FROM t").fetchone() == (0,)
    assert str(latest) in remedy(folder)
    assert other.exists()


def test_a_server_that_was_off_for_days_makes_one_copy(database_file: Path, tmp_path: Path) -> None:
    clock = HandClock()
    DailyBackups(database_file, tmp_path, ThreadBackground(), clock).step()
    clock.advance(5 * EVERY_S)
    DailyBackups(database_file, tmp_path, ThreadBackground(), clock).step()
    assert len(copies(tmp_path)) == 2


def test_a_copy_that_fails_is_told_and_tried_again_and_costs_no_older_one(
    database_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = HandClock()
    backups = DailyBackups(database_file, tmp_path, ThreadBackground(), clock)
    backups.step()
    clock.advance(EVERY_S)
    database_file.write_bytes(b"no database at all, but long enough to be looked at")
    assert backups.step() == AFTER_TROUBLE_S
    assert "could not be copied" in caplog.text
    assert len(copies(tmp_path)) == 1
    assert not list(tmp_path.glob("*.part"))


def test_beside_postgresql_there_is_nothing_to_do(tmp_path: Path) -> None:
    backups = DailyBackups(None, tmp_path, ThreadBackground(), HandClock())
    backups.start()
    backups.stop()
    assert copies(tmp_path) == []
    assert "reindex" in remedy(tmp_path)
