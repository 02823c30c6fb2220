"""The whole server on PostgreSQL: whoever waits for the database waits alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import requests
from psycopg import sql

from tests.support.server import MODES, QuickServer
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system

WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def postgres_url(postgres: str, mode: str) -> str:
    """The URL of a database of the test's own."""
    with psycopg.connect(postgres, autocommit=True) as ours:
        ours.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(mode)))
    return postgres.removesuffix("postgres") + mode


def test_a_query_that_takes_long_holds_up_nobody_else(mode: str, postgres_url: str, tmp_path: Path) -> None:
    server = QuickServer(tmp_path / "data", DATABASE_URL=postgres_url, ASYNC_MODE=mode)
    try:
        job = server.wait_for(server.submit()["job_id"], "completed", "failed")
        assert job["status"] == "completed", job
        with psycopg.connect(postgres_url) as ours, psycopg.connect(postgres_url, autocommit=True) as watching:
            with ThreadPoolExecutor() as pool, ours.transaction():
                ours.execute("LOCK TABLE posters")
                slow = pool.submit(requests.get, f"{server.api}/gallery", timeout=120)
                wait_until(lambda: watching.execute(WAITING).fetchall())
                # It waits for us, and we for this answer, which needs no table: a server that stood still gave none.
                assert requests.get(f"{server.api}/themes/noir", timeout=30).ok
                assert not slow.done()
            assert slow.result().json()["posters"][0]["job_id"] == job["job_id"]
    finally:
        server.stop()
