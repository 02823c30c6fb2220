"""Leases: who works on a job, until when, and what becomes of a job whose worker is heard of no more.

A worker takes a job with a number of its own and renews its lease while it works. Every write about the job names owner
and number, so whoever has lost a lease can finish nothing. A lease has run out when somebody has watched it stand still
for its whole length by a stopwatch of his own: no clock decides that, so none that is set back or put on can.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement

from infra.clock import Stopwatch
from infra.db.models import JobRow
from infra.processes.cancellation import CancelToken
from mural.jobs.states import JobState

LEASE_S: Final = 30.0
"""For so long a lease holds without being renewed."""

RENEW_EVERY_S: Final = LEASE_S / 3


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a job: who has it, and the how-manieth it is of that job."""

    job_id: str
    owner: str
    number: int

    def holds(self) -> ColumnElement[bool]:
        """Select the job while this is its lease."""
        mine = (JobRow.lease_owner == self.owner) & (JobRow.lease_number == self.number)
        return (JobRow.id == self.job_id) & (JobRow.state == JobState.PROCESSING) & mine


@dataclass(frozen=True, slots=True)
class InWork:
    """A job in work as it was seen in the database: who has it, and how it has fared."""

    id: str
    kind: str
    owner: str
    priority: int
    interruptions: int
    lease_owner: str | None
    lease_number: int
    lease_until: datetime | None

    def unchanged(self) -> ColumnElement[bool]:
        """Select the job while its lease is the one that was seen, and was not renewed since."""
        same = JobRow.lease_owner.is_not_distinct_from(self.lease_owner) & (JobRow.lease_number == self.lease_number)
        renewed = JobRow.lease_until.is_not_distinct_from(self.lease_until)
        return (JobRow.id == self.id) & (JobRow.state == JobState.PROCESSING) & same & renewed


@dataclass(slots=True)
class Held:
    """A job that this process works on: how to stop it, and by which lease it has it once it has one."""

    token: CancelToken = field(default_factory=CancelToken)
    lease: Lease | None = None


class HeldLeases:
    """The jobs that this process works on, by their ids: threads come and go while others look through them."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        self._changing = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._held

    def add(self, job_id: str) -> Held:
        """Note a job that is about to be claimed."""
        with self._changing:
            held = self._held[job_id] = Held()
        return held

    def drop(self, job_id: str) -> None:
        """Forget a job that is worked on no more."""
        with self._changing:
            del self._held[job_id]

    def get(self, job_id: str) -> Held | None:
        """Find a job."""
        return self._held.get(job_id)

    def all(self) -> list[Held]:
        """List them as they are this moment."""
        with self._changing:
            return list(self._held.values())


class LeaseWatch:
    """Watches the leases of others, and notices those that nobody renews."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        self._stopwatch = stopwatch
        self._seen: dict[str, tuple[InWork, float]] = {}

    def have_run_out(self, foreign: list[InWork]) -> list[InWork]:
        """Give those of the leases that have stood as they are for longer than a lease holds."""
        now_s = self._stopwatch()
        before, self._seen = self._seen, {}
        for job in foreign:
            seen, since_s = before.get(job.id, (job, now_s))
            self._seen[job.id] = (job, since_s if _same(seen, job) else now_s)
        return [job for job, since_s in self._seen.values() if now_s - since_s > LEASE_S]


def _same(one: InWork, other: InWork) -> bool:
    leases = [(job.lease_owner, job.lease_number, job.lease_until) for job in (one, other)]
    return leases[0] == leases[1]
