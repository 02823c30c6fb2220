"""A process that does jobs of a kind for tests: ``python -m tests.support.job_worker DATABASE_URL NAME FILE``.

Its stopwatch runs a hundred times too fast, so that others' leases soon seem to have run out, now and then even of jobs
that are worked on. What it has completed it writes down, one job a line, after the commit.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from infra.background import ThreadBackground
from infra.clock import utc_now
from infra.db.session import Database
from infra.jobs.kinds import Attempt, Kinds
from infra.jobs.live import LiveProgress
from infra.jobs.runner import JobRunner
from infra.jobs.scheduler import Scheduler, Turns
from infra.jobs.store import JobStore
from infra.jobs.surroundings import Surroundings

FASTER = 100


class Echo:
    """A kind of job that says its id."""

    name = "echo"

    def __init__(self, database: Database, file: Path) -> None:
        self._database = database
        self._file = file

    def run(self, attempt: Attempt) -> None:
        """Complete a job."""
        time.sleep(0.02)
        with self._database.write() as session:
            attempt.complete(session)
        with self._file.open("a", encoding="ascii") as done:
            done.write(f"{attempt.job_id}\n")

    def ended(self, job_id: str) -> None:
        """Tell nobody."""

    def why_given_up(self, deaths: int) -> str:
        """Say why."""
        return f"{deaths} deaths"


def main(url: str, name: str, file: str) -> None:
    """Do jobs until killed."""
    database, background = Database(url, busy_timeout_s=30.0), ThreadBackground()
    around = Surroundings(background, utc_now, lambda: time.monotonic() * FASTER)
    store, kinds, live = (
        JobStore(database, utc_now, name),
        Kinds([Echo(database, Path(file))]),
        LiveProgress(background),
    )
    runner = JobRunner(store, kinds, live, around, lambda: 0.0)
    scheduler = Scheduler(store, runner, kinds, live, Turns(), around, 2)
    scheduler.start()
    while True:
        time.sleep(0.05)
        scheduler.wake()


if __name__ == "__main__":
    main(*sys.argv[1:])
