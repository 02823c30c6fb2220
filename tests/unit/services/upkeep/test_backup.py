"""Backup and restore, by what is there before and after."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, table, text

from config import Config
from mural.canvas.board import Board
from mural.errors import MuralError, Unavailable
from services.actors import Actor
from services.db.dump import copy_tables, tables_of
from services.db.models import CanvasActorRow, CanvasSeasonRow, CanvasSnapshotRow
from services.db.session import Database
from services.db.staging import StagedTables
from services.upkeep import backup as backup_module
from services.upkeep import restore as restore_module
from services.upkeep.backup import BackupError, write_backup
from services.upkeep.daily_backups import copies
from services.upkeep.holdings import Holdings
from services.upkeep.restore import ASIDE_PREFIX, restore, undo_interrupted
from services.upkeep.sqlite_files import DamagedDatabase, copy_database
from tests.support.designs import PLAIN_THEME
from tests.support.posters import Studio, make_config, make_studio

ADMIN = Actor("admin", admin=True)


class Installation:
    """An installation with two posters, whose server can be stopped and started."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder = folder
        self.config = make_config(folder, database_url)
        self.holdings = Holdings.of(self.config)
        self.studio = self.started()
        self.first = self.made(theme="noir")
        self.second = self.made(theme="paper")
        self.holdings.secret_key_file.write_text("the first key")

    def started(self) -> Studio:
        studio = make_studio(self.folder, self.config)
        studio.services.jobs.start()
        return studio

    def stop(self) -> None:
        self.studio.services.jobs.stop(0)
        self.studio.services.database.close()

    def start(self) -> None:
        self.studio = self.started()

    def made(self, **changes: object) -> str:
        poster = self.studio.made(**changes).poster
        assert poster is not None
        return poster.id

    def wall(self) -> list[str]:
        return [poster.id for poster in self.studio.services.gallery.page(limit=50).posters]

    def epoch(self) -> str:
        epoch: str = self.studio.services.gallery.page(limit=50).epoch
        return epoch

    def files(self) -> dict[str, bytes]:
        """Everything that is served, by its path."""
        shelves = self.holdings.posters_dir.glob("[0-9a-f][0-9a-f]/*/*")
        return {str(path.relative_to(self.holdings.posters_dir)): path.read_bytes() for path in sorted(shelves)}


@pytest.fixture
def installation(tmp_path: Path) -> Any:
    made = Installation(tmp_path)
    yield made
    made.stop()


def test_a_backup_of_the_running_installation_brings_it_back(installation: Installation, tmp_path: Path) -> None:
    files, wall, epoch = installation.files(), installation.wall(), installation.epoch()
    report = write_backup(installation.holdings, tmp_path / "backup.tar")
    assert report.posters == 2
    third = installation.made(theme="paper")
    installation.studio.services.posters.delete(installation.first, ADMIN)
    installation.holdings.secret_key_file.write_text("another key")
    installation.stop()

    restored = restore(installation.holdings, tmp_path / "backup.tar")

    installation.start()
    assert restored.posters == 2
    assert installation.files() == files
    assert installation.wall() == wall
    assert installation.epoch() != epoch, "what clients have seen since must mean nothing any more"
    assert installation.holdings.secret_key_file.read_text() == "the first key"
    kept = [path.name for folder in restored.kept_in for path in folder.iterdir()]
    assert third[:2] in kept
    assert "mural.db" in kept


def test_an_installation_moves_to_another_machine(installation: Installation, tmp_path: Path) -> None:
    write_backup(installation.holdings, tmp_path / "backup.tar.gz")
    (tmp_path / "elsewhere").mkdir()
    config = make_config(tmp_path / "elsewhere")
    restore(Holdings.of(config), tmp_path / "backup.tar.gz")
    moved = make_studio(tmp_path / "elsewhere", config)
    moved.services.jobs.start()
    assert [poster.id for poster in moved.services.gallery.page(limit=9).posters] == installation.wall()
    moved.services.jobs.stop(0)
    moved.services.database.close()


def test_the_backup_is_for_its_owner_alone_and_leaves_nothing_behind(
    installation: Installation, tmp_path: Path
) -> None:
    before = set(installation.holdings.posters_dir.iterdir())
    write_backup(installation.holdings, tmp_path / "backup.tar")
    assert (tmp_path / "backup.tar").stat().st_mode & 0o777 == 0o600
    assert set(installation.holdings.posters_dir.iterdir()) == before
    assert not list(tmp_path.glob("*.part"))


def test_a_poster_deleted_during_the_backup_is_in_neither_part_of_it(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy_then_delete(source: Path, target: Path) -> None:
        copy_database(source, target)
        installation.studio.services.posters.delete(installation.first, ADMIN)

    monkeypatch.setattr(backup_module, "copy_database", copy_then_delete)
    assert write_backup(installation.holdings, tmp_path / "backup.tar").posters == 1
    installation.stop()
    restore(installation.holdings, tmp_path / "backup.tar")
    installation.start()
    assert installation.wall() == [installation.second]


def test_posters_are_copied_where_there_are_no_hard_links(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert write_backup(installation.holdings, tmp_path / "backup.tar").posters == 2


def test_a_place_that_cannot_be_written_is_named(installation: Installation, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"none/backup\.tar could not be written: No such file"):
        write_backup(installation.holdings, tmp_path / "none" / "backup.tar")


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change the members of an archive."""
    with tarfile.open(file) as archive:
        members = {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(file, "w") as archive:
        for name, data in members.items():
            source = file.with_suffix(".member")
            source.write_bytes(data)
            archive.add(source, name)


def flip(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.endswith("sidecar.json"))
    members[name] = members[name].replace(b"Helsinki", b"Tampere!")


def drop_one(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.startswith("posters/"))]


def drop_the_list(members: dict[str, bytes]) -> None:
    del members["backup.json"]


def climb(members: dict[str, bytes]) -> None:
    members["posters/../../evil"] = b"x"


def name_it_absolutely(members: dict[str, bytes]) -> None:
    members["/etc/evil"] = b"x"


def damage_the_database(members: dict[str, bytes]) -> None:
    members["mural.db"] = members["mural.db"][:8192] + b"\xff" * 8192 + members["mural.db"][16384:]
    with_list(members)


def from_the_future(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["backup.json"])
    members["backup.json"] = json.dumps(manifest | {"format": 99}).encode()


def with_list(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["backup.json"])
    manifest["files"]["mural.db"] = hashlib.sha256(members["mural.db"]).hexdigest()
    members["backup.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    "change",
    [flip, drop_one, drop_the_list, climb, name_it_absolutely, damage_the_database, from_the_future],
    ids=lambda change: change.__name__,
)
def test_a_backup_that_is_not_right_changes_nothing(
    installation: Installation, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    file = tmp_path / "backup.tar"
    write_backup(installation.holdings, file)
    rewritten(file, change)
    assert_refused(installation, file)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_backup_that_was_cut_short_changes_nothing(installation: Installation, tmp_path: Path, share: float) -> None:
    file = tmp_path / "backup.tar"
    write_backup(installation.holdings, file)
    os.truncate(file, round(file.stat().st_size * share))
    assert_refused(installation, file)


def test_a_link_in_an_archive_is_refused(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    with tarfile.open(file, "w") as archive:
        info = tarfile.TarInfo("mural.db")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    assert_refused(installation, file)


def assert_refused(installation: Installation, file: Path) -> None:
    installation.stop()
    before = snapshot(installation.config)
    with pytest.raises((BackupError, DamagedDatabase)) as caught:
        restore(installation.holdings, file)
    assert isinstance(caught.value, MuralError)
    assert snapshot(installation.config) == before
    installation.start()
    assert set(installation.wall()) == {installation.first, installation.second}


def snapshot(config: Config) -> dict[str, bytes]:
    """Every file of the data folder."""
    return {
        str(path.relative_to(config.data_dir)): path.read_bytes()
        for path in sorted(config.data_dir.rglob("*"))
        if path.is_file()
    }


def test_a_restore_that_fails_halfway_puts_everything_back(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_backup(installation.holdings, tmp_path / "backup.tar")
    installation.stop()
    before = snapshot(installation.config)
    rename, left = Path.rename, [3]

    def failing(self: Path, target: Path) -> Path:
        if left[0] >= 0:
            left[0] -= 1
            if left[0] < 0:  # the fourth fails; those that put things back do not
                raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(BackupError, match="Input/output error"):
        restore(installation.holdings, tmp_path / "backup.tar")
    assert left == [-1]
    assert snapshot(installation.config) == before
    assert not list(installation.config.data_dir.rglob(f"{ASIDE_PREFIX}*"))
    installation.start()


def test_a_restore_that_was_killed_is_undone_at_the_next_start(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_backup(installation.holdings, tmp_path / "backup.tar")
    installation.stop()
    before = snapshot(installation.config)
    rename, left = Path.rename, [4]

    class Killed(BaseException):
        """What no handler of ours may catch, as a kill would be."""

    def dying(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", dying)
        patched.setattr(restore_module.shutil, "rmtree", lambda *_args, **_options: None)
        with pytest.raises(Killed):
            restore(installation.holdings, tmp_path / "backup.tar")
    assert snapshot(installation.config) != before
    assert undo_interrupted(installation.holdings)
    assert snapshot(installation.config) == before
    assert not undo_interrupted(installation.holdings)
    installation.start()


def test_a_copy_of_the_database_alone_is_joined_with_the_posters_there_are(
    installation: Installation, tmp_path: Path
) -> None:
    copy_database(installation.config.data_dir / "mural.db", tmp_path / "copy.db")
    third = installation.made(theme="paper")
    installation.studio.services.posters.delete(installation.first, ADMIN)
    installation.stop()
    restore(installation.holdings, tmp_path / "copy.db")
    installation.start()
    assert set(installation.wall()) == {installation.second, third}


# Beside PostgreSQL


@pytest.fixture
def on_postgres(tmp_path: Path, postgres_url: str) -> Iterator[Installation]:
    made = Installation(tmp_path, postgres_url)
    yield made
    made.stop()


def tables(database_url: str) -> dict[str, list[Any]]:
    """Read every row of every table, but what begins anew with a restore."""
    database = Database(database_url)
    with database.read() as session:
        connection = session.connection()
        rows = {
            found.name: sorted(connection.execute(select(found)).all(), key=repr)
            for found in tables_of(connection)
            if found.name not in {"streams", "gallery_events"}
        }
    database.close()
    return rows


def test_a_backup_beside_postgresql_brings_every_table_back(on_postgres: Installation, tmp_path: Path) -> None:
    services = on_postgres.studio.services
    services.own_themes.create("ann", PLAIN_THEME | {"name": "Łódź 東京"})
    services.batches.submit([on_postgres.studio.wish(distance_m=777.0)], "ann")
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
    assert write_backup(on_postgres.holdings, tmp_path / "backup.tar.gz").posters == len(before["posters"])
    on_postgres.start()
    epoch = on_postgres.epoch()
    on_postgres.studio.services.posters.delete(on_postgres.first, ADMIN)
    on_postgres.made(theme="paper")
    on_postgres.stop()

    restored = restore(on_postgres.holdings, tmp_path / "backup.tar.gz")

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
        assert session.scalar(select(func.count()).select_from(kept)) == len(before["posters"])


def test_tables_and_posters_come_back_together_or_not_at_all(
    on_postgres: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_backup(on_postgres.holdings, tmp_path / "backup.tar")
    on_postgres.made(theme="paper")
    on_postgres.stop()
    before = tables(on_postgres.config.database_url), on_postgres.files()

    def refuse(_staged: StagedTables, _kept_as: str) -> None:
        raise Unavailable("The connection was lost.")

    with monkeypatch.context() as patched:
        patched.setattr(StagedTables, "swap_in", refuse)
        with pytest.raises(Unavailable):
            restore(on_postgres.holdings, tmp_path / "backup.tar")
    assert (tables(on_postgres.config.database_url), on_postgres.files()) == before
    assert not on_postgres.holdings.journal_file.exists()
    on_postgres.start()
    with on_postgres.studio.services.database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM pg_namespace WHERE nspname = 'mural_restoring'")) == 0


def test_a_poster_that_was_taken_down_meanwhile_is_not_brought_back(on_postgres: Installation, tmp_path: Path) -> None:
    on_postgres.studio.services.files.remove(on_postgres.first)
    write_backup(on_postgres.holdings, tmp_path / "backup.tar")
    on_postgres.stop()
    assert restore(on_postgres.holdings, tmp_path / "backup.tar").posters == 1
    on_postgres.start()
    assert on_postgres.wall() == [on_postgres.second]


def test_a_copy_of_the_tables_alone_is_joined_with_the_posters_there_are(
    on_postgres: Installation, tmp_path: Path
) -> None:
    copy_tables(on_postgres.config.database_url, tmp_path / "copy.jsonl")
    third = on_postgres.made(theme="paper")
    on_postgres.studio.services.posters.delete(on_postgres.first, ADMIN)
    on_postgres.stop()
    restored = restore(on_postgres.holdings, tmp_path / "copy.jsonl")
    on_postgres.start()
    assert set(on_postgres.wall()) == {on_postgres.second, third}
    assert restored.kept_schema


def test_before_the_first_start_there_is_nothing_to_back_up(postgres_url: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no tables yet"):
        write_backup(Holdings.of(make_config(tmp_path, postgres_url)), tmp_path / "backup.tar")
    assert not (tmp_path / "backup.tar").exists()


def test_each_kind_of_database_has_backups_of_its_own(
    installation: Installation, tmp_path: Path, postgres_url: str
) -> None:
    (tmp_path / "other").mkdir()
    other = Installation(tmp_path / "other", postgres_url)
    other.stop()
    for one, file in ((installation, tmp_path / "a.tar"), (other, tmp_path / "b.tar")):
        write_backup(one.holdings, file)
    with pytest.raises(BackupError, match="names a PostgreSQL server"):
        restore(other.holdings, tmp_path / "a.tar")
    with pytest.raises(BackupError, match="names none"):
        restore(installation.holdings, tmp_path / "b.tar")


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
