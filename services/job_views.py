"""Jobs as the outside sees them: the row, what is known only this moment, and what can be foretold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from mural.jobs.estimates import remaining_s
from mural.jobs.queue import Waiting, service_order
from mural.jobs.states import JobState
from services.clock import Clock
from services.db.models import JobRow, PosterRow
from services.job_store import JobStore
from services.live import LiveProgress, Standing
from services.poster_store import poster_view
from services.urls import Urls
from services.views import JobView, PosterView

WAITING_STEP = "waiting"


class JobViews:
    """Makes views of jobs. ``turns`` numbers the owners by when they were served last."""

    def __init__(
        self, store: JobStore, live: LiveProgress, turns: Mapping[str, int], workers: int, urls: Urls, clock: Clock
    ) -> None:
        self._store = store
        self._live = live
        self._turns = turns
        self._workers = workers
        self._urls = urls
        self._clock = clock

    def of(self, job_id: str) -> JobView:
        """Show one job; raise NotFound."""
        row, poster = self._store.get(job_id)
        return self.of_row(row, poster, self.queue() if row.state == JobState.PENDING else [])

    def active(self, job_ids: Sequence[str]) -> list[JobView]:
        """Show those of several jobs that have not ended."""
        rows = [row for row in self._store.unfinished() if row.id in set(job_ids)]
        queue = self.queue() if any(row.state == JobState.PENDING for row in rows) else []
        return [self.of_row(row, None, queue) for row in rows]

    def queue(self) -> list[Waiting]:
        """List the waiting jobs in the order in which they will be served."""
        return service_order(self._store.waiting(), dict(self._turns))

    def of_row(self, row: JobRow, poster: PosterRow | None, queue: Sequence[Waiting]) -> JobView:
        """Show a row that was read already, given the queue."""
        state = JobState(row.state)
        standing = self._standing(row, state)
        position = next((place for place, job in enumerate(queue, start=1) if job.id == row.id), None)
        return JobView(
            job_id=row.id,
            owner=row.owner,
            public=row.public,
            preview=row.preview,
            state=state,
            city=row.city,
            country=row.country,
            theme=row.theme,
            progress=standing.progress,
            current_step=standing.step,
            message=standing.message,
            created_at=row.created_at,
            started_at=row.started_at,
            ended_at=row.ended_at,
            estimated_duration_s=row.estimate_s,
            queue_position=position if state is JobState.PENDING else None,
            estimated_completion=self._completion(row, state, standing, queue[:position]),
            poster=poster_view(poster, self._urls) if poster else None,
            error=row.error,
            error_message=row.error_message,
            retry_allowed=row.retry_allowed,
            original_job_id=row.original_job_id,
            urls=self._urls,
        )

    def _standing(self, row: JobRow, state: JobState) -> Standing:
        if state is JobState.PENDING:
            return Standing(0, WAITING_STEP, row.error_message or "")
        live = self._live.of(row.id) if state is JobState.PROCESSING else None
        return live or Standing(row.progress, row.step)

    def _completion(
        self, row: JobRow, state: JobState, standing: Standing, up_to_it: Sequence[Waiting]
    ) -> datetime | None:
        now = self._clock()
        if state is JobState.PROCESSING:
            elapsed_s = (now - (row.started_at or now)).total_seconds()
            return now + timedelta(seconds=remaining_s(row.estimate_s, elapsed_s, standing.progress))
        if state is not JobState.PENDING:
            return None
        ahead_s = sum(job.estimate_s for job in up_to_it if job.id != row.id) + self._running_s(now)
        begin = max(now + timedelta(seconds=ahead_s / self._workers), row.not_before or now)
        return begin + timedelta(seconds=row.estimate_s)

    def _running_s(self, now: datetime) -> float:
        running = self._store.in_state(JobState.PROCESSING)
        return sum(
            remaining_s(row.estimate_s, (now - (row.started_at or now)).total_seconds(), self._percent(row))
            for row in running
        )

    def _percent(self, row: JobRow) -> int:
        standing = self._live.of(row.id)
        return standing.progress if standing else row.progress


def view_of_poster(poster: PosterView, urls: Urls) -> JobView:
    """Show the job of a poster whose job is no longer known, as after a rebuild from the sidecars."""
    return JobView(
        job_id=poster.job_id,
        owner=poster.owner,
        public=poster.public,
        preview=poster.preview,
        state=JobState.COMPLETED,
        city=poster.city,
        country=poster.country,
        theme=poster.theme,
        progress=100,
        current_step="",
        message="",
        created_at=poster.created_at,
        started_at=None,
        ended_at=poster.created_at,
        estimated_duration_s=poster.generation_s,
        queue_position=None,
        estimated_completion=None,
        poster=poster,
        error=None,
        error_message=None,
        retry_allowed=False,
        original_job_id=None,
        urls=urls,
    )
