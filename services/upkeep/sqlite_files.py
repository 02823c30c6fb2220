"""SQLite's files as files: copy one that is in use, and look whether one is whole.

`python -m services.upkeep.sqlite_files SOURCE TARGET` copies in a process of its own: the copy runs inside C from end
to end, and a server on green threads must not stand still for so long.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

from infra.db.session import SIDE_FILES
from mural.errors import MuralError
from mural.files import sync

MAGIC: Final = b"SQLite format 3\x00"


class DamagedDatabase(MuralError):
    """A database file that cannot be read, in whole or in part."""

    title = "Damaged database"


def copy_database(source: Path, target: Path) -> None:
    """Copy the database as it stands at this moment, whoever is writing; the target appears complete or not at all."""
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        with closing(_opened(source)) as theirs, closing(sqlite3.connect(part)) as ours:
            theirs.backup(ours)
            ours.execute("PRAGMA journal_mode = DELETE")  # so that it is one file
        part.chmod(0o600)
        sync(part)
        part.replace(target)
    except sqlite3.Error as error:
        raise DamagedDatabase(f"{source} could not be copied to {target}: {error}.", file=str(source)) from error
    finally:
        part.unlink(missing_ok=True)


def read_only(file: Path) -> sqlite3.Connection:
    """Open a database that nobody has in use, to look at it without running anything that it brings along."""
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def check_database(file: Path) -> None:
    """Raise DamagedDatabase when a file is not a database, or one whose pages do not fit together."""
    try:
        with closing(_opened(file)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
    except sqlite3.Error as error:
        found = [str(error)]
    if found != ["ok"]:
        raise DamagedDatabase(f"The database {file} is damaged: {found[0].splitlines()[0]}.", file=str(file))


def is_database(file: Path) -> bool:
    """Tell whether a file says of itself that it is a database."""
    with file.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def with_side_files(file: Path) -> list[Path]:
    """List a database's file and what belongs to it."""
    return [file, *(file.with_name(file.name + end) for end in SIDE_FILES)]


def _opened(file: Path) -> sqlite3.Connection:
    if not file.is_file():
        raise sqlite3.OperationalError("there is no such file")
    connection = sqlite3.connect(file, timeout=30)
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def main(source: str, target: str) -> None:
    """Copy a database, or say in one line why not."""
    try:
        copy_database(Path(source), Path(target))
    except (MuralError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
