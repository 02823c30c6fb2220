"""Restoring from what is damaged, hostile or interrupted: all of it or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from config import Config
from mural.errors import MuralError
from services.accounts.actors import Actor
from services.accounts.permissions import Role
from services.upkeep import restore as restore_module
from services.upkeep.backup import BackupError, write_backup
from services.upkeep.restore import ASIDE_PREFIX, restore, undo_interrupted
from services.upkeep.sqlite_files import DamagedDatabase, copy_database
from tests.support.installation import Installation

ADMIN = Actor("admin", Role.ADMIN)


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
    write_backup(installation.data_paths, file)
    rewritten(file, change)
    assert_refused(installation, file)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_backup_that_was_cut_short_changes_nothing(installation: Installation, tmp_path: Path, share: float) -> None:
    file = tmp_path / "backup.tar"
    write_backup(installation.data_paths, file)
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
        restore(installation.data_paths, file)
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
    write_backup(installation.data_paths, tmp_path / "backup.tar")
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
        restore(installation.data_paths, tmp_path / "backup.tar")
    assert left == [-1]
    assert snapshot(installation.config) == before
    assert not list(installation.config.data_dir.rglob(f"{ASIDE_PREFIX}*"))
    installation.start()


def test_a_restore_that_was_killed_is_undone_at_the_next_start(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_backup(installation.data_paths, tmp_path / "backup.tar")
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
            restore(installation.data_paths, tmp_path / "backup.tar")
    assert snapshot(installation.config) != before
    assert undo_interrupted(installation.data_paths)
    assert snapshot(installation.config) == before
    assert not undo_interrupted(installation.data_paths)
    installation.start()


def test_a_copy_of_the_database_alone_is_joined_with_the_posters_there_are(
    installation: Installation, tmp_path: Path
) -> None:
    copy_database(installation.config.data_dir / "mural.db", tmp_path / "copy.db")
    third = installation.made(theme="paper")
    installation.studio.services.posters.delete(installation.first, ADMIN)
    installation.stop()
    restore(installation.data_paths, tmp_path / "copy.db")
    installation.start()
    assert set(installation.wall()) == {installation.second, third}
