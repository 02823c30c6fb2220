"""Wishes for posters in the database: accepted as jobs, looked up, and forgotten in time."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final
from uuid import uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from infra.clock import Clock
from infra.db.models import FollowerRow, JobRow, PosterJobRow, PosterRow
from infra.db.session import Database
from infra.jobs.store import ACTIVE
from mural.errors import NotFound, TooMany, Unavailable
from mural.jobs.estimates import Work
from mural.jobs.queue import Waiting
from mural.jobs.states import JobState
from services.posters.files import PosterFiles
from services.posters.requests import Visibility

POSTER: Final = "poster"
"""The kind of these jobs."""

PREVIEWS_FIRST: Final = 1
"""The priority of previews; prints have none."""

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
    address: str = ""

    @property
    def active_key(self) -> str:
        """Name what may be on its way only once: equal pictures for everybody, others for each owner and audience."""
        audience = AUDIENCES[self.visibility].format(owner=self.owner)
        return f"{'preview' if self.preview else 'poster'}:{audience}:{self.fingerprint}"


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How many jobs may be on their way, overall, for one owner and from one address."""

    overall: int
    per_owner: int
    per_address: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a wish: its job, or the poster that was finished before."""

    job: PosterJobRow | None
    poster: PosterRow | None = None
    joined: bool = False


class PosterJobStore:
    """Accepts and reads the jobs that make posters."""

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
        running = session.scalar(select(PosterJobRow).where(PosterJobRow.active_key == new.active_key))
        if running is not None:
            if running.owner != new.owner:
                session.merge(FollowerRow(job_id=running.id, user_id=new.owner))
            return Accepted(running, joined=True)
        poster = next((row for row in equal_posters(session, new) if self._files.holds(row.id, row.poster_file)), None)
        if poster is not None:
            return Accepted(session.get(PosterJobRow, poster.job_id), poster)
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
        here = JobRow.address == address_key(new.address)
        if new.address and (session.scalar(waiting.where(here)) or 0) >= self._limits.per_address:
            raise TooMany(
                f"{self._limits.per_address} posters asked for from your address are on their way already. "
                f"Try again in about {retry_after_s} s, when one of them is done.",
                retry_after_s=retry_after_s,
                limit=self._limits.per_address,
            )
        if (session.scalar(waiting) or 0) >= self._limits.overall:
            raise TooMany(
                "The queue is full. Try again when some of the posters in it are done.",
                retry_after_s=retry_after_s,
                limit=self._limits.overall,
            )

    def _row(self, new: NewJob) -> PosterJobRow:
        return PosterJobRow(
            id=(PREVIEW_PREFIX if new.preview else "") + uuid4().hex,
            kind=POSTER,
            owner=new.owner,
            address=address_key(new.address) if new.address else None,
            priority=PREVIEWS_FIRST if new.preview else 0,
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
            payload=new.design,
        )

    def get(self, job_id: str) -> tuple[PosterJobRow, PosterRow | None]:
        """Find a job and the poster it made; raise NotFound."""
        _require_job_id(job_id)
        with self._database.read() as session:
            found = session.execute(
                select(PosterJobRow, PosterRow)
                .outerjoin(PosterRow, PosterRow.id == PosterJobRow.poster_id)
                .where(PosterJobRow.id == job_id)
            ).one_or_none()
        if found is None:
            raise NotFound("Job", job_id)
        return found[0], found[1]

    def several(self, job_ids: Collection[str]) -> dict[str, tuple[PosterJobRow, PosterRow | None]]:
        """Find those of some jobs that are known, each with the poster it made."""
        with self._database.read() as session:
            found = session.execute(
                select(PosterJobRow, PosterRow)
                .outerjoin(PosterRow, PosterRow.id == PosterJobRow.poster_id)
                .where(PosterJobRow.id.in_(job_ids))
            ).all()
        return {row.id: (row, poster) for row, poster in found}

    def with_design(self, job_id: str) -> PosterJobRow:
        """Find a job together with its design; raise NotFound, also where that went with the poster."""
        _require_job_id(job_id)
        with self._database.read() as session:
            row = session.get(PosterJobRow, job_id, options=[undefer(PosterJobRow.payload)])
        if row is None or not row.payload:
            raise NotFound("Job", job_id)
        return row

    def unfinished(self) -> Sequence[PosterJobRow]:
        """List the jobs on their way."""
        with self._database.read() as session:
            return session.scalars(select(PosterJobRow).where(PosterJobRow.state.in_(ACTIVE))).all()

    def followed(self) -> dict[PosterJobRow, list[str]]:
        """List the jobs on their way, each with those who asked for the same meanwhile."""
        query = select(PosterJobRow, FollowerRow.user_id).outerjoin(FollowerRow, FollowerRow.job_id == PosterJobRow.id)
        found: dict[PosterJobRow, list[str]] = {}
        with self._database.read() as session:
            for row, user_id in session.execute(
                query.where(PosterJobRow.state.in_(ACTIVE)).order_by(PosterJobRow.created_at)
            ):
                found.setdefault(row, []).extend([user_id] if user_id is not None else [])
        return found

    def public_active(self, limit: int) -> Sequence[PosterJobRow]:
        """List the posters on their way that everybody may know of, those in work first."""
        # Chosen here, for the queue is short: SQLite would look up all that are no previews, which are nearly all jobs.
        public = [row for row in self.unfinished() if row.public and not row.preview]
        return sorted(public, key=lambda row: (row.state != JobState.PROCESSING, row.created_at))[:limit]

    def recent_durations(self, limit: int = 200) -> list[tuple[Work, float]]:
        """List the latest completed jobs, oldest first, with the seconds each took."""
        columns = (
            PosterJobRow.preview,
            PosterJobRow.format,
            PosterJobRow.megapixels,
            PosterJobRow.distance_m,
            PosterJobRow.started_at,
            PosterJobRow.ended_at,
        )
        query = (
            select(*columns)
            .where(PosterJobRow.state == JobState.COMPLETED)
            .order_by(PosterJobRow.ended_at.desc())
            .limit(limit)
        )
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

    def forget(self, before: datetime, *, previews: bool, at_most: int) -> int:
        """Delete jobs that ended before a moment and have no poster, of previews or all others; tell how many."""
        old = (PosterJobRow.preview == previews) & (PosterJobRow.ended_at < before) & PosterJobRow.poster_id.is_(None)
        with self._database.write() as session:
            ids = session.scalars(select(PosterJobRow.id).where(old).limit(at_most)).all()
            session.execute(delete(JobRow).where(JobRow.id.in_(ids)))
        return len(ids)


def _require_job_id(job_id: str) -> None:
    # What cannot be an id is not asked for: PostgreSQL takes offence at some characters.
    if not JOB_ID.fullmatch(job_id):
        raise NotFound("Job", job_id)


def address_key(address: str) -> str:
    """Give what an active job keeps of an address: the same for the same one, and not the address itself."""
    return blake2b(address.encode(), digest_size=12).hexdigest()


def equal_posters(session: Session, new: NewJob) -> Sequence[PosterRow]:
    """Find finished posters that are what somebody asks for: public ones, or their own with the same visibility."""
    query = select(PosterRow).where(PosterRow.fingerprint == new.fingerprint, PosterRow.preview == new.preview)
    query = query.where(PosterRow.visibility == new.visibility)
    if new.visibility != "public":
        query = query.where(PosterRow.owner == new.owner)
    return session.scalars(query.order_by(PosterRow.created_at.desc())).all()


def waiting_of(row: PosterJobRow) -> Waiting:
    """Tell what decides when a job in the queue will be served."""
    return Waiting(row.id, row.owner, row.preview, row.created_at, row.estimate_s, row.not_before)


def work_of(row: PosterJobRow) -> Work:
    """Tell what decides how long a job takes."""
    return Work(row.preview, row.format, row.megapixels, row.distance_m)
