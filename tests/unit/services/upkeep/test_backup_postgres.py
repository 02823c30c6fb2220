"""Backups of an installation whose tables are in PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, table, text
from sqlalchemy.exc import IntegrityError

from infra.db.dump import copy_tables, tables_of
from infra.db.models import CanvasActorRow, CanvasSeasonRow, CanvasSnapshotRow
from infra.db.session import Database
from infra.db.staging import StagedTables
from mural.canvas.board import Board
from mural.errors import Unavailable
from services.accounts.actors import Actor
from services.accounts.permissions import Role
from services.upkeep.backup import BackupError, write_backup
from services.upkeep.data_paths import DataPaths
from services.upkeep.restore import restore
from tests.support.designs import PLAIN_THEME
from tests.support.installation import Installation
from tests.support.posters import make_config

ADMIN = Actor("admin", Role.ADMIN)


def tables(database_url: str) -> dict[str, list[Any]]:
    """Read every row of every table, but what begins anew with a restore."""
    database = Database(database_url)
    with database.read() as session:
        connection = session.connection()
        rows = {
            found.name: sorted(connection.execute(select(found)).all(), key=repr)
            for found in tables_of(connection)
            if found.name not in {"streams", "stream_events"}
        }
    database.close()
    return rows


def test_a_backup_beside_postgresql_brings_every_table_back(on_postgres: Installation, tmp_path: Path) -> None:
    services = on_postgres.studio.services
    services.own_themes.create(Actor("ann"), PLAIN_THEME | {"name": "Łódź 東京"})
    services.batches.submit([on_postgres.studio.wish(distance_m=777.0)], Actor("ann"))
    with services.database.write() as session:
        session.add(
            CanvasSeasonRow(
                epoch=1,
                started_at_ms=0,
                width=8,
                height=8,
                palette=[["#000000", "Black"], ["#ffffff", "White"]],
                first_seq=0,
            )
        )
        session.flush()
        session.add(CanvasSnapshotRow(epoch=1, seq=0, at_ms=0, board=Board(8, 8).pack()))
        session.add_all([CanvasActorRow(user_id=name) for name in ("ann", "ben")])
    on_postgres.stop()
    before, files, url = tables(on_postgres.config.database_url), on_postgres.files(), on_postgres.config.database_url
    assert all(before[name] for name in ("posters", "jobs", "batches", "batch_items", "own_themes", "canvas_actors"))
    assert write_backup(on_postgres.data_paths, tmp_path / "backup.tar.gz").posters == len(before["posters"])
    on_postgres.start()
    epoch = on_postgres.epoch()
    on_postgres.studio.services.posters.delete(on_postgres.first, ADMIN)
    on_postgres.made(theme="paper")
    on_postgres.stop()
    replaced = tables(url)

    restored = restore(on_postgres.data_paths, tmp_path / "backup.tar.gz")

    after = tables(url)
    assert len(after.pop("canvas_seasons")) == 2, "clients of the board begin anew"
    assert [Board.unpack(8, 8, row.board).pixels.tobytes() for row in after.pop("canvas_snapshots")] == [bytes(64)] * 2
    assert after == {name: rows for name, rows in before.items() if name in after}
    assert on_postgres.files() == files
    on_postgres.start()
    assert on_postgres.epoch() != epoch
    with on_postgres.studio.services.database.write() as session:
        session.add(CanvasActorRow(user_id="cem"))  # under a number that is not taken
        session.flush()
        kept = table("posters", schema=restored.kept_schema)
        assert session.scalar(select(func.count()).select_from(kept)) == len(replaced["posters"])


def test_the_ledger_is_still_guarded_after_a_restore(on_postgres: Installation, tmp_path: Path) -> None:
    on_postgres.studio.services.credits.purchase("ann", 7, "payment")
    on_postgres.stop()
    write_backup(on_postgres.data_paths, tmp_path / "backup.tar.gz")
    for _ in range(2):
        restore(on_postgres.data_paths, tmp_path / "backup.tar.gz")
        database = Database(on_postgres.config.database_url)
        for change in ("UPDATE credit_ledger SET amount = 8", "DELETE FROM credit_ledger", "TRUNCATE credit_ledger"):
            with pytest.raises(IntegrityError, match="never changed"), database.write() as session:
                session.execute(text(change))
        database.close()
    on_postgres.start()
    on_postgres.studio.services.credits.purchase("ann", 1, "another")
    assert on_postgres.studio.services.credits.balance("ann").bought == 8


def test_tables_and_posters_come_back_together_or_not_at_all(
    on_postgres: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_backup(on_postgres.data_paths, tmp_path / "backup.tar")
    on_postgres.made(theme="paper")
    on_postgres.stop()
    before = tables(on_postgres.config.database_url), on_postgres.files()

    def refuse(_staged: StagedTables, _kept_as: str) -> None:
        raise Unavailable("The connection was lost.")

    with monkeypatch.context() as patched:
        patched.setattr(StagedTables, "swap_in", refuse)
        with pytest.raises(Unavailable):
            restore(on_postgres.data_paths, tmp_path / "backup.tar")
    assert (tables(on_postgres.config.database_url), on_postgres.files()) == before
    assert not on_postgres.data_paths.journal_file.exists()
    on_postgres.start()
    with on_postgres.studio.services.database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM pg_namespace WHERE nspname = 'mural_restoring'")) == 0


def test_a_poster_that_was_taken_down_meanwhile_is_not_brought_back(on_postgres: Installation, tmp_path: Path) -> None:
    on_postgres.studio.services.files.remove(on_postgres.first)
    write_backup(on_postgres.data_paths, tmp_path / "backup.tar")
    on_postgres.stop()
    assert restore(on_postgres.data_paths, tmp_path / "backup.tar").posters == 1
    on_postgres.start()
    assert on_postgres.wall() == [on_postgres.second]


def test_a_copy_of_the_tables_alone_is_joined_with_the_posters_there_are(
    on_postgres: Installation, tmp_path: Path
) -> None:
    copy_tables(on_postgres.config.database_url, tmp_path / "copy.jsonl")
    third = on_postgres.made(theme="paper")
    on_postgres.studio.services.posters.delete(on_postgres.first, ADMIN)
    on_postgres.stop()
    restored = restore(on_postgres.data_paths, tmp_path / "copy.jsonl")
    on_postgres.start()
    assert set(on_postgres.wall()) == {on_postgres.second, third}
    assert restored.kept_schema


def test_before_the_first_start_there_is_nothing_to_back_up(postgres_url: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no tables yet"):
        write_backup(DataPaths.of(make_config(tmp_path, postgres_url)), tmp_path / "backup.tar")
    assert not (tmp_path / "backup.tar").exists()


def test_each_kind_of_database_has_backups_of_its_own(
    installation: Installation, tmp_path: Path, postgres_url: str
) -> None:
    (tmp_path / "other").mkdir()
    other = Installation(tmp_path / "other", postgres_url)
    other.stop()
    for one, file in ((installation, tmp_path / "a.tar"), (other, tmp_path / "b.tar")):
        write_backup(one.data_paths, file)
    with pytest.raises(BackupError, match="names a PostgreSQL server"):
        restore(other.data_paths, tmp_path / "a.tar")
    with pytest.raises(BackupError, match="names none"):
        restore(installation.data_paths, tmp_path / "b.tar")
