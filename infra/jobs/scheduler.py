"""Whose job runs when: a thread that starts the next job whenever there is a job to start and a place to run it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from infra.db.models import JobRow
from infra.jobs.kinds import Kinds
from infra.jobs.leases import RENEW_EVERY_S, Held, HeldLeases, InWork, LeaseWatch
from infra.jobs.live import LiveProgress
from infra.jobs.runner import JobRunner
from infra.jobs.store import JobStore
from infra.jobs.surroundings import Surroundings
from infra.loop import Loop
from mural.errors import MuralError
from mural.jobs import retries
from mural.jobs.queue import next_job

log = logging.getLogger(__name__)

LONGEST_NAP_S: Final = 30.0
"""How long the scheduler sleeps when nothing wakes it; then it also looks for jobs that were lost."""

TURNS_KEPT: Final = 10_000


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


class Scheduler:
    """Starts jobs, fairly between their owners, as many at once as there are places to run them."""

    def __init__(
        self,
        store: JobStore,
        runner: JobRunner,
        kinds: Kinds,
        live: LiveProgress,
        turns: Turns,
        around: Surroundings,
        workers: int,
    ) -> None:
        self._store = store
        self._runner = runner
        self._kinds = kinds
        self._live = live
        self._turns = turns
        self._background = around.background
        self._clock = around.clock
        self._workers = workers
        self._held = HeldLeases()
        self._watch = LeaseWatch(around.stopwatch)
        self._loop = Loop(around.background, "starting jobs")
        self._renewing = Loop(around.background, "keeping jobs")
        self._stopping = False
        self._just_started = False
        self._seen_at = around.clock()

    def start(self) -> None:
        """Begin to start jobs, first of all those that the server's last end has interrupted."""
        self._stopping = False
        self._just_started = True
        self._loop.start(self._fill)
        self._renewing.start(self._renew)

    def stop(self, grace_s: float) -> None:
        """Start no more jobs, let those in work finish for so long, then put the rest back into the queue."""
        self._stopping = True
        self._loop.stop()
        # Now, not at the end: whoever asked us to stop may lose patience.
        self._noted(self._store.forgive_interruptions)
        self._wait_until_idle(grace_s)
        for held in self._held.all():
            held.token.cancel()
        self._wait_until_idle(max(5.0, grace_s))
        self._renewing.stop()

    def wake(self) -> None:
        """Look at the queue now: a job has come, gone, or become due."""
        self._loop.wake()

    def cancel(self, job_id: str) -> None:
        """Stop the work on a job that has been cancelled."""
        held = self._held.get(job_id)
        if held is not None:
            held.token.cancel()
        self.wake()

    def _fill(self) -> float:
        """Start what can be started; tell how long there will be nothing else to do."""
        self._keep_time()
        others = self._recover_lost()
        started = False
        while len(self._held) < self._workers and not self._stopping and self._start_next():
            started = True
        waiting = self._store.waiting(self._kinds.names)
        if started:
            self._live.touch(*(job.id for job in waiting))
        now = self._clock()
        due_s = [(job.not_before - now).total_seconds() for job in waiting if job.not_before and job.not_before > now]
        return min([RENEW_EVERY_S if others else LONGEST_NAP_S, *due_s])

    def _start_next(self) -> bool:
        busy = {job.owner for job in self._store.in_work() if job.priority <= 0}
        job = next_job(self._store.waiting(self._kinds.names), self._turns.now(), busy, self._clock())
        if job is None:
            return False
        # Known as ours before it is claimed: whoever cancels it right after the claim finds its token.
        held = self._held.add(job.id)
        try:
            held.lease = self._store.claim(job.id)
        finally:
            if held.lease is None:
                self._held.drop(job.id)
        if held.lease is not None:
            self._turns.serve(job.owner)
            self._background.start_background_task(self._work, held)
        return True

    def _work(self, held: Held) -> None:
        lease = held.lease
        if lease is None:
            raise ValueError("nobody works without a lease")
        try:
            self._runner.run(lease, held.token, lambda: self._note_drawing(held))
        finally:
            self._held.drop(lease.job_id)
            self.wake()

    def _note_drawing(self, held: Held) -> None:
        lease = held.lease
        if lease is not None:
            self._noted(lambda: self._store.note_drawing(lease))
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

    def _renew(self) -> float:
        """Keep the jobs that are worked on here, and stop the work on those that others have taken or ended."""
        held = [(one, one.lease) for one in self._held.all() if one.lease is not None]
        if held:
            kept = self._store.renew(lease.job_id for _, lease in held)
            for one, lease in held:
                if lease not in kept:
                    one.token.cancel()
        return RENEW_EVERY_S

    def _recover_lost(self) -> bool:
        """Deal with jobs in work that nobody works on: the server died, or their end could not be recorded.

        Tells whether others have jobs in work, whose leases are to be watched.
        """
        foreign = []
        for job in self._store.in_work():
            if job.kind not in self._kinds.names or job.id in self._held:
                continue
            if job.lease_owner not in (None, self._store.me):
                foreign.append(job)
            elif self._just_started:
                self._take_up(job)
            else:
                self._run_lost_again(job)
        for job in self._watch.have_run_out(foreign):
            self._take_up(job)
        self._just_started = False
        return bool(foreign)

    def _run_lost_again(self, job: InWork) -> None:
        lease = self._store.take_over(job)
        if lease is not None:
            log.warning("The end of job %s is not known; it runs again", job.id)
            self._store.requeue(lease)

    def _take_up(self, job: InWork) -> None:
        """Run a job again that was in work when its server died, unless it seems to be what the server dies of."""
        lease = self._store.take_over(job)
        if lease is None:  # it lives, or somebody else was first
            return
        if not retries.may_run_again(job.interruptions):
            log.warning(
                "Job %s was being drawn at each of the last %d deaths; it is given up", job.id, job.interruptions
            )
            self._runner.give_up(lease, job.interruptions)
            return
        rest_s = retries.rest_s(job.interruptions)
        log.warning("Job %s was interrupted; it runs again in %.0f s", job.id, rest_s)
        self._store.run_again(
            lease,
            # The attempt was not the job's own failure.
            attempts=JobRow.attempts - 1,
            not_before=self._clock() + timedelta(seconds=rest_s) if rest_s else None,
        )

    def _wait_until_idle(self, at_most_s: float) -> None:
        deadline = time.monotonic() + at_most_s
        while len(self._held) and time.monotonic() < deadline:
            self._background.sleep(0.02)
