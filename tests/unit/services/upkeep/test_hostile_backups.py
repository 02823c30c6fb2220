"""Backups that somebody made to do harm: each is refused in a sentence, and everything stays as it was."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

from infra.db.models import OwnThemeRow, PosterRow
from mural.errors import MuralError, NotFound
from services.accounts.actors import HOUSE
from services.posters.files import PosterFiles
from services.themes.files import ThemeFiles
from services.upkeep import restore as restore_module
from services.upkeep.backup import BackupError, write_backup
from services.upkeep.foreign import ForeignDatabase
from services.upkeep.reindex import reindex
from services.upkeep.restore import restore
from services.upkeep.sqlite_files import copy_database
from tests.support.installation import Installation

OUTSIDE = "../../../secret_key"

STATEMENTS = {
    "a file outside": "UPDATE posters SET poster_file = '../../../secret_key'",
    "a thumbnail outside": "UPDATE posters SET thumbnail_file = '../../../secret_key'",
    "a preview outside": "UPDATE posters SET preview_file = '/etc/passwd'",
    "a name for archives outside": "UPDATE posters SET filename = '../../.bashrc'",
    "a name that breaks a header": "UPDATE posters SET filename = 'a' || char(13) || char(10) || 'Set-Cookie: a=b.png'",
    "an id of a job outside": "UPDATE jobs SET id = '../../../elsewhere' || id",
    "an id of a poster outside": "UPDATE posters SET id = '../' || id",
    "an id of a theme outside": "INSERT INTO own_themes VALUES ('../evil', 'me', '{}', '2026-01-01 00:00:00.000000')",
    "text for a number": "UPDATE posters SET file_size = 'much'",
    "bytes for text": "UPDATE posters SET city = x'ff00'",
    "no moment": "UPDATE posters SET created_at = 'yesterday'",
    "no JSON": "UPDATE stream_events SET payload = '{'",
    "neither true nor false": "UPDATE posters SET preview = 7",
    "a board of any size": "INSERT INTO canvas_seasons VALUES (99, 1, 2000000000, 2000000000, '[]', 0)",
    "a trigger": "CREATE TRIGGER harm AFTER UPDATE ON streams BEGIN DELETE FROM posters; END",
    "a trigger of our name that does something else": """
        DROP TRIGGER credit_ledger_no_deletes;
        CREATE TRIGGER credit_ledger_no_deletes BEFORE DELETE ON credit_ledger BEGIN DELETE FROM posters; END""",
    "no trigger": "DROP TRIGGER credit_ledger_no_deletes",
    "a view": "CREATE VIEW harm AS SELECT * FROM posters",
    "a table": "CREATE TABLE harm (a)",
    "a virtual table": "CREATE VIRTUAL TABLE harm USING fts5(a)",
    "a column": "ALTER TABLE posters ADD COLUMN harm TEXT",
    "a computed column": "ALTER TABLE posters ADD COLUMN harm TEXT AS (hex(owner))",
    "an index that computes": "CREATE INDEX harm ON posters (lower(city))",
    "no table": "DROP TABLE stream_events",
    "no version": "DELETE FROM alembic_version",
    "a version of nobody": "UPDATE alembic_version SET version_num = 'harm'",
}


@pytest.fixture
def copy(installation: Installation, tmp_path: Path) -> Path:
    """A copy of the database alone, as somebody might hand it over."""
    assert installation.data_paths.database_file is not None
    copy_database(installation.data_paths.database_file, tmp_path / "copy.db")
    return tmp_path / "copy.db"


def refused(installation: Installation, file: Path, *, why: type[MuralError] = MuralError) -> MuralError:
    """Check that a backup is refused, and has changed nothing."""
    wall, files = installation.wall(), installation.files()
    installation.stop()
    with pytest.raises(why) as caught:
        restore(installation.data_paths, file)
    installation.start()
    assert (installation.wall(), installation.files()) == (wall, files)
    assert len(caught.value.message.splitlines()) == 1
    assert not list(installation.data_paths.posters_dir.glob(".restoring"))
    return caught.value


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS.keys())
def test_a_database_that_mural_did_not_write_is_refused(installation: Installation, copy: Path, statement: str) -> None:
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.executescript(statement)
    refused(installation, copy)


def test_a_database_of_ours_with_figures_about_its_indexes_is_ours(installation: Installation, copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("ANALYZE")
    installation.stop()
    restore(installation.data_paths, copy)
    installation.start()
    assert len(installation.wall()) == 2


def rewritten(installation: Installation, file: Path, change: Callable[[tarfile.TarFile], None]) -> Path:
    """Add to a backup of the installation, before the list at its end."""
    write_backup(installation.data_paths, file)
    with tarfile.open(file) as archive:
        members = [(member, archive.extractfile(member).read()) for member in archive]  # type: ignore[union-attr]
    with tarfile.open(file, "w") as archive:
        for member, data in members[:-1]:
            archive.addfile(member, io.BytesIO(data))
        change(archive)
        archive.addfile(members[-1][0], io.BytesIO(members[-1][1]))
    return file


def a_member(
    name: str, kind: bytes = tarfile.REGTYPE, link: str = "", **facts: int
) -> Callable[[tarfile.TarFile], None]:
    def add(archive: tarfile.TarFile) -> None:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        for fact, value in facts.items():
            setattr(info, fact, value)
        archive.addfile(info, io.BytesIO(bytes(info.size)) if info.isreg() else None)

    return add


A_POSTER = f"posters/aa/{'a' * 32}"
MEMBERS = {
    "a symbolic link": a_member(f"{A_POSTER}/poster.png", tarfile.SYMTYPE, "/etc/passwd"),
    "a hard link": a_member(f"{A_POSTER}/poster.png", tarfile.LNKTYPE, "secret_key"),
    "a device": a_member(f"{A_POSTER}/poster.png", tarfile.CHRTYPE, devmajor=1, devminor=5),
    "a pipe": a_member(f"{A_POSTER}/poster.png", tarfile.FIFOTYPE),
    "a folder": a_member(A_POSTER, tarfile.DIRTYPE),
    "an absolute name": a_member("/etc/evil"),
    "a way up": a_member(f"{A_POSTER}/../../../evil"),
    "only a way up": a_member(f"{A_POSTER}/.."),
    "a hidden file": a_member(f"{A_POSTER}/.evil"),
    "another shelf": a_member(f"posters/bb/{'a' * 32}/poster.png"),
    "a name to upset a terminal": a_member("evil\x1b[2J\nname"),
    "the key a second time": a_member("secret_key"),
    "a huge key": a_member("secret_key", size=20_000),
}


@pytest.mark.parametrize("member", MEMBERS.values(), ids=MEMBERS.keys())
def test_an_archive_that_reaches_elsewhere_is_refused(
    installation: Installation, tmp_path: Path, member: Callable[[tarfile.TarFile], None]
) -> None:
    refused(installation, rewritten(installation, tmp_path / "backup.tar", member), why=BackupError)
    assert not (tmp_path / "evil").exists()


def test_what_would_fill_the_disk_is_refused_before_it_is_unpacked(installation: Installation, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.tar.gz"
    info = tarfile.TarInfo(f"{A_POSTER}/poster.png")
    info.size = 10**15
    with gzip.open(bomb, "wb") as stream:
        stream.write(info.tobuf())
        stream.write(bytes(1_000_000))
    assert "more than there is room for" in refused(installation, bomb, why=BackupError).message


def test_a_file_with_holes_is_refused(installation: Installation, tmp_path: Path) -> None:
    info = tarfile.TarInfo(f"{A_POSTER}/poster.png")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "9" * 12}
    holes = tmp_path / "holes.tar"
    with tarfile.open(holes, "w", format=tarfile.PAX_FORMAT) as archive:
        info.size = 512
        archive.addfile(info, io.BytesIO(b"0\n" + bytes(510)))
    refused(installation, holes, why=BackupError)


NO_BACKUPS: dict[str, bytes] = {
    "empty": b"",
    "zeros": b"\x00" * 2048,
    "lists without bottom": b"[" * 200_000,
    "objects without bottom": b"{" * 10,
    "no text": b"\xff\xfe",
    "something packed": gzip.compress(b"x" * 100),
    "a bare database": b"SQLite format 3\x00",
}


@pytest.mark.parametrize("content", NO_BACKUPS.values(), ids=NO_BACKUPS)
def test_a_file_that_is_no_backup_is_refused(installation: Installation, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "noise").write_bytes(content)
    refused(installation, tmp_path / "noise")


def test_a_list_without_bottom_is_refused(installation: Installation, tmp_path: Path) -> None:
    deep = b"[" * 200_000
    info = tarfile.TarInfo("backup.json")
    info.size = len(deep)
    with tarfile.open(tmp_path / "deep.tar", "w") as archive:
        archive.addfile(info, io.BytesIO(deep))
    refused(installation, tmp_path / "deep.tar", why=BackupError)


def test_a_whole_backup_with_a_hostile_row_is_refused(installation: Installation, tmp_path: Path) -> None:
    """As it was done: the row names the key of all cookies, and whoever downloads the poster would get it."""
    file = tmp_path / "backup.tar"
    write_backup(installation.data_paths, file)
    with tarfile.open(file) as archive:
        members = {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]
    (tmp_path / "row.db").write_bytes(members["mural.db"])
    with closing(sqlite3.connect(tmp_path / "row.db")) as connection, connection:
        connection.execute(STATEMENTS["a file outside"])
    members["mural.db"] = (tmp_path / "row.db").read_bytes()
    manifest = json.loads(members.pop("backup.json"))
    manifest["files"]["mural.db"] = hashlib.sha256(members["mural.db"]).hexdigest()
    with tarfile.open(file, "w") as archive:
        for name, data in (members | {"backup.json": json.dumps(manifest).encode()}).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    refused(installation, file, why=ForeignDatabase)


@pytest.mark.parametrize("kind", ["poster", "thumbnail", "preview"])
def test_a_row_that_names_a_file_outside_hands_nothing_out(installation: Installation, kind: str) -> None:
    services = installation.studio.services
    with services.database.write() as session:
        session.execute(update(PosterRow).values({f"{kind}_file": OUTSIDE}))
    with pytest.raises(NotFound):
        services.posters.file(installation.first, kind, HOUSE)  # type: ignore[arg-type]


def test_a_row_with_a_name_of_any_kind_is_downloaded_under_a_plain_one(installation: Installation) -> None:
    services = installation.studio.services
    with services.database.write() as session:
        session.execute(update(PosterRow).values(filename="../../.bashrc\r\nX: y"))
    assert services.posters.file(installation.first, "poster", HOUSE).filename == "poster.png"


def test_a_theme_whose_id_leads_outside_makes_no_file(installation: Installation, tmp_path: Path) -> None:
    services, owner = installation.studio.services, "somebody"
    with services.database.write() as session:
        session.add(OwnThemeRow(id="../evil", owner=owner, data={}, created_at=installation.studio.clock()))
    services.own_themes.start()
    assert not list(tmp_path.rglob("evil*"))


def test_a_sidecar_that_is_no_file_or_has_no_bottom_is_left_alone(installation: Installation) -> None:
    data_paths = installation.data_paths
    folder = data_paths.posters_dir / installation.first[:2] / installation.first
    (folder / "sidecar.json").write_bytes(b"[" * 200_000)
    other = data_paths.posters_dir / installation.second[:2] / installation.second
    (other / "sidecar.json").unlink()
    (other / "sidecar.json").symlink_to(data_paths.secret_key_file)
    report = reindex(
        installation.studio.services.database,
        PosterFiles(data_paths.posters_dir, max_bytes=0),
        ThemeFiles(data_paths.own_themes_dir),
    )
    assert report.broken.keys() == {installation.first, installation.second}


def test_memory_that_runs_out_is_a_sentence(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_backup(installation.data_paths, tmp_path / "backup.tar")

    def too_much(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(restore_module, "_unpack", too_much)
    refused(installation, tmp_path / "backup.tar", why=BackupError)
