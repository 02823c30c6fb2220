"""Tidying up: previews that have expired, and what is older than this installation keeps it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from mural.errors import NotFound
from services.background import Background
from services.clock import Clock
from services.db.models import BatchRow, PosterRow
from services.db.session import Database
from services.job_store import JobStore
from services.loop import Loop
from services.publishing import PREVIEW_LIFETIME, Publishing

EVERY_S: Final = 3600.0


class Housekeeping:
    """Deletes what has had its time, now and once an hour."""

    def __init__(
        self,
        database: Database,
        jobs: JobStore,
        publishing: Publishing,
        background: Background,
        clock: Clock,
        retention_days: int,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._publishing = publishing
        self._loop = Loop(background, "tidying up")
        self._clock = clock
        self._retention = timedelta(days=retention_days) if retention_days else None

    def start(self) -> None:
        """Begin to tidy."""
        self._loop.start(self.tidy)

    def stop(self) -> None:
        """End."""
        self._loop.stop()

    def tidy(self) -> float:
        """Delete everything that has had its time; tell when to look again."""
        for poster_id in self._outlived():
            try:
                self._publishing.take_down(poster_id)
            except NotFound:  # its owner was quicker
                continue
        now = self._clock()
        self._jobs.forget(now - PREVIEW_LIFETIME, previews=True)
        if self._retention is not None:
            self._jobs.forget(now - self._retention, previews=False)
            self._forget_batches(now - self._retention)
        return EVERY_S

    def _forget_batches(self, before: datetime) -> None:
        # What their archives hold is gone by then; an archive itself is made anew for everybody who asks.
        with self._database.write() as session:
            session.execute(delete(BatchRow).where(BatchRow.created_at < before))

    def _outlived(self) -> list[str]:
        now = self._clock()
        outlived = PosterRow.expires_at < now
        if self._retention is not None:
            outlived = outlived | (PosterRow.created_at < now - self._retention)
        with self._database.read() as session:
            return list(session.scalars(select(PosterRow.id).where(outlived)))
