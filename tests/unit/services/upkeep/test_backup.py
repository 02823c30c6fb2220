"""Backups, by what a restore brings back."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.accounts.actors import Actor
from services.accounts.permissions import Role
from services.upkeep import backup as backup_module
from services.upkeep.backup import BackupError, write_backup
from services.upkeep.data_paths import DataPaths
from services.upkeep.restore import restore
from services.upkeep.sqlite_files import copy_database
from tests.support.installation import Installation
from tests.support.posters import make_config, make_studio

ADMIN = Actor("admin", Role.ADMIN)


def test_a_backup_of_the_running_installation_brings_it_back(installation: Installation, tmp_path: Path) -> None:
    files, wall, epoch = installation.files(), installation.wall(), installation.epoch()
    report = write_backup(installation.data_paths, tmp_path / "backup.tar")
    assert report.posters == 2
    third = installation.made(theme="paper")
    installation.studio.services.posters.delete(installation.first, ADMIN)
    installation.data_paths.secret_key_file.write_text("another key")
    installation.stop()

    restored = restore(installation.data_paths, tmp_path / "backup.tar")

    installation.start()
    assert restored.posters == 2
    assert installation.files() == files
    assert installation.wall() == wall
    assert installation.epoch() != epoch, "what clients have seen since must mean nothing any more"
    assert installation.data_paths.secret_key_file.read_text() == "the first key"
    kept = [path.name for folder in restored.kept_in for path in folder.iterdir()]
    assert third[:2] in kept
    assert "mural.db" in kept


def test_an_installation_moves_to_another_machine(installation: Installation, tmp_path: Path) -> None:
    write_backup(installation.data_paths, tmp_path / "backup.tar.gz")
    (tmp_path / "elsewhere").mkdir()
    config = make_config(tmp_path / "elsewhere")
    restore(DataPaths.of(config), tmp_path / "backup.tar.gz")
    moved = make_studio(tmp_path / "elsewhere", config)
    moved.services.jobs.start()
    assert [poster.id for poster in moved.services.gallery.page(limit=9).posters] == installation.wall()
    moved.services.jobs.stop(0)
    moved.services.database.close()


def test_the_backup_is_for_its_owner_alone_and_leaves_nothing_behind(
    installation: Installation, tmp_path: Path
) -> None:
    before = set(installation.data_paths.posters_dir.iterdir())
    write_backup(installation.data_paths, tmp_path / "backup.tar")
    assert (tmp_path / "backup.tar").stat().st_mode & 0o777 == 0o600
    assert set(installation.data_paths.posters_dir.iterdir()) == before
    assert not list(tmp_path.glob("*.part"))


def test_a_poster_deleted_during_the_backup_is_in_neither_part_of_it(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy_then_delete(source: Path, target: Path) -> None:
        copy_database(source, target)
        installation.studio.services.posters.delete(installation.first, ADMIN)

    monkeypatch.setattr(backup_module, "copy_database", copy_then_delete)
    assert write_backup(installation.data_paths, tmp_path / "backup.tar").posters == 1
    installation.stop()
    restore(installation.data_paths, tmp_path / "backup.tar")
    installation.start()
    assert installation.wall() == [installation.second]


def test_posters_are_copied_where_there_are_no_hard_links(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert write_backup(installation.data_paths, tmp_path / "backup.tar").posters == 2


def test_a_place_that_cannot_be_written_is_named(installation: Installation, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"none/backup\.tar could not be written: No such file"):
        write_backup(installation.data_paths, tmp_path / "none" / "backup.tar")
