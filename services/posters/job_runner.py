"""One job from start to end: draw, file, tell; and what becomes of it when that fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from infra.background import Background
from infra.clock import Clock
from infra.db.models import JobRow
from infra.disk import full_disk_named
from infra.observing import logs
from infra.processes.cancellation import CancelToken
from mural.errors import Cancelled, MuralError, RenderError, RenderTimeout, StorageFull
from mural.fingerprint import design_from_json
from mural.jobs import retries
from mural.jobs.estimates import Estimates
from mural.jobs.progress import Step, percentage
from mural.jobs.states import JobState
from mural.worker.protocol import MapSources, Progress, RenderRequest
from services.drawing.renderer import Renderer
from services.posters.files import PosterFiles
from services.posters.job_events import JobEvents
from services.posters.job_store import JobStore, work_of
from services.posters.job_views import JobViews
from services.posters.live import JobProgress, LiveProgress
from services.posters.publishing import Publishing

log = logging.getLogger(__name__)

Written = TypeVar("Written")

ATTEMPTS_TO_RECORD: Final = 5
"""How often the end of a job is written down anew when the database is in trouble."""


class Interrupted(MuralError):
    """The server stopped while the poster was being made."""

    transient = True


@dataclass(frozen=True, slots=True)
class RenderSetting:
    """What every render request carries: where map data and fonts come from."""

    sources: MapSources
    fonts_dir: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Everything that making a poster needs."""

    store: JobStore
    views: JobViews
    events: JobEvents
    live: LiveProgress
    files: PosterFiles
    publishing: Publishing
    renderer: Renderer
    setting: RenderSetting
    estimates: Estimates
    background: Background
    clock: Clock
    jitter: Callable[[], float]


class JobRunner:
    """Runs claimed jobs, each in the thread that it is called in."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def run(self, job_id: str, token: CancelToken, on_drawing: Callable[[], None]) -> None:
        """Make the poster of a claimed job; whatever happens, the job is in an honest state afterwards.

        ``on_drawing`` hears of the first sign of life that a render process gives.
        """
        logs.about_from_here(job_id=job_id)
        try:
            self._make(job_id, token, on_drawing)
        except Cancelled:
            # A job that somebody cancelled has left this state already; only a stop of the server puts one back.
            self._record(lambda: self._shop.store.requeue(job_id, attempts=JobRow.attempts - 1))
            self._shop.live.forget(job_id)
        except MuralError as error:
            self._troubled(job_id, error)
        except Exception:  # the edge of the job's own thread: nobody above could tell the job's watchers
            log.exception("Job %s met an error of the program", job_id)
            self._troubled(job_id, RenderError("Something went wrong inside Mural. The log of the server says what."))

    def give_up(self, job_id: str, interruptions: int) -> None:
        """Fail a job that was interrupted too often."""
        message = f"The server stopped {interruptions} times in a row while this poster was being drawn."
        self._fail(job_id, Interrupted(message), JobProgress())

    def _make(self, job_id: str, token: CancelToken, on_drawing: Callable[[], None]) -> None:
        shop = self._shop
        shop.live.begin(job_id)
        job = shop.store.with_design(job_id)
        with shop.files.making(job_id) as folder:
            shop.files.check_room()
            with full_disk_named():
                result = shop.renderer.render(self._request(job, folder), self._relay(job_id, on_drawing), token)
            self._report(job_id, Step.PUBLISHING, 0.0, "")
            shop.publishing.publish(job, result, folder)
        self._completed(job_id)

    def _request(self, job: JobRow, folder: Path) -> RenderRequest:
        return RenderRequest(
            job_id=job.id,
            design=design_from_json(job.design),
            sources=self._shop.setting.sources,
            fonts_dir=self._shop.setting.fonts_dir,
            output_dir=folder,
            preview=job.preview,
        )

    def _relay(self, job_id: str, on_drawing: Callable[[], None]) -> Callable[[Progress], None]:
        begun = False

        def relay(progress: Progress) -> None:
            nonlocal begun
            if not begun:
                begun = True
                on_drawing()
            self._report(job_id, progress.step, progress.fraction, progress.message)

        return relay

    def _report(self, job_id: str, step: Step, fraction: float, message: str) -> None:
        before = self._shop.live.of(job_id) or JobProgress()
        # A step that is done over, such as a second download, must not turn the bar back.
        progress = max(before.percent, percentage(step, fraction))
        self._shop.live.update(job_id, JobProgress(progress, step, message))

    def _completed(self, job_id: str) -> None:
        self._shop.live.forget(job_id)
        row = self._record(lambda: self._shop.store.get(job_id)[0])
        if row and row.started_at and row.ended_at:
            self._shop.estimates.learn(work_of(row), (row.ended_at - row.started_at).total_seconds())
        self._tell_end(job_id)

    def _tell_end(self, job_id: str) -> None:
        self._record(lambda: self._shop.events.ended(self._shop.views.of(job_id)))

    def _troubled(self, job_id: str, error: MuralError) -> None:
        progress = self._shop.live.forget(job_id)
        row = self._record(lambda: self._shop.store.get(job_id)[0])
        if row is None:
            return
        log.warning("Job %s failed at attempt %d: %s: %s", job_id, row.attempts, error.kind, error.message)
        if error.transient and retries.may_retry(row.attempts):
            self._try_again_later(row, error)
        else:
            self._fail(job_id, error, progress)

    def _try_again_later(self, row: JobRow, error: MuralError) -> None:
        asked_s = error.facts.get("retry_after", 0.0)
        delay_s = retries.delay_s(row.attempts, self._shop.jitter(), float(asked_s))
        not_before = self._shop.clock() + timedelta(seconds=delay_s)
        message = f"{error.message} Trying again in {round(delay_s)} s."
        self._record(lambda: self._shop.store.requeue(row.id, not_before=not_before, error_message=message))
        self._shop.live.touch(row.id)

    def _fail(self, job_id: str, error: MuralError, progress: JobProgress) -> None:
        values = {
            "error": error.kind,
            "error_message": error.message,
            "retry_allowed": error.transient or isinstance(error, RenderTimeout | StorageFull),
            "progress": progress.percent,
            "step": progress.step,
        }
        if self._record(lambda: self._shop.store.end(job_id, JobState.PROCESSING, JobState.FAILED, **values)):
            self._tell_end(job_id)

    def _record(self, write: Callable[[], Written]) -> Written | None:
        """Write or read what became of a job, insisting while the database is busy or the disk full.

        When it will not be written, the scheduler finds the job later, in work and with nobody working on it.
        """
        for attempt in range(ATTEMPTS_TO_RECORD):
            try:
                return write()
            except MuralError as error:
                log.warning("The database could not be used: %s", error.message)
                self._shop.background.sleep(0.2 * 2**attempt)
        return None
