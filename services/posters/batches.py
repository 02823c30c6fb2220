"""Posters asked for together: one job each, one id for all of them, and one archive in the end."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from infra.clock import Clock, iso
from infra.db.models import BatchItemRow, BatchRow, PosterRow
from infra.db.session import Database
from mural.errors import Conflict, InvalidInput, MuralError, NotFound
from mural.jobs.states import JobState
from services.accounts.actors import Actor
from services.accounts.permissions import Permission, Scope
from services.posters.job_views import view_of_poster
from services.posters.jobs import JobService
from services.posters.requests import PosterRequest
from services.posters.service import PosterService
from services.posters.store import poster_view
from services.posters.urls import Urls
from services.posters.views import JobView, StoredFile, Submission

BATCH_ID: Final = re.compile(r"[0-9a-f]{32}")
BATCH_MAX: Final = 20
"""Posters in one batch; as many as one visitor may have in the queue by default."""


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch as it stands now."""

    id: str
    created_at: datetime
    jobs: tuple[JobView, ...]
    urls: Urls

    @property
    def ended(self) -> bool:
        """Tell whether every job has ended."""
        return all(job.state.ended for job in self.jobs)

    @property
    def posters(self) -> tuple[JobView, ...]:
        """The jobs that made a poster which is still there."""
        return tuple(job for job in self.jobs if job.poster is not None)

    def to_json(self) -> dict[str, Any]:
        """Give the body of GET /posters/batch/{id}."""
        completed = sum(job.state is JobState.COMPLETED for job in self.jobs)
        ended = sum(job.state.ended for job in self.jobs)
        status = "processing" if not self.ended else "completed" if completed else "failed"
        body: dict[str, Any] = {
            "batch_id": self.id,
            "status": status,
            "created_at": iso(self.created_at),
            "total": len(self.jobs),
            "completed": completed,
            "failed": ended - completed,
            "progress": self._progress(),
            "status_url": self.urls.batch(self.id),
            "jobs": [_job_json(job) for job in self.jobs],
        }
        return body | {"download_url": f"{self.urls.batch(self.id)}/download"} if self._has_archive() else body

    def _has_archive(self) -> bool:
        return self.ended and bool(self.posters)

    def _progress(self) -> int:
        done = sum(100 if job.state.ended else job.progress for job in self.jobs)
        return done // len(self.jobs) if self.jobs else 100


class BatchService:
    """Takes batches and shows what became of them."""

    def __init__(self, database: Database, posters: PosterService, jobs: JobService, urls: Urls, clock: Clock) -> None:
        self._database = database
        self._posters = posters
        self._jobs = jobs
        self._urls = urls
        self._clock = clock

    def submit(self, requests: Sequence[PosterRequest], actor: Actor, address: str = "") -> BatchView:
        """Queue all posters, or none: raises as PosterService.submit does, before or after having begun."""
        wanted = list(dict.fromkeys(requests))
        if len(wanted) > BATCH_MAX:
            message = f"Every place in every theme makes {len(wanted)} posters; a batch has {BATCH_MAX} at most."
            raise InvalidInput(message, field="themes", value=len(wanted))
        for request in wanted:
            self._posters.design(request)
        began_at = self._clock()
        submitted: list[Submission] = []
        try:
            submitted.extend(self._posters.submit(request, actor, address) for request in wanted)
        except MuralError:
            self._take_back([one.job for one in submitted if one.poster is None], actor, began_at)
            raise
        return self.get(self._keep(submitted, actor, began_at), actor)

    def get(self, batch_id: str, viewer: Actor) -> BatchView:
        """Show a batch to somebody, without what is others' alone; raise NotFound, also where nothing is left of it."""
        with self._database.read() as session:
            batch = session.get(BatchRow, batch_id) if BATCH_ID.fullmatch(batch_id) else None
            if batch is None:
                raise NotFound("Batch", batch_id)
            items = session.scalars(
                select(BatchItemRow).where(BatchItemRow.batch_id == batch_id).order_by(BatchItemRow.position)
            ).all()
            finished_before = self._finished_before(session, items)
        known = finished_before | self._jobs.several({item.job_id for item in items})
        there = [known[item.job_id] for item in items if item.job_id in known]
        jobs = tuple(job for job in there if viewer.can(Permission.JOB_SEE, job))
        if there and not jobs:
            raise NotFound("Batch", batch_id)
        return BatchView(batch.id, batch.created_at, jobs, self._urls)

    def archive(self, batch_id: str, viewer: Actor) -> list[StoredFile]:
        """List the files of the posters that somebody may see; raise NotFound, or Conflict when there are none yet."""
        batch = self.get(batch_id, viewer)
        if not batch.ended:
            raise Conflict("The posters are still being made.", status="processing")
        files: dict[str, StoredFile] = {}
        for job in batch.posters:
            if job.poster is not None:
                with suppress(NotFound):  # taken down this moment
                    file = self._posters.file(job.poster.id, "poster", viewer)
                    files.setdefault(str(file.path), file)
        if not files:
            raise Conflict("None of the posters was made, or all were taken down.", status="failed")
        return list(files.values())

    def follow(self, job_id: str, successor_id: str) -> None:
        """Let the job that repeats another take its place in its batches."""
        with self._database.write() as session:
            items = update(BatchItemRow).where(BatchItemRow.job_id == job_id)
            session.execute(items.values(job_id=successor_id))

    def _keep(self, submitted: Sequence[Submission], actor: Actor, now: datetime) -> str:
        batch_id = uuid4().hex
        with self._database.write() as session:
            session.add(BatchRow(id=batch_id, owner=actor.id, created_at=now))
            session.flush()
            for position, one in enumerate(submitted):
                poster_id = one.poster.id if one.poster else None
                item = BatchItemRow(batch_id=batch_id, position=position, job_id=one.job.job_id, poster_id=poster_id)
                session.add(item)
        return batch_id

    def _take_back(self, jobs: Collection[JobView], actor: Actor, began_at: datetime) -> None:
        # Also an admin stops no job here for which somebody else waits.
        as_anybody = actor.without(Scope.ADMIN)
        for job in jobs:
            # One that was asked for before, by whomever, is still wanted.
            if actor.owns(job) and job.created_at >= began_at:
                with suppress(Conflict):
                    self._jobs.cancel(job.job_id, as_anybody)

    def _finished_before(self, session: Session, items: Sequence[BatchItemRow]) -> dict[str, JobView]:
        ids = {item.poster_id for item in items if item.poster_id}
        rows = session.scalars(select(PosterRow).where(PosterRow.id.in_(ids))).all()
        return {row.job_id: view_of_poster(poster_view(row, self._urls), self._urls) for row in rows}


def archive_names(files: Sequence[StoredFile]) -> list[str]:
    """Name the files within an archive; posters of one place made in the same second get a number."""
    names: list[str] = []
    for file in files:
        path = PurePath(file.filename)
        numbered = (f"{path.stem}_{number}{path.suffix}" for number in range(2, len(files) + 2))
        names.append(file.filename if file.filename not in names else next(n for n in numbered if n not in names))
    return names


def _job_json(job: JobView) -> dict[str, Any]:
    shown = ("job_id", "status", "progress", "city", "country", "theme", "result", "error", "error_message")
    body = job.to_json()
    return {key: body[key] for key in shown if key in body} | {"status_url": job.urls.job(job.job_id)}
