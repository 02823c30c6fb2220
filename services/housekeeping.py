"""Tidying up: previews that have expired, and posters older than this installation keeps them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from mural.errors import NotFound
from services.background import Background
from services.clock import Clock
from services.db.models import PosterRow
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
        self._retention_days = retention_days

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
        self._jobs.forget_previews(self._clock() - PREVIEW_LIFETIME)
        return EVERY_S

    def _outlived(self) -> list[str]:
        now = self._clock()
        outlived = PosterRow.expires_at < now
        if self._retention_days:
            outlived = outlived | (PosterRow.created_at < now - timedelta(days=self._retention_days))
        with self._database.read() as session:
            return list(session.scalars(select(PosterRow.id).where(outlived)))
