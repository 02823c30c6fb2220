"""Bring the database's tables to this version: at every start, after a backup, and never backwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from infra.db.session import Database, make_engine
from mural.errors import MuralError

MIGRATIONS: Final = Path(__file__).resolve().parent / "migrations"
VERSION_TABLE: Final = "alembic_version"


class NewerSchema(MuralError):
    """The database was written by a later version of Mural, whose tables this one does not know."""

    title = "Database too new"


def migrate(database: Database, backups_dir: Path) -> None:
    """Upgrade the tables to this version; raise NewerSchema when they are ahead of it."""
    # Without foreign keys: SQLite's tables are changed by rebuilding them, which must not cascade into other tables.
    engine = make_engine(database.url, foreign_keys=False)
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        if current == head():
            return
        _refuse_newer(current)
        if current is not None and database.is_sqlite:
            _back_up(database.url, backups_dir, current)
        _upgrade(engine, "head")
    finally:
        engine.dispose()


def make_tables(database: Database, revision: str) -> None:
    """Make the tables that some version had in an empty database; raise NewerSchema when that version is unknown."""
    _refuse_newer(revision)
    _upgrade(database.engine, revision)


def head() -> str:
    """Name the revision that this version of Mural works with."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise RuntimeError(f"no migrations in {MIGRATIONS}")
    return revision


def _upgrade(engine: Engine, revision: str) -> None:
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _refuse_newer(current: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise NewerSchema(
            f"The database has the layout “{current}” of a newer Mural; this one knows “{head()}”. "
            "Install the newer version again, or restore a backup made before the upgrade.",
            found=current,
            known=head(),
        )


def _back_up(url: URL, backups_dir: Path, revision: str) -> None:
    backups_dir.mkdir(parents=True, exist_ok=True)
    copy = backups_dir / f"before-upgrade-from-{revision}-{datetime.now(UTC):%Y%m%d_%H%M%S}.db"
    with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
