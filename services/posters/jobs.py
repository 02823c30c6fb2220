"""Jobs: wishes for posters, from the queue to their end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import cast

from infra.db.models import PosterJobRow
from infra.jobs.scheduler import Scheduler
from infra.jobs.store import Outcome
from mural.errors import Conflict
from mural.fingerprint import design_from_json
from mural.jobs.states import JobState
from mural.poster import PosterDesign, for_others
from services.accounts.actors import Actor
from services.accounts.permissions import Permission
from services.posters.job_store import Accepted, NewJob, work_of
from services.posters.job_views import EMPTY, view_of_poster
from services.posters.poster_kind import Workshop
from services.posters.requests import Visibility
from services.posters.store import poster_view
from services.posters.urls import Urls
from services.posters.views import JobView


class JobService:
    """Shows, queues, cancels and repeats jobs, and runs them while started."""

    def __init__(
        self,
        workshop: Workshop,
        scheduler: Scheduler,
        announce_making: Callable[[], None],
        urls: Urls,
    ) -> None:
        self._shop = workshop
        self._announce_making = announce_making
        self._scheduler = scheduler
        self._urls = urls

    def start(self) -> None:
        """Recover what an interrupted run left, then begin to run jobs."""
        self._shop.files.start()
        self._shop.publishing.adopt_orphans(self._shop.queue)
        for work, seconds in self._shop.store.recent_durations():
            self._shop.estimates.learn(work, seconds)
        self._shop.live.start(self.news_of, self._announce_making)
        self._scheduler.start()

    def stop(self, grace_s: float) -> None:
        """Let running jobs finish for so long, put the rest back into the queue, and end."""
        self._scheduler.stop(grace_s)
        self._shop.live.stop()

    def get(self, job_id: str, viewer: Actor) -> JobView:
        """Show a job to somebody; raise NotFound, also for one that is its owner's alone."""
        view = self._shop.views.of(job_id)
        _require_sight(view, job_id, viewer)
        return view

    def design_of(self, job_id: str, actor: Actor) -> PosterDesign:
        """Tell what a job is to make, so that it can be changed; raise NotFound or NotAllowed.

        What its owner has added of their own is told to nobody else, not even to an admin.
        """
        row = self._shop.store.with_design(job_id)
        _require_sight(row, job_id, actor)
        actor.require(Permission.JOB_EDIT, row, "job")
        design = design_from_json(row.payload)
        return design if actor.can(Permission.POSTER_SEE_ADDED, row) else for_others(design)

    def several(self, job_ids: Collection[str]) -> dict[str, JobView]:
        """Show those of some jobs that are known, by id."""
        found = self._shop.store.several(job_ids)
        waiting = any(row.state == JobState.PENDING for row, _ in found.values())
        queue = self._shop.views.queue() if waiting else EMPTY
        return {ident: self._shop.views.of_row(row, poster, queue) for ident, (row, poster) in found.items()}

    def enqueue(self, new: NewJob) -> Accepted:
        """Queue a wish, or find the equal one that is there."""
        accepted = self._shop.store.accept(new)
        if accepted.job is not None and accepted.poster is None and not accepted.joined:
            self._shop.live.touch(accepted.job.id)
            self._scheduler.wake()
        return accepted

    def view(self, accepted: Accepted) -> JobView:
        """Show what became of a wish."""
        if accepted.poster is not None:
            poster = poster_view(accepted.poster, self._urls)
            if accepted.job is None:
                return view_of_poster(poster, self._urls)
            return self._shop.views.of_row(accepted.job, accepted.poster, EMPTY)
        if accepted.job is None:
            raise ValueError("neither a job nor a poster was accepted")
        return self._shop.views.of(accepted.job.id)

    def cancel(self, job_id: str, actor: Actor) -> JobView:
        """Stop a job; raise Conflict when it has ended, or when somebody else waits for the same poster."""
        row, _ = self._shop.store.get(job_id)
        _require_sight(row, job_id, actor)
        actor.require(Permission.JOB_CANCEL, row, "job")
        if not actor.can(Permission.JOB_CANCEL_AWAITED, row) and self._shop.store.followers(job_id):
            raise Conflict("Somebody else is waiting for the same poster, so it is being made all the same.")
        self._end_cancelled(job_id)
        self._scheduler.cancel(job_id)
        self._shop.live.forget(job_id)
        view = self._shop.views.of(job_id)
        self._shop.events.ended(view)
        return view

    def retry(self, job_id: str, actor: Actor, address: str = "") -> JobView:
        """Queue a failed or cancelled job anew, as a new job; raise Conflict for any other."""
        row = self._shop.store.with_design(job_id)
        _require_sight(row, job_id, actor)
        actor.require(Permission.JOB_RETRY, row, "job")
        if row.state not in (JobState.FAILED, JobState.CANCELLED):
            raise Conflict(f"The job is {row.state}; only failed and cancelled ones can be repeated.", status=row.state)
        return self.view(self.enqueue(replace(self._again(row), address=address)))

    def news_of(self, job_ids: Sequence[str]) -> dict[str, Callable[[], None]]:
        """Read the state of those of some jobs that have not ended; give what tells it, by their ids."""
        tell, publish = self._shop.events.progress, self._shop.events.publish
        active = self._shop.views.active(job_ids)
        return {view.job_id: partial(publish, tell(view, followers)) for view, followers in active}

    def _again(self, row: PosterJobRow) -> NewJob:
        work = work_of(row)
        return NewJob(
            owner=row.owner,
            visibility=cast("Visibility", row.visibility),
            preview=row.preview,
            fingerprint=row.fingerprint,
            city=row.city,
            country=row.country,
            theme=row.theme,
            design=row.payload,
            work=work,
            estimate_s=self._shop.estimates.expect(work),
            original_job_id=row.id,
        )

    def _end_cancelled(self, job_id: str) -> None:
        progress = self._shop.live.of(job_id)
        outcome = Outcome(
            state=JobState.CANCELLED,
            progress=progress.percent if progress else 0,
            step=progress.step if progress else "",
            error="Cancelled",
            error_message="The job was cancelled.",
            retry_allowed=True,
        )
        if not self._shop.queue.cancel(job_id, outcome):
            row, _ = self._shop.store.get(job_id)
            raise Conflict(f"The job has ended already: it is {row.state}.", status=row.state)


def _require_sight(job: PosterJobRow | JobView, job_id: str, viewer: Actor) -> None:
    viewer.require_sight(Permission.JOB_SEE, job, "Job", job_id)
