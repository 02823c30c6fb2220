"""One file with everything that cannot be made again, taken while the server runs.

The database is copied first; then the posters that the copy knows are taken by hard links, which no later deletion
touches. A poster that was deleted in between is taken out of the copy, or left out when that is restored, so that the
two always agree.

    mural.db                         the database where it is SQLite's,
    tables.jsonl                     its tables where a PostgreSQL server keeps them
    secret_key                       absent where SECRET_KEY is a setting
    posters/<first two>/<id>/...     as on the disk
    backup.json                      last: the checksum of everything before it
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from sqlalchemy import select

from infra.clock import iso, utc_now
from infra.db.dump import write_tables
from infra.db.models import PosterRow
from infra.db.session import Database
from mural import __version__
from mural.errors import MuralError
from services.upkeep.data_paths import DataPaths
from services.upkeep.sqlite_files import copy_database

DATABASE: Final = "mural.db"
TABLES: Final = "tables.jsonl"
SECRET_KEY: Final = "secret_key"  # noqa: S105 - the name of the file
POSTERS: Final = "posters"
MANIFEST: Final = "backup.json"
FORMAT: Final = 1
STAGE_PREFIX: Final = ".backup-"
STALE_AFTER_S: Final = 24 * 3600


class BackupError(MuralError):
    """A backup could not be written, or cannot be used."""

    title = "Backup trouble"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds."""

    posters: int
    size_bytes: int


def write_backup(data_paths: DataPaths, file: Path) -> BackupReport:
    """Write a backup; the file appears once it is complete, in place of an older one of the same name."""
    part = file.with_name(f"{file.name}.part")
    try:
        with _stage(data_paths) as stage:
            posters = _gather(data_paths, stage)
            _pack(stage, part, compress=file.suffix in {".gz", ".tgz"})
        part.replace(file)
    except OSError as error:
        raise BackupError(f"The backup {file} could not be written: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)
    return BackupReport(posters, file.stat().st_size)


@contextmanager
def _stage(data_paths: DataPaths) -> Iterator[Path]:
    """Make a folder for the time of the backup, beside the posters: hard links stay within a file system."""
    data_paths.posters_dir.mkdir(parents=True, exist_ok=True)
    for left in data_paths.posters_dir.glob(f"{STAGE_PREFIX}*"):  # by a backup that was killed
        if abs(time.time() - left.stat().st_mtime) > STALE_AFTER_S:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=STAGE_PREFIX, dir=data_paths.posters_dir) as folder:
        yield Path(folder)


def _gather(data_paths: DataPaths, stage: Path) -> int:
    if data_paths.secret_key_file.exists():
        shutil.copyfile(data_paths.secret_key_file, stage / SECRET_KEY)
    if data_paths.database_file is None:
        known = _dump(data_paths.database_url, stage / TABLES)
        return sum(_take(data_paths.posters_dir, poster_id, stage) for poster_id in known)
    copy_database(data_paths.database_file, stage / DATABASE)
    with closing(sqlite3.connect(stage / DATABASE)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        known = [row[0] for row in connection.execute("SELECT id FROM posters")]
        gone = [poster_id for poster_id in known if not _take(data_paths.posters_dir, poster_id, stage)]
        connection.executemany("DELETE FROM posters WHERE id = ?", [(poster_id,) for poster_id in gone])
    return len(known) - len(gone)


def _dump(database_url: str, file: Path) -> Sequence[str]:
    """Write down all tables, and list the posters in them."""
    database = Database(database_url)
    try:
        with database.read() as session:
            write_tables(session.connection(), file)
            return session.scalars(select(PosterRow.id)).all()
    finally:
        database.close()


def _take(posters_dir: Path, poster_id: str, stage: Path) -> bool:
    """Take a poster's files along; tell whether they were there, all the time."""
    source, target = (folder / poster_id[:2] / poster_id for folder in (posters_dir, stage / POSTERS))
    target.mkdir(parents=True)
    try:
        for file in source.iterdir():
            _link(file, target / file.name)
    except FileNotFoundError:
        shutil.rmtree(target)
        return False
    return True


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without hard links, or one that allows no more of them
        shutil.copyfile(source, target)


def _pack(stage: Path, part: Path, *, compress: bool) -> None:
    checksums: dict[str, str] = {}
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds the secret key
    with os.fdopen(descriptor, "wb") as stream:
        with tarfile.open(fileobj=stream, mode="w:gz" if compress else "w") as archive:
            for file in sorted(path for path in stage.rglob("*") if path.is_file()):
                name = file.relative_to(stage).as_posix()
                checksums[name] = _add(archive, name, file)
            manifest = {"format": FORMAT, "mural": __version__, "created_at": iso(utc_now()), "files": checksums}
            data = json.dumps(manifest, indent=1).encode("ascii")
            info = tarfile.TarInfo(MANIFEST)
            info.size, info.mode = len(data), 0o600
            archive.addfile(info, io.BytesIO(data))
        stream.flush()
        os.fsync(stream.fileno())


def _add(archive: tarfile.TarFile, name: str, file: Path) -> str:
    info = tarfile.TarInfo(name)
    found = file.stat()
    info.size, info.mtime, info.mode = found.st_size, int(found.st_mtime), 0o600
    with file.open("rb") as stream:
        summing = Summing(stream)
        archive.addfile(info, summing)
    return summing.checksum


class Summing:
    """A stream whose checksum is known once it has been read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._sum = hashlib.sha256()

    @property
    def checksum(self) -> str:
        """The checksum of what was read so far."""
        return self._sum.hexdigest()

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = self._stream.read(size)
        self._sum.update(data)
        return data
