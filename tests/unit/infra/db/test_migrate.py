from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from infra.db import migrate as module
from infra.db.migrate import NewerSchema, head, make_tables, migrate
from infra.db.models import Base, PosterJobRow, PosterRow, StreamEventRow
from infra.db.session import Database, make_engine
from infra.events.streams import Kept, Position, Resume
from services.board.log import BOARD
from services.posters.wall_news import WALL


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


def test_what_hung_stays_hung_and_what_did_not_is_found_by_its_link(database: Database, tmp_path: Path) -> None:
    make_tables(database, "0004")
    with database.write() as session:
        session.execute(text("INSERT INTO posters " + POSTER_OF_0004), [OLD_POSTER, OLD_POSTER | HIDDEN])
        session.execute(text("INSERT INTO jobs " + JOB_OF_0004), [OLD_JOB, OLD_JOB | HIDDEN])
    migrate(database, tmp_path / "backups")
    with database.read() as session:
        posters = {row.id: row for row in session.scalars(select(PosterRow).order_by(PosterRow.id))}
        jobs = {row.id: row.visibility for row in session.scalars(select(PosterJobRow))}
        hung = session.scalars(select(PosterRow.id).where(PosterRow.public)).all()
        design = session.scalar(select(PosterRow.design).where(PosterRow.id == "a"))
    assert {ident: row.visibility for ident, row in posters.items()} == {"a": "public", "b": "unlisted"}
    assert jobs == {"a": "public", "b": "unlisted"}
    assert (posters["a"].public, posters["a"].gallery_seq, hung) == (True, 3, ["a"])
    assert design == OLD_POSTER["design"]
    database.close()


def test_the_walls_events_become_a_stream_of_facts_and_the_board_goes_on_counting(
    database: Database, tmp_path: Path
) -> None:
    make_tables(database, "0005")
    poster = {"id": "a", "city": "Oslo", "visibility": "public"}
    added = {"seq": 6, "poster": poster | {"url": "/old/posters/a", "thumbnail_url": "/old/api/v1/posters/a?v=6"}}
    with database.write() as session:
        session.execute(text("INSERT INTO streams VALUES ('gallery', 'e', 7)"))
        told = text("INSERT INTO gallery_events VALUES (:seq, :event, :poster, :payload, '2026-01-01 12:00:00')")
        session.execute(told, {"seq": 6, "event": "gallery:poster_added", "poster": "a", "payload": json.dumps(added)})
        removed = {"seq": 7, "event": "gallery:poster_removed", "poster": "b", "payload": '{"seq": 7, "id": "b"}'}
        session.execute(told, removed)
        for epoch, first_seq in ((11, 0), (12, 3)):
            season = text("INSERT INTO canvas_seasons VALUES (:epoch, 0, 32, 16, '[]', :first_seq)")
            session.execute(season, {"epoch": epoch, "first_seq": first_seq})
        session.execute(text("INSERT INTO canvas_actors VALUES (1, 'ann')"))
        session.execute(text("INSERT INTO canvas_placements VALUES (5000000000, 0, 1, 0, 1, 1, 0, NULL)"))
    migrate(database, tmp_path / "backups")
    hung = Kept(6, "gallery:poster_added", {"seq": 6, "poster": poster | {"version": "6"}})
    gone = Kept(7, "gallery:poster_removed", {"seq": 7, "id": "b"})
    with database.read() as session:
        assert WALL.resume(session, "e", 5) == Resume("replay", "e", 7, (hung, gone))
        assert BOARD.position(session) == Position("12", 5_000_000_000)
        subjects = session.scalars(select(StreamEventRow.subject).order_by(StreamEventRow.seq)).all()
    assert subjects == ["a", "b"]
    database.close()


OLD_POSTER = {
    "id": "a",
    "public": True,
    "preview": False,
    "gallery_seq": 3,
    "latitude": 60.1715,
    "width_px": 3600,
    "created_at": "2026-01-01 12:00:00",
    "design": '{"tracks":[{"label":"Walk","points":[[60.1,24.1],[60.2,24.2]]}]}',
}
HIDDEN = {"id": "b", "public": False, "gallery_seq": None}
POSTER_OF_0004 = """(id, job_id, owner, public, preview, fingerprint, gallery_seq, city, city_key, country, latitude,
longitude, theme, theme_name, distance_m, format, width_mm, height_mm, width_px, height_px, dpi,
poster_file, filename, file_size, source, generation_s, created_at, design) VALUES (:id, 'j', 'ann',
:public, :preview, 'f', :gallery_seq, 'Helsinki', 'helsinki', 'Finland', :latitude, 24.9443, 'noir',
'Noir', 500, 'png', 304.8, 406.4, :width_px, 4800, 300, 'poster.png', 'helsinki.png', 7, 'sample',
1.5, :created_at, :design)"""

OLD_JOB = OLD_POSTER | {"public": True}
JOB_OF_0004 = """(id, owner, public, preview, state, fingerprint, city, country, theme, format, megapixels, distance_m,
attempts, interruptions, created_at, estimate_s, progress, step, retry_allowed, design) VALUES (:id, 'ann', :public,
:preview, 'completed', 'f', 'Helsinki', 'Finland', 'noir', 'png', 17.3, 500, 1, 0, :created_at, 5, 100, 'publishing',
false, :design)"""
"""Rows as the last version before there were private posters wrote them."""
