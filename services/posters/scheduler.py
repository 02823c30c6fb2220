"""Whose job runs when: a thread that starts the next job whenever there is a job to start and a place to run it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from infra.background import Background
from infra.clock import Clock
from infra.db.models import JobRow
from infra.loop import Loop
from infra.processes.cancellation import CancelToken
from mural.errors import MuralError
from mural.jobs import retries
from mural.jobs.queue import next_job
from mural.jobs.states import JobState
from services.posters.job_runner import JobRunner
from services.posters.job_store import JobStore
from services.posters.live import LiveProgress

log = logging.getLogger(__name__)

LONGEST_NAP_S: Final = 30.0
"""How long the scheduler sleeps when nothing wakes it; then it also looks for jobs that were lost."""

TURNS_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Running:
    """A job in work: whose it is and how to stop it."""

    owner: str
    preview: bool
    token: CancelToken = field(default_factory=CancelToken)


class Turns:
    """Numbers the owners by when they were served last; forgets those of long ago."""

    def __init__(self) -> None:
        self._latest = 0
        self._numbers: dict[str, int] = {}
        self._changing = threading.Lock()

    def serve(self, owner: str) -> None:
        """Give the owner the latest number."""
        with self._changing:
            self._latest += 1
            self._numbers.pop(owner, None)
            self._numbers[owner] = self._latest
            if len(self._numbers) > TURNS_KEPT:
                del self._numbers[next(iter(self._numbers))]

    def now(self) -> dict[str, int]:
        """Give the owners' numbers as they are this moment."""
        with self._changing:
            return dict(self._numbers)


class InWork:
    """The jobs that this process works on, by their ids: threads come and go while others look through them."""

    def __init__(self) -> None:
        self._running: dict[str, Running] = {}
        self._changing = threading.Lock()

    def __len__(self) -> int:
        return len(self._running)

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._running

    def add(self, job_id: str, running: Running) -> None:
        """Note a job."""
        with self._changing:
            self._running[job_id] = running

    def drop(self, job_id: str) -> None:
        """Forget a job that is worked on no more."""
        with self._changing:
            del self._running[job_id]

    def get(self, job_id: str) -> Running | None:
        """Find a job."""
        return self._running.get(job_id)

    def all(self) -> list[Running]:
        """List them as they are this moment."""
        with self._changing:
            return list(self._running.values())


class Scheduler:
    """Starts jobs, fairly between their owners, as many at once as there are render processes."""

    def __init__(
        self,
        store: JobStore,
        runner: JobRunner,
        live: LiveProgress,
        turns: Turns,
        background: Background,
        clock: Clock,
        workers: int,
    ) -> None:
        self._store = store
        self._runner = runner
        self._live = live
        self._turns = turns
        self._background = background
        self._clock = clock
        self._workers = workers
        self._running = InWork()
        self._loop = Loop(background, "starting jobs")
        self._stopping = False
        self._just_started = False
        self._seen_at = clock()

    def start(self) -> None:
        """Begin to start jobs, first of all those that the server's last end has interrupted."""
        self._stopping = False
        self._just_started = True
        self._loop.start(self._fill)

    def stop(self, grace_s: float) -> None:
        """Start no more jobs, let those in work finish for so long, then put the rest back into the queue."""
        self._stopping = True
        self._loop.stop()
        # Now, not at the end: whoever asked us to stop may lose patience.
        self._noted(self._store.forgive_interruptions)
        self._wait_until_idle(grace_s)
        for running in self._running.all():
            running.token.cancel()
        self._wait_until_idle(max(5.0, grace_s))

    def wake(self) -> None:
        """Look at the queue now: a job has come, gone, or become due."""
        self._loop.wake()

    def cancel(self, job_id: str) -> None:
        """Stop the work on a job that has been cancelled."""
        running = self._running.get(job_id)
        if running is not None:
            running.token.cancel()
        self.wake()

    def _fill(self) -> float:
        """Start what can be started; tell how long there will be nothing else to do."""
        self._keep_time()
        self._recover_lost()
        started = False
        while len(self._running) < self._workers and not self._stopping and self._start_next():
            started = True
        waiting = self._store.waiting()
        if started:
            self._live.touch(*(job.id for job in waiting))
        now = self._clock()
        due_s = [(job.not_before - now).total_seconds() for job in waiting if job.not_before and job.not_before > now]
        return min([LONGEST_NAP_S, *due_s])

    def _start_next(self) -> bool:
        busy = {running.owner for running in self._running.all() if not running.preview}
        job = next_job(self._store.waiting(), self._turns.now(), busy, self._clock())
        if job is None:
            return False
        running = Running(job.owner, job.preview)
        # Known as running before it is claimed: whoever cancels it right after the claim finds its token.
        self._running.add(job.id, running)
        claimed = False
        try:
            claimed = self._store.claim(job.id)
        finally:
            if not claimed:
                self._running.drop(job.id)
        if not claimed:
            return True
        self._turns.serve(job.owner)
        self._background.start_background_task(self._work, job.id, running.token)
        return True

    def _work(self, job_id: str, token: CancelToken) -> None:
        try:
            self._runner.run(job_id, token, lambda: self._note_drawing(job_id))
        finally:
            self._running.drop(job_id)
            self.wake()

    def _note_drawing(self, job_id: str) -> None:
        self._noted(lambda: self._store.note_drawing(job_id))
        if self._stopping:  # asked for while that was being written, perhaps
            self._noted(self._store.forgive_interruptions)

    def _noted(self, write: Callable[[], None]) -> None:
        """Write down whom to suspect, if that is possible: no job and no stop depends on it."""
        try:
            write()
        except MuralError as error:
            log.warning("Interruptions are not counted right now: %s", error.message)

    def _keep_time(self) -> None:
        """See that no job rests until the clock is where it was before somebody set it back."""
        now = self._clock()
        back = max(self._seen_at - now, timedelta())
        if back or self._just_started:
            self._store.hasten(back, now + timedelta(seconds=retries.LONGEST_WAIT_S))
        self._seen_at = now

    def _recover_lost(self) -> None:
        """Deal with jobs in work that nobody works on: the server died, or their end could not be recorded."""
        for row in self._store.in_state(JobState.PROCESSING):
            if row.id not in self._running:
                if self._just_started:
                    self._take_up(row)
                else:
                    log.warning("The end of job %s is not known; it runs again", row.id)
                    self._store.requeue(row.id)
        self._just_started = False

    def _take_up(self, row: JobRow) -> None:
        """Run a job again that was in work when the server died, unless it seems to be what the server dies of."""
        if not retries.may_run_again(row.interruptions):
            log.warning(
                "Job %s was being drawn at each of the last %d deaths; it is given up", row.id, row.interruptions
            )
            self._runner.give_up(row.id, row.interruptions)
            return
        rest_s = retries.rest_s(row.interruptions)
        log.warning("Job %s was interrupted; it runs again in %.0f s", row.id, rest_s)
        self._store.run_again(
            # The attempt was not the job's own failure.
            row.id,
            attempts=JobRow.attempts - 1,
            not_before=self._clock() + timedelta(seconds=rest_s) if rest_s else None,
        )

    def _wait_until_idle(self, at_most_s: float) -> None:
        deadline = time.monotonic() + at_most_s
        while len(self._running) and time.monotonic() < deadline:
            self._background.sleep(0.02)
