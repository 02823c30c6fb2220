"""One job from start to end, whatever its kind: do it, and see to what becomes of it when that fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from infra.db.models import JobRow
from infra.jobs.kinds import Attempt, JobKind, Kinds
from infra.jobs.leases import Lease
from infra.jobs.live import JobProgress, LiveProgress
from infra.jobs.store import JobStore, Outcome
from infra.jobs.surroundings import Surroundings
from infra.observing import logs
from infra.processes.cancellation import CancelToken
from mural.errors import Cancelled, MuralError, RenderError, RenderTimeout, StorageFull
from mural.jobs import retries
from mural.jobs.states import JobState

log = logging.getLogger(__name__)

Written = TypeVar("Written")

ATTEMPTS_TO_RECORD: Final = 5
"""How often the end of a job is written down anew when the database is in trouble."""


class Interrupted(MuralError):
    """The server stopped while the job was in work."""

    transient = True


class JobRunner:
    """Runs claimed jobs, each in the thread that it is called in."""

    def __init__(
        self,
        store: JobStore,
        kinds: Kinds,
        live: LiveProgress,
        around: Surroundings,
        jitter: Callable[[], float],
    ) -> None:
        self._store = store
        self._kinds = kinds
        self._live = live
        self._background = around.background
        self._clock = around.clock
        self._jitter = jitter

    def run(self, lease: Lease, token: CancelToken, on_alive: Callable[[], None]) -> None:
        """Do a claimed job; whatever happens, the job is in an honest state afterwards.

        ``on_alive`` hears of the first sign of life that whatever does the work gives.
        """
        logs.about_from_here(job_id=lease.job_id)
        try:
            self._do(lease, token, on_alive)
        except Cancelled:
            # A job that somebody cancelled has left this state already; only a stop of the server puts one back.
            self._record(lambda: self._store.requeue(lease, attempts=JobRow.attempts - 1))
            self._live.forget(lease.job_id)
        except MuralError as error:
            self._troubled(lease, error)
        except Exception:  # the edge of the job's own thread: nobody above could tell the job's watchers
            log.exception("Job %s met an error of the program", lease.job_id)
            self._troubled(lease, RenderError("Something went wrong inside Mural. The log of the server says what."))

    def give_up(self, lease: Lease, deaths: int) -> None:
        """Fail a job that was interrupted too often."""
        kind = self._kind_of(lease)
        if kind is not None:
            self._fail(lease, Interrupted(kind.why_given_up(deaths)), JobProgress())

    def _do(self, lease: Lease, token: CancelToken, on_alive: Callable[[], None]) -> None:
        self._live.begin(lease.job_id)
        kind, done = self._kinds.named(self._store.get(lease.job_id).kind), _completed(self._live, lease)
        brought_in = False

        def complete(session: Session) -> None:
            nonlocal brought_in
            self._store.complete(lease, done(), session)
            brought_in = True

        kind.run(Attempt(lease, token, on_alive, lambda progress: self._live.update(lease.job_id, progress), complete))
        if not brought_in:
            self._record(lambda: self._store.finish(lease, done()))
        self._live.forget(lease.job_id)
        self._record(lambda: kind.ended(lease.job_id))

    def _kind_of(self, lease: Lease) -> JobKind | None:
        row = self._record(lambda: self._store.get(lease.job_id))
        return None if row is None else self._kinds.named(row.kind)

    def _troubled(self, lease: Lease, error: MuralError) -> None:
        progress = self._live.forget(lease.job_id)
        row = self._record(lambda: self._store.get(lease.job_id))
        if row is None:
            return
        log.warning("Job %s failed at attempt %d: %s: %s", lease.job_id, row.attempts, error.kind, error.message)
        if error.transient and retries.may_retry(row.attempts):
            self._try_again_later(lease, row.attempts, error)
        else:
            self._fail(lease, error, progress)

    def _try_again_later(self, lease: Lease, attempts: int, error: MuralError) -> None:
        asked_s = error.facts.get("retry_after", 0.0)
        delay_s = retries.delay_s(attempts, self._jitter(), float(asked_s))
        not_before = self._clock() + timedelta(seconds=delay_s)
        message = f"{error.message} Trying again in {round(delay_s)} s."
        self._record(lambda: self._store.requeue(lease, not_before=not_before, error_message=message))
        self._live.touch(lease.job_id)

    def _fail(self, lease: Lease, error: MuralError, progress: JobProgress) -> None:
        outcome = Outcome(
            state=JobState.FAILED,
            progress=progress.percent,
            step=progress.step,
            error=error.kind,
            error_message=error.message,
            retry_allowed=error.transient or isinstance(error, RenderTimeout | StorageFull),
        )
        if self._record(lambda: self._store.finish(lease, outcome)):
            kind = self._kind_of(lease)
            if kind is not None:
                self._record(lambda: kind.ended(lease.job_id))

    def _record(self, write: Callable[[], Written]) -> Written | None:
        """Write or read what became of a job, insisting while the database is busy or the disk full.

        When it will not be written, the scheduler finds the job later, in work and with nobody working on it.
        """
        for attempt in range(ATTEMPTS_TO_RECORD):
            try:
                return write()
            except MuralError as error:
                log.warning("The database could not be used: %s", error.message)
                self._background.sleep(0.2 * 2**attempt)
        return None


def _completed(live: LiveProgress, lease: Lease) -> Callable[[], Outcome]:
    """Give what tells how a job ends that is completed: by the last step that it has reported."""

    def done() -> Outcome:
        progress = live.of(lease.job_id) or JobProgress()
        return Outcome(state=JobState.COMPLETED, progress=100, step=progress.step)

    return done
