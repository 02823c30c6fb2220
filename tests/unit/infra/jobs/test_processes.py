"""Several processes that share one database, and are killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from config import ROOT
from infra.clock import utc_now
from infra.db.migrate import migrate
from infra.db.models import JobRow
from infra.db.session import Database
from infra.jobs.store import ACTIVE, JobStore, Outcome
from mural.jobs.states import JobState
from tests.support.waiting import wait_until

JOBS = 40


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Database:
    (tmp_path / "data").mkdir(exist_ok=True)
    database = Database(database_url or f"sqlite:///{tmp_path}/jobs.db", busy_timeout_s=30.0)
    migrate(database, tmp_path)
    return database


def add(database: Database, count: int) -> list[str]:
    ids = [uuid4().hex for _ in range(count)]
    with database.write() as session:
        for number, ident in enumerate(ids):
            row = JobRow(id=ident, kind="echo", owner=f"owner {number}", state="pending", created_at=utc_now())
            row.estimate_s, row.payload = 1.0, "{}"
            session.add(row)
    return ids


def worker(database: Database, name: str, file: Path) -> subprocess.Popen[bytes]:
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.support.job_worker", url, name, str(file)]
    return subprocess.Popen(command, cwd=ROOT)


def test_each_job_is_finished_exactly_once_though_workers_are_killed(database: Database, tmp_path: Path) -> None:
    jobs, done, store = add(database, JOBS), tmp_path / "done", JobStore(database, utc_now, "nobody")
    done.touch()

    def finished(count: int) -> Callable[[], bool]:
        return lambda: len(done.read_text("ascii").split()) >= count

    workers = [worker(database, f"worker {number}", done) for number in range(2)]
    for number in range(2):
        wait_until(finished(8 * (number + 1)))
        workers[number].kill()
        workers[number].wait()
        workers.append(worker(database, f"worker {number + 2}", done))
    wait_until(lambda: store.count(ACTIVE) == 0)
    for process in workers[2:]:
        process.kill()
        process.wait()
    said = done.read_text("ascii").split()
    assert len(said) == len(set(said)), "a job was finished twice"
    assert set(said) <= set(jobs)
    with database.read() as session:
        states = {row.id: row.state for row in session.execute(select(JobRow.id, JobRow.state))}
    assert states == dict.fromkeys(jobs, "completed")
    database.close()


def test_who_has_lost_a_lease_finishes_nothing(database: Database) -> None:
    [job_id] = add(database, 1)
    first, second = (JobStore(database, utc_now, name) for name in ("first", "second"))
    lost = first.claim(job_id)
    assert lost is not None
    assert second.claim(job_id) is None
    [seen] = second.in_work()
    taken = second.take_over(seen)
    assert taken is not None
    assert first.renew([job_id]) == set()
    done = Outcome(state=JobState.COMPLETED, progress=100)
    assert not first.finish(lost, done)
    assert not first.requeue(lost)
    assert second.finish(taken, done)
    database.close()


def test_a_lease_that_was_renewed_is_taken_over_by_nobody(database: Database) -> None:
    [job_id] = add(database, 1)
    moment = utc_now()
    first = JobStore(database, lambda: moment, "first")  # its clock stands still
    second = JobStore(database, utc_now, "second")
    assert first.claim(job_id) is not None
    [seen] = second.in_work()
    assert {lease.job_id for lease in first.renew([job_id])} == {job_id}
    assert second.take_over(seen) is None
    assert second.free(job_id) is None
    database.close()
