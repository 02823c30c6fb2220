"""Tidying up: what has expired, what is of no use to anybody, and what is older than this installation keeps it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update

from infra.background import Background
from infra.clock import LeapWatch
from infra.db.models import BatchItemRow, BatchRow, JobRow, OwnThemeRow, PosterRow
from infra.db.session import Database
from infra.loop import Loop
from mural.errors import NotFound, Unavailable
from services.posters.job_store import PosterJobStore
from services.posters.publishing import PREVIEW_LIFETIME, Publishing
from services.themes.own import OwnThemes

log = logging.getLogger(__name__)

EVERY_S: Final = 3600.0

LEAP_S: Final = 24 * 3600.0
"""A clock that is put on by more is not believed at once: by a wrong one everything would have had its time."""

REST_S: Final = 24 * 3600.0
"""For so long nothing is deleted then, so that somebody can set it right."""

AHEAD: Final = timedelta(days=1)
"""What is further in the future was made while the clock was wrong, and would be kept until then."""

DATED: Final = (PosterRow.created_at, JobRow.ended_at, BatchRow.created_at, OwnThemeRow.created_at)

JOB_LIFETIME: Final = timedelta(days=90)
"""How long a job that left no poster, or none any more, can be looked up and repeated."""

AT_ONCE: Final = 200
"""So many jobs are deleted in one go."""


class Housekeeping:
    """Deletes what has had its time, now and once an hour, a little at a time: the server goes on meanwhile."""

    def __init__(
        self,
        database: Database,
        jobs: PosterJobStore,
        publishing: Publishing,
        own_themes: OwnThemes,
        background: Background,
        leaps: LeapWatch,
        retention_days: int,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._publishing = publishing
        self._own_themes = own_themes
        self._further: list[Callable[[], object]] = []
        self._background = background
        self._loop = Loop(background, "tidying up")
        self._leaps = leaps
        self._rests_until_s = float("-inf")
        self._retention = timedelta(days=retention_days) if retention_days else None

    def also(self, step: Callable[[], object]) -> None:
        """Have a step of another room done each time, under the same doubts about the clock."""
        self._further.append(step)

    def start(self) -> None:
        """Begin to tidy."""
        self._loop.start(self.tidy)

    def stop(self) -> None:
        """End."""
        self._loop.stop()

    def tidy(self) -> float:
        """Delete everything that has had its time; tell when to look again."""
        self._database.keep_reserve()
        if not self._believes_the_clock():
            return EVERY_S
        now = self._leaps.clock()
        self._bring_back(now)
        for step in self._further:
            step()
        for poster_id in self._outlived(now):
            self._take_down(poster_id)
            self._background.sleep(0)
        self._forget_jobs(now - PREVIEW_LIFETIME, previews=True)
        useless_before = now - min(JOB_LIFETIME, self._retention or JOB_LIFETIME)
        self._forget_jobs(useless_before, previews=False)
        self._forget_batches(useless_before)
        if self._retention is not None:
            self._own_themes.forget(now - self._retention)
        return EVERY_S

    def _take_down(self, poster_id: str) -> None:
        try:
            with suppress(NotFound):  # its owner was quicker
                self._publishing.take_down(poster_id)
        except Unavailable as error:  # the others go all the same; this one's turn comes again
            log.warning("Poster %s has had its time: %s", poster_id, error.message)

    def _believes_the_clock(self) -> bool:
        leap_s = self._leaps.leap_s()
        if leap_s > LEAP_S:
            log.warning("The clock was put on by %.0f hours: nothing is tidied up for a day.", leap_s / 3600)
            self._rests_until_s = self._leaps.stopwatch() + REST_S
        return self._leaps.stopwatch() >= self._rests_until_s

    def _bring_back(self, now: datetime) -> None:
        """Let what is dated in the future have its time from now on."""
        expires, latest = PosterRow.expires_at, now + PREVIEW_LIFETIME
        with self._database.write() as session:
            session.execute(update(PosterRow).where(expires > latest).values(expires_at=latest))
            for column in DATED:
                session.execute(update(column.class_).where(column > now + AHEAD).values({column.key: now}))

    def _outlived(self, now: datetime) -> Sequence[str]:
        outlived = PosterRow.expires_at < now
        if self._retention is not None:
            outlived = outlived | (PosterRow.created_at < now - self._retention)
        with self._database.read() as session:
            return session.scalars(select(PosterRow.id).where(outlived)).all()

    def _forget_jobs(self, before: datetime, *, previews: bool) -> None:
        while self._database.freeing(lambda: self._jobs.forget(before, previews=previews, at_most=AT_ONCE)):
            self._background.sleep(0)

    def _forget_batches(self, before: datetime) -> None:
        """Delete the batches of which neither a job nor a poster is left."""
        known = select(JobRow.id).where(JobRow.id == BatchItemRow.job_id).exists()
        left = select(BatchItemRow.position).where(
            BatchItemRow.batch_id == BatchRow.id, BatchItemRow.poster_id.is_not(None) | known
        )
        with self._database.write() as session:
            session.execute(delete(BatchRow).where(BatchRow.created_at < before, ~left.exists()))
