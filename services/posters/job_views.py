"""Jobs as the outside sees them: the row, what is known only this moment, and what can be foretold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple, cast

from sqlalchemy import inspect

from infra.clock import Clock
from infra.db.models import PosterJobRow, PosterRow
from infra.jobs.live import JobProgress, LiveProgress
from mural.jobs.estimates import remaining_s
from mural.jobs.queue import Waiting, service_order
from mural.jobs.states import JobState
from services.posters.job_store import PosterJobStore, waiting_of
from services.posters.requests import Visibility
from services.posters.store import poster_view
from services.posters.traces import FORGOTTEN, is_forgotten
from services.posters.urls import Urls
from services.posters.views import JobView, PosterView, names_of

WAITING_STEP: Final = "waiting"

_WORKED_OUT: Final = {"state", "progress", "visibility"}
_SHOWN_AS_THEY_ARE: Final = names_of(JobView).intersection(inspect(PosterJobRow).columns.keys()) - _WORKED_OUT
_UNSAID: Final = {name: FORGOTTEN[name] for name in _SHOWN_AS_THEY_ARE & FORGOTTEN.keys()} | {"retry_allowed": False}


class Place(NamedTuple):
    """A job's place in the queue, counted from 1, and when it can begin."""

    position: int
    begin: datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue at one moment: each waiting job's place by its id."""

    places: Mapping[str, Place]


EMPTY: Final = Queue({})


class JobViews:
    """Makes views of jobs. ``turns`` tells the numbers of the owners by when they were served last."""

    def __init__(
        self,
        store: PosterJobStore,
        live: LiveProgress,
        turns: Callable[[], Mapping[str, int]],
        workers: int,
        urls: Urls,
        clock: Clock,
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
        return self.of_row(row, poster, self.queue() if row.state == JobState.PENDING else EMPTY)

    def active(self, job_ids: Sequence[str]) -> list[tuple[JobView, Sequence[str]]]:
        """Show those of several jobs that have not ended, each with those who follow it; by one query for all."""
        wanted = set(job_ids)
        followers = self._store.followed()
        queue = self._foretold(followers)
        return [(self.of_row(row, None, queue), names) for row, names in followers.items() if row.id in wanted]

    def queue(self) -> Queue:
        """Foretell the order in which the waiting jobs will be served, and when each of them can begin."""
        return self._foretold(self._store.unfinished())

    def _foretold(self, rows: Iterable[PosterJobRow]) -> Queue:
        now = self._clock()
        ahead_s, waiting = 0.0, list[Waiting]()
        for row in rows:
            if row.state == JobState.PENDING:
                waiting.append(waiting_of(row))
            else:
                ahead_s += self._remaining_s(row, now)
        places: dict[str, Place] = {}
        for position, job in enumerate(service_order(waiting, self._turns()), start=1):
            begin = now + timedelta(seconds=ahead_s / self._workers)
            places[job.id] = Place(position, max(begin, job.not_before or begin))
            ahead_s += job.estimate_s
        return Queue(places)

    def of_row(self, row: PosterJobRow, poster: PosterRow | None, queue: Queue) -> JobView:
        """Show a row that was read already, given the queue."""
        state = JobState(row.state)
        progress = self._progress_of(row, state)
        place = queue.places.get(row.id) if state is JobState.PENDING else None
        forgotten = is_forgotten(row, poster)
        said = {name: getattr(row, name) for name in _SHOWN_AS_THEY_ARE}
        return JobView(
            **(said | _UNSAID if forgotten else said),
            forgotten=forgotten,
            visibility=cast("Visibility", (poster or row).visibility),
            job_id=row.id,
            state=state,
            progress=progress.percent,
            current_step=progress.step,
            message=progress.message,
            estimated_duration_s=row.estimate_s,
            queue_position=place.position if place else None,
            estimated_completion=self._completion(row, state, place),
            poster=poster_view(poster, self._urls) if poster else None,
            urls=self._urls,
        )

    def _progress_of(self, row: PosterJobRow, state: JobState) -> JobProgress:
        if state is JobState.PENDING:
            return JobProgress(0, WAITING_STEP, row.error_message or "")
        live = self._live.of(row.id) if state is JobState.PROCESSING else None
        return live or JobProgress(row.progress, row.step)

    def _completion(self, row: PosterJobRow, state: JobState, place: Place | None) -> datetime | None:
        if state is JobState.PROCESSING:
            now = self._clock()
            return now + timedelta(seconds=self._remaining_s(row, now))
        return place.begin + timedelta(seconds=row.estimate_s) if place else None

    def _remaining_s(self, row: PosterJobRow, now: datetime) -> float:
        elapsed_s = max(0.0, (now - (row.started_at or now)).total_seconds())
        return remaining_s(row.estimate_s, elapsed_s, self._progress_of(row, JobState.PROCESSING).percent)


def view_of_poster(poster: PosterView, urls: Urls) -> JobView:
    """Show the job of a poster whose job is no longer known, as after a rebuild from the sidecars."""
    return JobView(
        job_id=poster.job_id,
        owner=poster.owner,
        visibility=poster.visibility,
        preview=poster.preview,
        state=JobState.COMPLETED,
        city=poster.city,
        country=poster.country,
        theme=poster.theme,
        progress=100,
        current_step="",
        created_at=poster.created_at,
        ended_at=poster.created_at,
        estimated_duration_s=poster.generation_s,
        poster=poster,
        urls=urls,
    )
