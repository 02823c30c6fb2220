"""Jobs of any kind in the database. Each move between states is one conditional UPDATE whose row count says who won."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from infra.clock import Clock
from infra.db.models import JobRow
from infra.db.session import Database
from infra.jobs.leases import LEASE_S, InWork, Lease
from mural.errors import Cancelled, NotFound
from mural.jobs.queue import Waiting
from mural.jobs.states import JobState

ACTIVE: Final = (JobState.PENDING, JobState.PROCESSING)

NO_LEASE: Final[dict[str, Any]] = {"lease_owner": None, "lease_until": None}
"""What a job says that nobody works on; the number of its leases goes on counting."""

TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a job has ended."""

    state: JobState
    progress: int = 0
    step: str = ""
    error: str | None = None
    error_message: str | None = None
    retry_allowed: bool = False


class JobStore:
    """Reads and moves jobs; ``me`` is the owner of the leases of this process."""

    def __init__(self, database: Database, clock: Clock, me: str) -> None:
        self._database = database
        self._clock = clock
        self._latest_until: datetime | None = None
        self.me = me

    def get(self, job_id: str) -> JobRow:
        """Find a job; raise NotFound."""
        with self._database.read() as session:
            row = session.get(JobRow, job_id)
        if row is None:
            raise NotFound("Job", job_id)
        return row

    def waiting(self, kinds: Collection[str]) -> list[Waiting]:
        """List the jobs of some kinds in the queue."""
        columns = (JobRow.id, JobRow.owner, JobRow.priority, JobRow.created_at, JobRow.estimate_s, JobRow.not_before)
        query = select(*columns, JobRow.kind).where(JobRow.state == JobState.PENDING)
        with self._database.read() as session:
            rows = session.execute(query).all()
        return [Waiting(row[0], row[1], row[2] > 0, *row[3:6]) for row in rows if row.kind in kinds]

    def in_work(self) -> list[InWork]:
        """List the jobs in work, whoever works on them, oldest first."""
        columns = [getattr(JobRow, name) for name in InWork.__slots__]
        query = select(*columns).where(JobRow.state == JobState.PROCESSING).order_by(JobRow.created_at)
        with self._database.read() as session:
            return [InWork(*row) for row in session.execute(query)]

    def count(self, states: Collection[JobState] | None = None) -> int:
        """Count the jobs, all or those in some states."""
        query = select(func.count()).select_from(JobRow)
        with self._database.read() as session:
            return session.scalar(query if states is None else query.where(JobRow.state.in_(states))) or 0

    def hasten(self, by: timedelta, latest: datetime) -> None:
        """Let the jobs that rest begin so much earlier, and by a moment at the latest."""
        resting = select(JobRow).where(JobRow.state == JobState.PENDING, JobRow.not_before.is_not(None))
        with self._database.write() as session:
            for row in session.scalars(resting):
                if row.not_before is not None:
                    row.not_before = min(row.not_before - by, latest)

    def claim(self, job_id: str) -> Lease | None:
        """Take a job out of the queue; None when it is no longer in it."""
        in_queue = (JobRow.id == job_id) & (JobRow.state == JobState.PENDING)
        now = self._clock()
        values = {"state": JobState.PROCESSING, "started_at": now, "attempts": JobRow.attempts + 1, "not_before": None}
        return self._leased(job_id, in_queue, values)

    def take_over(self, job: InWork) -> Lease | None:
        """Take a job from whoever has it; None when he has renewed his lease, or somebody else was first."""
        return self._leased(job.id, job.unchanged(), {})

    def renew(self, job_ids: Iterable[str]) -> set[Lease]:
        """Keep jobs for a while longer; give all leases that this process has now."""
        mine = (JobRow.state == JobState.PROCESSING) & (JobRow.lease_owner == self.me)
        with self._database.write() as session:
            kept = update(JobRow).where(mine, JobRow.id.in_(list(job_ids)))
            session.execute(kept.values(lease_until=self._until()))
            rows = session.execute(select(JobRow.id, JobRow.lease_number).where(mine)).all()
        return {Lease(job_id, self.me, number) for job_id, number in rows}

    def requeue(self, lease: Lease, **values: Any) -> bool:
        """Put a job back into the queue; whoever worked on it has outlived the attempt."""
        return self.run_again(lease, interruptions=0, **values)

    def run_again(self, lease: Lease, **values: Any) -> bool:
        """Put a job back into the queue that was in work when its worker died."""
        with self._database.write() as session:
            back = {"state": JobState.PENDING, "started_at": None} | NO_LEASE | values
            return changed(session, lease.holds(), back)

    def finish(self, lease: Lease, outcome: Outcome) -> bool:
        """End a job; False when it is not ours any more."""
        with self._database.write() as session:
            return finish(session, lease.holds(), outcome, self._clock())

    def complete(self, lease: Lease, outcome: Outcome, session: Session) -> None:
        """End a job within a transaction; raise Cancelled when it is not ours any more."""
        if not finish(session, lease.holds(), outcome, self._clock()):
            raise Cancelled("The job was ended, or taken by another process, before it was finished.")

    def free(self, job_id: str) -> Lease | None:
        """Take a job that was in work here, or nowhere, when the server died; None where others have it."""
        nobody = JobRow.lease_owner.is_(None) | (JobRow.lease_owner == self.me)
        return self._leased(job_id, (JobRow.id == job_id) & (JobRow.state == JobState.PROCESSING) & nobody, {})

    def cancel(self, job_id: str, outcome: Outcome) -> bool:
        """End a job whoever works on it, as its owner wants; False when it has ended already."""
        with self._database.write() as session:
            on_its_way = (JobRow.id == job_id) & JobRow.state.in_(ACTIVE)
            return finish(session, on_its_way, outcome, self._clock())

    def note_drawing(self, lease: Lease) -> None:
        """Count an interruption beforehand: if the server dies while it draws, nobody can count it then."""
        self._set_interruptions(lease.holds(), JobRow.interruptions + 1)

    def forgive_interruptions(self) -> None:
        """Take all jobs of this process for harmless: it is going to end, and not because of them."""
        self._set_interruptions((JobRow.interruptions > 0) & (JobRow.lease_owner == self.me), 0)

    def _set_interruptions(self, which: ColumnElement[bool], value: Any) -> None:
        with self._database.write() as session:
            changed(session, (JobRow.state == JobState.PROCESSING) & which, {"interruptions": value})

    def _leased(self, job_id: str, which: ColumnElement[bool], values: dict[str, Any]) -> Lease | None:
        lease = {"lease_owner": self.me, "lease_number": JobRow.lease_number + 1, "lease_until": self._until()}
        taken = update(JobRow).where(which).values(lease | values).returning(JobRow.lease_number)
        with self._database.write() as session:
            number = session.scalar(taken)
        return None if number is None else Lease(job_id, self.me, number)

    def _until(self) -> datetime:
        """Tell until when a lease holds that begins now: always another moment, though the clock was set back."""
        until = self._clock() + timedelta(seconds=LEASE_S)
        if self._latest_until is not None:
            until = max(until, self._latest_until + TICK)
        self._latest_until = until
        return until


def finish(session: Session, which: ColumnElement[bool], outcome: Outcome, now: datetime) -> bool:
    """End a job within a transaction; False when it is not as it should be to end so."""
    ends = {"ended_at": now, "active_key": None, "address": None} | NO_LEASE
    return changed(session, which, asdict(outcome) | ends)


def changed(session: Session, which: ColumnElement[bool], values: dict[str, Any]) -> bool:
    """Change a job that is as it should be; False when there is none such."""
    result = session.execute(update(JobRow).where(which).values(values))
    return isinstance(result, CursorResult) and result.rowcount >= 1
