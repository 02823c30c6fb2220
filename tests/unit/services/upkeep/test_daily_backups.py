from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from infra.background import ThreadBackground
from infra.db.dump import is_dump
from services.upkeep.daily_backups import AFTER_TROUBLE_S, EVERY_S, KEPT, DailyBackups, copies, remedy
from services.upkeep.data_paths import DataPaths
from services.wiring import open_database
from tests.support.posters import HandClock, make_config


@pytest.fixture
def data_paths(tmp_path: Path) -> DataPaths:
    found = DataPaths.of(make_config(tmp_path))
    assert found.database_file is not None
    found.database_file.parent.mkdir()
    with closing(sqlite3.connect(found.database_file)) as connection, connection:
        connection.execute("CREATE TABLE t (x)")
    return found


def test_a_copy_a_day_is_made_and_seven_are_kept(data_paths: DataPaths, tmp_path: Path) -> None:
    clock, folder = HandClock(), tmp_path / "backups"
    folder.mkdir()
    other = folder / "before-upgrade-from-0001-20250101_000000.db"
    other.write_text("not one of ours")
    backups = DailyBackups(data_paths, folder, ThreadBackground(), clock)
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


def test_a_server_that_was_off_for_days_makes_one_copy(data_paths: DataPaths, tmp_path: Path) -> None:
    clock = HandClock()
    DailyBackups(data_paths, tmp_path, ThreadBackground(), clock).step()
    clock.advance(5 * EVERY_S)
    DailyBackups(data_paths, tmp_path, ThreadBackground(), clock).step()
    assert len(copies(tmp_path)) == 2


def test_a_copy_that_fails_is_told_and_tried_again_and_costs_no_older_one(
    data_paths: DataPaths, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = HandClock()
    backups = DailyBackups(data_paths, tmp_path, ThreadBackground(), clock)
    backups.step()
    clock.advance(EVERY_S)
    assert data_paths.database_file is not None
    data_paths.database_file.write_bytes(b"no database at all, but long enough to be looked at")
    assert backups.step() == AFTER_TROUBLE_S
    assert "could not be copied" in caplog.text
    assert len(copies(tmp_path)) == 1
    assert not list(tmp_path.glob("*.part"))


def test_what_a_copy_that_was_killed_has_left_goes_with_the_next(data_paths: DataPaths, tmp_path: Path) -> None:
    left = tmp_path / "daily-20260118_120000.db.part"
    left.write_bytes(b"half")
    DailyBackups(data_paths, tmp_path, ThreadBackground(), HandClock()).step()
    assert not left.exists()


def test_where_postgresql_keeps_the_tables_they_are_written_down(tmp_path: Path, postgres_url: str) -> None:
    config, folder = make_config(tmp_path, postgres_url), tmp_path / "backups"
    open_database(config).close()
    DailyBackups(DataPaths.of(config), folder, ThreadBackground(), HandClock()).step()
    (copy,) = copies(folder)
    assert is_dump(copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert "reindex" in remedy(folder), "a copy of tables brings no file back"


def test_a_server_that_does_not_answer_is_told_without_its_password(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = make_config(tmp_path, "postgresql://mural:secret@127.0.0.1:1/mural")
    backups = DailyBackups(DataPaths.of(config), tmp_path, ThreadBackground(), HandClock())
    assert backups.step() == AFTER_TROUBLE_S
    assert "does not answer" in caplog.text
    assert "secret" not in caplog.text
    assert copies(tmp_path) == []


@pytest.mark.parametrize("ahead_s", [20 * EVERY_S, 400 * EVERY_S])
def test_copies_from_the_future_keep_no_copy_of_today_from_being_made_or_kept(
    data_paths: DataPaths, tmp_path: Path, ahead_s: float
) -> None:
    clock = HandClock()
    backups = DailyBackups(data_paths, tmp_path, ThreadBackground(), clock)
    clock.set_by(ahead_s)
    for _ in range(KEPT):
        assert backups.step() == EVERY_S
        clock.advance(EVERY_S)
    clock.set_by(-ahead_s - KEPT * EVERY_S)
    today = []
    for day in range(1, KEPT + 1):
        before = set(copies(tmp_path))
        assert backups.step() == EVERY_S
        today += set(copies(tmp_path)) - before
        assert len(today) == day
        assert set(today) <= set(copies(tmp_path))
        assert len(copies(tmp_path)) == KEPT
        clock.advance(EVERY_S)


def test_a_clock_a_little_back_makes_no_second_copy(data_paths: DataPaths, tmp_path: Path) -> None:
    clock = HandClock()
    backups = DailyBackups(data_paths, tmp_path, ThreadBackground(), clock)
    backups.step()
    clock.set_by(-5)
    assert backups.step() == EVERY_S
    assert len(copies(tmp_path)) == 1
