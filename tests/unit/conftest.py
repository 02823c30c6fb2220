"""Every test that takes a database runs on SQLite and, where it can be had, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from config import Config
from infra.db.session import Database
from tests.support.posters import Studio, make_config, make_studio


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """The URL of an empty database on PostgreSQL."""
    database = Database(postgres)
    with database.write() as session:
        for schema in session.scalars(text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before_restore%'")):
            session.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        session.execute(text("DROP SCHEMA public CASCADE"))
        session.execute(text("CREATE SCHEMA public"))
    database.close()
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'mural.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Config:
    return make_config(tmp_path, database_url)


@pytest.fixture
def idle(tmp_path: Path, config: Config) -> Iterator[Studio]:
    """The poster services before they were started: nothing in the queue is run."""
    studio = make_studio(tmp_path, config)
    studio.services.files.start()
    yield studio
    studio.services.database.close()


@pytest.fixture
def studio(tmp_path: Path, config: Config) -> Iterator[Studio]:
    """The running poster services."""
    with make_studio(tmp_path, config).running() as running:
        yield running


@pytest.fixture
def sqlite_studio(tmp_path: Path) -> Iterator[Studio]:
    """The running poster services on SQLite, for what has nothing to do with the kind of database."""
    with make_studio(tmp_path, make_config(tmp_path)).running() as running:
        yield running
