from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from services.db import migrate as module
from services.db.migrate import NewerSchema, head, migrate
from services.db.models import Base
from services.db.session import Database, make_engine


def revision(database: Database) -> str | None:
    with database.read() as session:
        found: str | None = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Database:
    (tmp_path / "data").mkdir()
    return Database(database_url)


def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database, tmp_path: Path) -> None:
    migrate(database, tmp_path / "backups")
    engine = make_engine(database.url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert differences == []
    assert revision(database) == head()
    database.close()


def test_a_second_start_changes_nothing(database: Database, tmp_path: Path) -> None:
    migrate(database, tmp_path / "backups")
    migrate(database, tmp_path / "backups")
    assert not (tmp_path / "backups").exists()
    database.close()


def test_a_newer_database_is_refused_with_a_sentence(database: Database, tmp_path: Path) -> None:
    migrate(database, tmp_path / "backups")
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema, match="newer Mural"):
        migrate(database, tmp_path / "backups")
    assert revision(database) == "9999"
    database.close()


def test_an_older_sqlite_file_is_backed_up_before_it_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mural.db'}")
    migrate(database, tmp_path / "backups")
    with database.write() as session:
        session.execute(text("INSERT INTO streams VALUES ('kept', 'e', 7)"))
    before = head()
    later = _with_a_later_migration(tmp_path)
    monkeypatch.setattr(module, "MIGRATIONS", later)
    migrate(database, tmp_path / "backups")
    assert revision(database) == "later"
    [backup] = (tmp_path / "backups").iterdir()
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT seq FROM streams WHERE name = 'kept'").fetchall() == [(7,)]
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [(before,)]
    database.close()


def _with_a_later_migration(tmp_path: Path) -> Path:
    later = tmp_path / "migrations"
    (later / "versions").mkdir(parents=True)
    (later / "env.py").write_text((module.MIGRATIONS / "env.py").read_text())
    for script in (module.MIGRATIONS / "versions").glob("*.py"):
        (later / "versions" / script.name).write_text(script.read_text())
    (later / "versions" / "later.py").write_text(
        f"from alembic import op\n\nrevision = 'later'\ndown_revision = '{head()}'\n\n\n"
        "def upgrade():\n    op.execute('CREATE TABLE later (id INTEGER)')\n"
    )
    return later
