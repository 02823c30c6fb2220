"""Posters as a kind of job: drawn in a render process, filed, hung and told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.db.models import PosterJobRow
from infra.disk import full_disk_named
from infra.jobs.kinds import Attempt
from infra.jobs.live import JobProgress, LiveProgress
from infra.jobs.store import JobStore
from mural.fingerprint import design_from_json
from mural.jobs.estimates import Estimates
from mural.jobs.progress import Step, percentage
from mural.jobs.states import JobState
from mural.worker.protocol import MapSources, Progress, RenderRequest
from services.drawing.renderer import Renderer
from services.posters.files import PosterFiles
from services.posters.job_events import JobEvents
from services.posters.job_store import POSTER, PosterJobStore, work_of
from services.posters.job_views import JobViews
from services.posters.publishing import Publishing


@dataclass(frozen=True, slots=True)
class RenderSetting:
    """What every render request carries: where map data and fonts come from."""

    sources: MapSources
    fonts_dir: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Everything that making a poster needs."""

    queue: JobStore
    store: PosterJobStore
    views: JobViews
    events: JobEvents
    live: LiveProgress
    files: PosterFiles
    publishing: Publishing
    renderer: Renderer
    setting: RenderSetting
    estimates: Estimates


class PosterKind:
    """Makes posters."""

    name: Final = POSTER

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def run(self, attempt: Attempt) -> None:
        """Draw a poster and hang it; raise what went wrong, or Cancelled."""
        shop = self._shop
        job = shop.store.with_design(attempt.job_id)
        with shop.files.making(job.id) as folder:
            shop.files.check_room()
            with full_disk_named():
                result = shop.renderer.render(self._request(job, folder), self._relay(attempt), attempt.token)
            self._report(attempt, Step.PUBLISHING, 0.0, "")
            shop.publishing.publish(job, result, folder, attempt.complete)

    def ended(self, job_id: str) -> None:
        """Learn how long a poster took, and tell those who wait for it."""
        row, _ = self._shop.store.get(job_id)
        if row.state == JobState.COMPLETED and row.started_at and row.ended_at:
            self._shop.estimates.learn(work_of(row), (row.ended_at - row.started_at).total_seconds())
        self._shop.events.ended(self._shop.views.of(job_id))

    def why_given_up(self, deaths: int) -> str:
        """Say that the server died so many times in a row while the poster was being drawn."""
        return f"The server stopped {deaths} times in a row while this poster was being drawn."

    def _request(self, job: PosterJobRow, folder: Path) -> RenderRequest:
        return RenderRequest(
            job_id=job.id,
            design=design_from_json(job.payload),
            sources=self._shop.setting.sources,
            fonts_dir=self._shop.setting.fonts_dir,
            output_dir=folder,
            preview=job.preview,
        )

    def _relay(self, attempt: Attempt) -> Callable[[Progress], None]:
        begun = False

        def relay(progress: Progress) -> None:
            nonlocal begun
            if not begun:
                begun = True
                attempt.alive()
            self._report(attempt, progress.step, progress.fraction, progress.message)

        return relay

    def _report(self, attempt: Attempt, step: Step, fraction: float, message: str) -> None:
        before = self._shop.live.of(attempt.job_id) or JobProgress()
        # A step that is done over, such as a second download, must not turn the bar back.
        attempt.report(JobProgress(max(before.percent, percentage(step, fraction)), step, message))
