"""Jobs in the database. Every move between states is one conditional UPDATE whose row count says who won."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from infra.clock import Clock
from infra.db.models import FollowerRow, JobRow, PosterRow
from infra.db.session import Database
from mural.errors import NotFound, TooMany, Unavailable
from mural.jobs.estimates import Work
from mural.jobs.queue import Waiting
from mural.jobs.states import TRANSITIONS, JobState
from services.posters.files import PosterFiles
from services.posters.requests import Visibility

ACTIVE: Final = (JobState.PENDING, JobState.PROCESSING)
PREVIEW_PREFIX: Final = "preview-"
AUDIENCES: Final[dict[Visibility, str]] = {
    "public": "everybody",
    "unlisted": "owner {owner}",
    "private": "owner {owner} alone",
}
"""Who shares a poster on its way: one that is somebody's own is made for nobody else, and joined by nobody else."""
JOB_ID: Final = re.compile(rf"({PREVIEW_PREFIX})?[0-9a-f]{{32}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A wish that has been checked: what to make, for whom, and how long that should take."""

    owner: str
    visibility: Visibility
    preview: bool
    fingerprint: str
    city: str
    country: str
    theme: str
    design: str
    work: Work
    estimate_s: float
    original_job_id: str | None = None

    @property
    def active_key(self) -> str:
        """Name what may be on its way only once: equal pictures for everybody, others for each owner and audience."""
        audience = AUDIENCES[self.visibility].format(owner=self.owner)
        return f"{'preview' if self.preview else 'poster'}:{audience}:{self.fingerprint}"


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How many jobs may wait, overall and for one owner."""

    overall: int
    per_owner: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a wish: its job, or the poster that was finished before."""

    job: JobRow | None
    poster: PosterRow | None = None
    joined: bool = False


class JobStore:
    """Reads and moves jobs."""

    def __init__(self, database: Database, files: PosterFiles, limits: QueueLimits, clock: Clock) -> None:
        self._database = database
        self._files = files
        self._limits = limits
        self._clock = clock

    def accept(self, new: NewJob) -> Accepted:
        """Queue a job unless an equal job or poster is there already; raise TooMany or StorageFull."""
        for _ in range(3):
            try:
                with self._database.write() as session:
                    return self._accept(session, new)
            except IntegrityError:
                # Another process of ours was first to queue an equal job: look again.
                continue
        raise Unavailable("Too many equal requests at once. Try again in a moment.")

    def _accept(self, session: Session, new: NewJob) -> Accepted:
        # The job first: one that completes in between is then seen either still running or with its poster.
        running = session.scalar(select(JobRow).where(JobRow.active_key == new.active_key))
        if running is not None:
            if running.owner != new.owner:
                session.merge(FollowerRow(job_id=running.id, user_id=new.owner))
            return Accepted(running, joined=True)
        poster = next((row for row in equal_posters(session, new) if self._files.holds(row.id, row.poster_file)), None)
        if poster is not None:
            return Accepted(session.get(JobRow, poster.job_id), poster)
        self._check_limits(session, new)
        self._files.check_room()
        row = self._row(new)
        session.add(row)
        session.flush()
        return Accepted(row)

    def _check_limits(self, session: Session, new: NewJob) -> None:
        waiting = select(func.count()).select_from(JobRow).where(JobRow.state.in_(ACTIVE))
        retry_after_s = max(5, round(new.estimate_s))
        if (session.scalar(waiting.where(JobRow.owner == new.owner)) or 0) >= self._limits.per_owner:
            raise TooMany(
                f"You have {self._limits.per_owner} posters on their way already. Wait until one is done.",
                retry_after_s=retry_after_s,
                limit=self._limits.per_owner,
            )
        if (session.scalar(waiting) or 0) >= self._limits.overall:
            raise TooMany(
                "The queue is full. Try again when some of the posters in it are done.",
                retry_after_s=retry_after_s,
                limit=self._limits.overall,
            )

    def _row(self, new: NewJob) -> JobRow:
        return JobRow(
            id=(PREVIEW_PREFIX if new.preview else "") + uuid4().hex,
            owner=new.owner,
            visibility=new.visibility,
            preview=new.preview,
            state=JobState.PENDING,
            active_key=new.active_key,
            fingerprint=new.fingerprint,
            city=new.city,
            country=new.country,
            theme=new.theme,
            format=new.work.format,
            megapixels=new.work.megapixels,
            distance_m=new.work.distance_m,
            created_at=self._clock(),
            estimate_s=new.estimate_s,
            original_job_id=new.original_job_id,
            design=new.design,
        )

    def get(self, job_id: str) -> tuple[JobRow, PosterRow | None]:
        """Find a job and the poster it made; raise NotFound."""
        _require_job_id(job_id)
        with self._database.read() as session:
            found = session.execute(
                select(JobRow, PosterRow)
                .outerjoin(PosterRow, PosterRow.id == JobRow.poster_id)
                .where(JobRow.id == job_id)
            ).one_or_none()
        if found is None:
            raise NotFound("Job", job_id)
        return found[0], found[1]

    def several(self, job_ids: Collection[str]) -> dict[str, tuple[JobRow, PosterRow | None]]:
        """Find those of some jobs that are known, each with the poster it made."""
        with self._database.read() as session:
            found = session.execute(
                select(JobRow, PosterRow)
                .outerjoin(PosterRow, PosterRow.id == JobRow.poster_id)
                .where(JobRow.id.in_(job_ids))
            ).all()
        return {row.id: (row, poster) for row, poster in found}

    def with_design(self, job_id: str) -> JobRow:
        """Find a job together with its design; raise NotFound, also where that went with the poster."""
        _require_job_id(job_id)
        with self._database.read() as session:
            row = session.get(JobRow, job_id, options=[undefer(JobRow.design)])
        if row is None or not row.design:
            raise NotFound("Job", job_id)
        return row

    def waiting(self) -> list[Waiting]:
        """List the jobs in the queue."""
        columns = (JobRow.id, JobRow.owner, JobRow.preview, JobRow.created_at, JobRow.estimate_s, JobRow.not_before)
        with self._database.read() as session:
            rows = session.execute(select(*columns).where(JobRow.state == JobState.PENDING)).all()
        return [Waiting(*row) for row in rows]

    def hasten(self, by: timedelta, latest: datetime) -> None:
        """Let the jobs that rest begin so much earlier, and by a moment at the latest."""
        resting = select(JobRow).where(JobRow.state == JobState.PENDING, JobRow.not_before.is_not(None))
        with self._database.write() as session:
            for row in session.scalars(resting):
                if row.not_before is not None:
                    row.not_before = min(row.not_before - by, latest)

    def unfinished(self) -> Sequence[JobRow]:
        """List the jobs on their way."""
        with self._database.read() as session:
            return session.scalars(select(JobRow).where(JobRow.state.in_(ACTIVE))).all()

    def followed(self) -> dict[JobRow, list[str]]:
        """List the jobs on their way, each with those who asked for the same meanwhile."""
        query = select(JobRow, FollowerRow.user_id).outerjoin(FollowerRow, FollowerRow.job_id == JobRow.id)
        found: dict[JobRow, list[str]] = {}
        with self._database.read() as session:
            for row, user_id in session.execute(query.where(JobRow.state.in_(ACTIVE)).order_by(JobRow.created_at)):
                found.setdefault(row, []).extend([user_id] if user_id is not None else [])
        return found

    def in_state(self, state: JobState) -> Sequence[JobRow]:
        """List the jobs in a state, oldest first; for the states that few jobs are in at a time."""
        with self._database.read() as session:
            return session.scalars(select(JobRow).where(JobRow.state == state).order_by(JobRow.created_at)).all()

    def public_active(self, limit: int) -> Sequence[JobRow]:
        """List the posters on their way that everybody may know of, those in work first."""
        # Chosen here, for the queue is short: SQLite would look up all that are no previews, which are nearly all jobs.
        public = [row for row in self.unfinished() if row.public and not row.preview]
        return sorted(public, key=lambda row: (row.state != JobState.PROCESSING, row.created_at))[:limit]

    def recent_durations(self, limit: int = 200) -> list[tuple[Work, float]]:
        """List the latest completed jobs, oldest first, with the seconds each took."""
        columns = (
            JobRow.preview,
            JobRow.format,
            JobRow.megapixels,
            JobRow.distance_m,
            JobRow.started_at,
            JobRow.ended_at,
        )
        query = select(*columns).where(JobRow.state == JobState.COMPLETED).order_by(JobRow.ended_at.desc()).limit(limit)
        with self._database.read() as session:
            rows = session.execute(query).all()
        return [
            (Work(row.preview, row.format, row.megapixels, row.distance_m), (ended_at - started_at).total_seconds())
            for row in reversed(rows)
            if (started_at := row.started_at) and (ended_at := row.ended_at)
        ]

    def followers(self, job_id: str) -> Sequence[str]:
        """List those who asked for the same while the job was on its way."""
        with self._database.read() as session:
            return session.scalars(select(FollowerRow.user_id).where(FollowerRow.job_id == job_id)).all()

    def claim(self, job_id: str) -> bool:
        """Take a job out of the queue; False when it is no longer in it."""
        now = self._clock()
        return self.move(
            job_id, JobState.PENDING, JobState.PROCESSING, started_at=now, attempts=JobRow.attempts + 1, not_before=None
        )

    def requeue(self, job_id: str, **values: Any) -> bool:
        """Put a job that is being processed back into the queue; the server has outlived the attempt."""
        return self.run_again(job_id, interruptions=0, **values)

    def run_again(self, job_id: str, **values: Any) -> bool:
        """Put a job that was being processed when the server died back into the queue."""
        return self.move(job_id, JobState.PROCESSING, JobState.PENDING, started_at=None, **values)

    def note_drawing(self, job_id: str) -> None:
        """Count an interruption beforehand: if the server dies while it draws, nobody can count it then."""
        self._set_interruptions(JobRow.id == job_id, JobRow.interruptions + 1)

    def forgive_interruptions(self) -> None:
        """Take all jobs that are being processed for harmless: the server is going to end, and not because of them."""
        self._set_interruptions(JobRow.interruptions > 0, 0)

    def end(self, job_id: str, source: JobState, target: JobState, **values: Any) -> bool:
        """Bring a job to one of its final states, unless it has left the state it is expected in."""
        return self.move(job_id, source, target, ended_at=self._clock(), active_key=None, **values)

    def move(self, job_id: str, source: JobState, target: JobState, **values: Any) -> bool:
        """Move a job from one state to another; False when it was not in the first."""
        with self._database.write() as session:
            return move(session, job_id, source, target, **values)

    def _set_interruptions(self, which: ColumnElement[bool], value: Any) -> None:
        with self._database.write() as session:
            processing = JobRow.state == JobState.PROCESSING
            session.execute(update(JobRow).where(processing, which).values(interruptions=value))

    def forget(self, before: datetime, *, previews: bool, at_most: int) -> int:
        """Delete jobs that ended before a moment and have no poster, of previews or all others; tell how many."""
        old = (JobRow.preview == previews) & (JobRow.ended_at < before) & JobRow.poster_id.is_(None)
        with self._database.write() as session:
            ids = session.scalars(select(JobRow.id).where(old).limit(at_most)).all()
            session.execute(delete(JobRow).where(JobRow.id.in_(ids)))
        return len(ids)

    def count(self, states: Collection[JobState] | None = None) -> int:
        """Count the jobs, all or those in some states."""
        query = select(func.count()).select_from(JobRow)
        with self._database.read() as session:
            return session.scalar(query if states is None else query.where(JobRow.state.in_(states))) or 0


def _require_job_id(job_id: str) -> None:
    # What cannot be an id is not asked for: PostgreSQL takes offence at some characters.
    if not JOB_ID.fullmatch(job_id):
        raise NotFound("Job", job_id)


def move(session: Session, job_id: str, source: JobState, target: JobState, **values: Any) -> bool:
    """Move a job within a transaction; False when it was not in the state it was to come from."""
    if target not in TRANSITIONS[source]:
        raise ValueError(f"a job never goes from {source} to {target}")
    result = session.execute(
        update(JobRow).where(JobRow.id == job_id, JobRow.state == source).values(state=target, **values)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def equal_posters(session: Session, new: NewJob) -> Sequence[PosterRow]:
    """Find finished posters that are what somebody asks for: public ones, or their own with the same visibility."""
    query = select(PosterRow).where(PosterRow.fingerprint == new.fingerprint, PosterRow.preview == new.preview)
    query = query.where(PosterRow.visibility == new.visibility)
    if new.visibility != "public":
        query = query.where(PosterRow.owner == new.owner)
    return session.scalars(query.order_by(PosterRow.created_at.desc())).all()


def waiting_of(row: JobRow) -> Waiting:
    """Tell what decides when a job in the queue will be served."""
    return Waiting(row.id, row.owner, row.preview, row.created_at, row.estimate_s, row.not_before)


def work_of(row: JobRow) -> Work:
    """Tell what decides how long a job takes."""
    return Work(row.preview, row.format, row.megapixels, row.distance_m)
