"""What there is to do: every kind of job says how it is done and who hears of its end. Nothing here knows a product."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from infra.jobs.leases import Lease
from infra.jobs.live import JobProgress
from infra.processes.cancellation import CancelToken


@dataclass(frozen=True, slots=True)
class Attempt:
    """One go at a job, as its kind sees it.

    ``alive`` is called at the first sign of life of whatever does the work, ``report`` with how far that is, and
    ``complete`` within the transaction that brings in what was made: it raises Cancelled when the job is not ours any
    more. ``token`` says when to stop.
    """

    lease: Lease
    token: CancelToken
    alive: Callable[[], None]
    report: Callable[[JobProgress], None]
    complete: Callable[[Session], None]

    @property
    def job_id(self) -> str:
        """Tell which job it is."""
        return self.lease.job_id


class JobKind(Protocol):
    """A kind of job: a name that the table of jobs keeps, and what is done for it."""

    @property
    def name(self) -> str:
        """Name the kind."""

    def run(self, attempt: Attempt) -> None:
        """Do a job in the thread that this is called in; raise what went wrong, or Cancelled.

        What it makes is brought in by ``attempt.complete``; where there is nothing to bring in, the job is completed
        when this returns.
        """

    def ended(self, job_id: str) -> None:
        """Hear that a job has ended, completed or failed: learn from it, and tell whoever waits for it."""

    def why_given_up(self, deaths: int) -> str:
        """Say that the server died so many times in a row while the job was in work."""


class Kinds:
    """The kinds that this process can do."""

    def __init__(self, kinds: Iterable[JobKind]) -> None:
        self._kinds = {kind.name: kind for kind in kinds}

    @property
    def names(self) -> frozenset[str]:
        """Name them: jobs of other kinds are left to processes that can do them."""
        return frozenset(self._kinds)

    def named(self, name: str) -> JobKind:
        """Find a kind."""
        return self._kinds[name]
