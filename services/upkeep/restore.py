"""Bring back what a backup holds: checked first, set aside, then swapped in as a whole or not at all.

What was there before is kept in folders named .before-restore-<time>, beside where it was, and in a schema of that name
on PostgreSQL.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from infra.clock import utc_now
from infra.db.dump import is_dump, load_tables
from infra.db.migrate import migrate
from infra.db.models import PosterRow, StreamRow
from infra.db.session import Database
from infra.db.staging import staged_tables
from mural.errors import MuralError
from mural.files import write_durably
from services.board.seasons import begin_anew
from services.posters.files import FILE_NAME, PosterFiles
from services.posters.wall_news import WALL
from services.themes.files import ThemeFiles
from services.upkeep.backup import DATABASE, FORMAT, MANIFEST, POSTERS, SECRET_KEY, TABLES, BackupError, Summing
from services.upkeep.data_paths import DataPaths
from services.upkeep.foreign import check_layout, check_rows
from services.upkeep.reindex import reindex
from services.upkeep.sqlite_files import check_database, copy_database, is_database, with_side_files

log = logging.getLogger(__name__)

POSTER_MEMBER: Final = re.compile(rf"posters/([0-9a-f]{{2}})/\1[0-9a-f]{{30}}/{FILE_NAME.pattern}")
SPARE_BYTES: Final = 100_000_000
"""Room on the disk that unpacking leaves."""

LARGEST_BYTES: Final = {MANIFEST: 500_000_000, SECRET_KEY: 10_000}
"""What is read as a whole; a list of a million posters takes less."""

NOT_OURS: Final = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)
"""What reading something raises that is of another shape than Mural writes."""

CHUNK_BYTES: Final = 1024 * 1024
STAGE: Final = ".restoring"
ASIDE_PREFIX: Final = ".before-restore-"

Move = tuple[Path, Path]


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was brought back, and the folders, and the schema, in which that which was there before is kept."""

    posters: int
    kept_in: tuple[Path, ...]
    kept_schema: str = ""


def restore(data_paths: DataPaths, file: Path) -> RestoreReport:
    """Put what a backup, or a copy of the database alone, holds in the place of what is there.

    Whoever calls holds the instance lock. Raises BackupError, DamagedDatabase, DamagedDump, NewerSchema or Unavailable,
    with everything as it was.
    """
    undo_interrupted(data_paths)
    try:
        with _stages(data_paths) as (stage, posters_stage):
            brought = _bring(file, stage, posters_stage)
            _fit(data_paths, stage)
            moves = _planned(data_paths, stage, brought)
            if data_paths.database_file is None:
                return _restore_tables(data_paths, stage, brought, moves)
            _prepare(data_paths, stage, brought)
            _swap(data_paths, moves)
            return _report(moves, data_paths)
    except OSError as error:
        raise BackupError(f"{file} could not be restored: {error.strerror or error}.") from error
    except (*NOT_OURS, SQLAlchemyError) as error:
        raise BackupError(f"{file} holds what Mural never writes ({type(error).__name__}).") from error


def undo_interrupted(data_paths: DataPaths) -> bool:
    """Put everything back that a restore which was killed had moved; tell whether there was one."""
    journal = data_paths.journal_file
    if not journal.exists():
        return False
    moves = [(Path(source), Path(target)) for source, target in json.loads(journal.read_text(encoding="utf-8"))]
    _undo(moves)
    journal.unlink()
    for stage in _stage_folders(data_paths):
        shutil.rmtree(stage, ignore_errors=True)
    log.warning("A restore was interrupted; everything is as it was before it")
    return True


@contextmanager
def _stages(data_paths: DataPaths) -> Iterator[tuple[Path, Path]]:
    """Make empty folders beside the database and beside the posters, so that moving in is renaming."""
    stages = _stage_folders(data_paths)
    for stage in stages:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
    try:
        yield stages
    finally:
        for stage in stages:
            shutil.rmtree(stage, ignore_errors=True)


def _stage_folders(data_paths: DataPaths) -> tuple[Path, Path]:
    beside = data_paths.database_file.parent if data_paths.database_file else data_paths.data_dir
    return beside / STAGE, data_paths.posters_dir / STAGE


def _bring(file: Path, stage: Path, posters_stage: Path) -> Path | None:
    """Put what a file holds on the stages; give that of the posters, if there are any in it."""
    if is_database(file):
        copy_database(file, stage / DATABASE)
        return None
    if is_dump(file):
        shutil.copyfile(file, stage / TABLES)
        return None
    _unpack(file, stage, posters_stage)
    return posters_stage


def _unpack(file: Path, stage: Path, posters_stage: Path) -> None:
    """Write out what the archive holds, after looking at every name, and compare it with the list at its end."""
    found: dict[str, str] = {}
    manifest: object = None
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                # Links and devices reach elsewhere, and a file with holes has any size.
                stream = archive.extractfile(member) if member.isreg() and not member.issparse() else None
                if stream is None:
                    raise _not_a_backup(file, member.name)
                _check_size(member, file, stage)
                if member.name == MANIFEST:
                    manifest = json.load(stream)
                else:
                    found[member.name] = _write_out(stream, _place_of(member.name, file, stage, posters_stage))
    except (tarfile.TarError, EOFError, zlib.error, *NOT_OURS) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")
        raise BackupError(f"{file} is not a backup of Mural, or is damaged: {reason}.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BackupError(f"{file} is not complete: the list at its end is missing.")
    if manifest.get("files") != found:
        raise BackupError(f"{file} is damaged: what it holds is not what the list at its end says.")


def _place_of(name: str, file: Path, stage: Path, posters_stage: Path) -> Path:
    if name in (DATABASE, TABLES, SECRET_KEY):
        return stage / name
    if POSTER_MEMBER.fullmatch(name):
        return posters_stage / name.removeprefix(f"{POSTERS}/")
    raise _not_a_backup(file, name)


def _not_a_backup(file: Path, name: str) -> BackupError:
    shown = "".join(letter if letter.isprintable() else " " for letter in name[:100])
    return BackupError(f"{file} is not a backup of Mural: it holds “{shown}”.")


def _check_size(member: tarfile.TarInfo, file: Path, stage: Path) -> None:
    """Raise BackupError for a member that is larger than it may be, or than there is room for."""
    if member.size > LARGEST_BYTES.get(member.name, member.size):
        raise BackupError(f"{file} is not a backup of Mural: its {member.name} is too large.")
    if shutil.disk_usage(stage).free < member.size + SPARE_BYTES:
        raise BackupError(f"{file} holds more than there is room for in {stage.parent}.")


def _write_out(stream: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    summing = Summing(stream)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while data := summing.read(CHUNK_BYTES):
            out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return summing.checksum


def _fit(data_paths: DataPaths, stage: Path) -> None:
    if data_paths.database_file is None and not (stage / TABLES).exists():
        raise BackupError("The backup holds an SQLite database, and DATABASE_URL names a PostgreSQL server.")
    if data_paths.database_file is not None and not (stage / DATABASE).exists():
        raise BackupError("The backup holds the tables of a PostgreSQL server, and DATABASE_URL names none.")


def _restore_tables(data_paths: DataPaths, stage: Path, brought: Path | None, moves: list[Move]) -> RestoreReport:
    """Bring tables and posters back together: the tables are swapped last, in one transaction."""
    kept_schema = f"before_restore_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    with staged_tables(data_paths.database_url) as staged:
        load_tables(staged.database, stage / TABLES)
        migrate(staged.database, stage)
        if brought is None:
            _join(staged.database, data_paths)
        else:
            _forget_absent(staged.database, brought)
        _begin_epochs(staged.database)
        _swap(data_paths, moves, lambda: staged.swap_in(kept_schema))
    return replace(_report(moves, data_paths), kept_schema=kept_schema)


def _forget_absent(database: Database, brought: Path) -> None:
    """Delete the rows of posters that were taken down while the backup was made."""
    with database.write() as session:
        gone = set(session.scalars(select(PosterRow.id))) - {folder.name for folder in brought.glob("*/*")}
        session.execute(delete(PosterRow).where(PosterRow.id.in_(gone)))


def _join(database: Database, data_paths: DataPaths) -> None:
    """Bring a database that came alone together with the files that are there."""
    reindex(database, PosterFiles(data_paths.posters_dir, max_bytes=0), ThemeFiles(data_paths.own_themes_dir))


def _prepare(data_paths: DataPaths, stage: Path, brought: Path | None) -> None:
    """Make the database fit for use: whole, of this version, of the posters there are, and of a new epoch."""
    check_database(stage / DATABASE)
    check_layout(stage / DATABASE, stage)
    database = Database(f"sqlite:///{stage / DATABASE}")
    try:
        migrate(database, stage)
        database.close()
        check_rows(stage / DATABASE)
        if brought is None:
            _join(database, data_paths)
        _begin_epochs(database)
    finally:
        database.close()
    for left in with_side_files(stage / DATABASE)[1:]:
        left.unlink(missing_ok=True)


def _begin_epochs(database: Database) -> None:
    """Let nothing that clients remember count: it was numbered after the backup was made."""
    with database.write() as session:
        WALL.ensure(session)
        WALL.begin_epoch(session, WALL.position(session).seq)
        session.execute(update(StreamRow).values(epoch=uuid4().hex))
    begin_anew(database, round(utc_now().timestamp() * 1000))


def _planned(data_paths: DataPaths, stage: Path, brought: Path | None) -> list[Move]:
    """Plan the moves: what is there goes aside, then what was brought comes in."""
    stamp = f"{ASIDE_PREFIX}{datetime.now(UTC):%Y%m%d_%H%M%S}"
    leaving: list[Path] = []
    coming: list[Move] = []
    if data_paths.database_file is not None:
        leaving += with_side_files(data_paths.database_file)
        coming.append((stage / DATABASE, data_paths.database_file))
    if (stage / SECRET_KEY).exists():
        leaving.append(data_paths.secret_key_file)
        coming.append((stage / SECRET_KEY, data_paths.secret_key_file))
    if brought is not None:
        leaving += sorted(data_paths.posters_dir.glob("[0-9a-f][0-9a-f]"))
        coming += [(shelf, data_paths.posters_dir / shelf.name) for shelf in sorted(brought.iterdir())]
    aside = [(path, path.parent / stamp / path.name) for path in leaving if path.exists()]
    return aside + coming


def _swap(data_paths: DataPaths, moves: list[Move], finish: Callable[[], None] = lambda: None) -> None:
    """Do all moves and what finishes them, or none, even when killed in between: the plan is on the disk until then."""
    journal = data_paths.journal_file
    write_durably(journal, json.dumps([[str(source), str(target)] for source, target in moves]).encode())
    try:
        for source, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
        finish()
    except (OSError, MuralError):
        _undo(moves)
        journal.unlink()
        raise
    journal.unlink()


def _undo(moves: list[Move]) -> None:
    for source, target in reversed(moves):
        if target.exists() and not source.exists():
            source.parent.mkdir(parents=True, exist_ok=True)
            target.rename(source)
    for folder in {target.parent for _source, target in moves if target.parent.name.startswith(ASIDE_PREFIX)}:
        if folder.exists():
            folder.rmdir()


def _report(moves: list[Move], data_paths: DataPaths) -> RestoreReport:
    kept_in = {target.parent for _source, target in moves if target.parent.name.startswith(ASIDE_PREFIX)}
    came = [target for _source, target in moves if target.parent == data_paths.posters_dir]
    posters = sum(len(list(shelf.iterdir())) for shelf in came)
    return RestoreReport(posters, tuple(sorted(kept_in)))
