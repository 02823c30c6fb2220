"""What the outside sees of jobs and posters: frozen values whose ``to_json`` is the body of the REST answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from infra.clock import iso
from infra.events.payloads import PosterNews
from mural.jobs.states import JobState
from services.posters.requests import Visibility
from services.posters.urls import Urls

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FileKind = Literal["poster", "thumbnail", "preview"]

View = TypeVar("View")


def names_of(kind: type[DataclassInstance]) -> frozenset[str]:
    """Name the fields of a dataclass: those that another form of the same thing has under the same names."""
    return frozenset(field.name for field in fields(kind))


def addressed(facts: Mapping[str, Any], urls: Urls) -> dict[str, Any]:
    """Add to the facts of a poster where it is found, however the server is reached now."""
    body = dict(facts)
    poster_id, version = body["id"], body.pop("version")
    return body | {
        "url": urls.poster(poster_id),
        "download_url": urls.download(poster_id, version),
        "thumbnail_url": urls.thumbnail(poster_id, version),
        "preview_url": urls.preview(poster_id, version),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterView:
    """A finished poster. ``owner`` is for checks and never leaves the server."""

    id: str
    job_id: str
    owner: str
    visibility: Visibility
    preview: bool
    city: str
    country: str
    latitude: float
    longitude: float
    theme: str
    theme_name: str
    distance_m: float
    format: str
    width_mm: float
    height_mm: float
    width_px: int
    height_px: int
    dpi: int
    filename: str
    file_size: int
    source: str
    generation_s: float
    created_at: datetime
    expires_at: datetime | None
    gallery_seq: int | None
    remarks: Mapping[str, str]
    urls: Urls

    @property
    def public(self) -> bool:
        """Tell whether it hangs on the wall, or would if it were no preview."""
        return self.visibility == "public"

    @property
    def version(self) -> str:
        """Name this hanging on the wall, under which caches may keep the files; "" for one that does not hang there.

        A poster's files never change, but what everybody may keep of them ends when it comes down.
        """
        return str(self.gallery_seq) if self.public and self.gallery_seq is not None else ""

    @property
    def download_url(self) -> str:
        """Where its file is."""
        return self.urls.download(self.id, self.version)

    @property
    def thumbnail_url(self) -> str:
        """Where its thumbnail is."""
        return self.urls.thumbnail(self.id, self.version)

    @property
    def preview_url(self) -> str:
        """Where its preview is."""
        return self.urls.preview(self.id, self.version)

    @property
    def dimensions(self) -> dict[str, int]:
        """The size in pixels and the resolution."""
        return {"width": self.width_px, "height": self.height_px, "dpi": self.dpi}

    def facts(self) -> PosterNews:
        """Give what everybody who may see the poster may know, without its addresses and what its maker says of it."""
        body: PosterNews = {
            "id": self.id,
            "job_id": self.job_id,
            "city": self.city,
            "country": self.country,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "theme": self.theme,
            "theme_name": self.theme_name,
            "distance": self.distance_m,
            "format": self.format,
            "page": {"width_mm": round(self.width_mm, 2), "height_mm": round(self.height_mm, 2)},
            "dimensions": self.dimensions,
            "filename": self.filename,
            "file_size": self.file_size,
            "visibility": self.visibility,
            "source": self.source,
            "generation_time": round(self.generation_s, 3),
            "created_at": iso(self.created_at),
            "version": self.version,
        }
        if self.expires_at is not None:
            body["expires_at"] = iso(self.expires_at)
        return body

    def card_json(self) -> dict[str, Any]:
        """Give the facts with the addresses: what the wall shows, and the news of it."""
        return addressed(self.facts(), self.urls)

    def to_json(self) -> dict[str, Any]:
        """Give that and what its maker says of it."""
        return self.card_json() | {name: text for name, text in self.remarks.items() if text}

    def result_json(self) -> dict[str, Any]:
        """Give the ``result`` of the job that made it."""
        return {
            "poster_id": self.id,
            "download_url": self.download_url,
            "thumbnail_url": self.thumbnail_url,
            "preview_url": self.preview_url,
            "filename": self.filename,
            "file_size": self.file_size,
            "dimensions": self.dimensions,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job as it stands now. ``owner`` is for checks and never leaves the server.

    One whose poster was taken down is ``forgotten``: it tells when it was, and nothing of what was wished for.
    """

    job_id: str
    owner: str
    visibility: Visibility
    preview: bool
    state: JobState
    city: str
    country: str
    theme: str
    progress: int
    current_step: str
    message: str = ""
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None
    estimated_duration_s: float
    queue_position: int | None = None
    estimated_completion: datetime | None = None
    poster: PosterView | None
    error: str | None = None
    error_message: str | None = None
    retry_allowed: bool = False
    original_job_id: str | None = None
    forgotten: bool = False
    urls: Urls

    @property
    def duration_s(self) -> float | None:
        """Seconds from the start of the last attempt to the end."""
        if self.started_at is None or self.ended_at is None:
            return None
        return (self.ended_at - self.started_at).total_seconds()

    def to_json(self) -> dict[str, Any]:
        """Give the body of GET /jobs/{id}: every field that the state has."""
        duration_s = self.duration_s
        body: dict[str, Any] = {
            "job_id": self.job_id,
            "status": str(self.state),
            "progress": self.progress,
            "current_step": str(self.current_step),
            "city": self.city,
            "country": self.country,
            "theme": self.theme,
            "created_at": iso(self.created_at),
            "estimated_duration": round(self.estimated_duration_s, 1),
        }
        body |= _present("queue_position", self.queue_position)
        body |= _present("started_at", self.started_at, iso)
        body |= _present("estimated_completion", self.estimated_completion, iso)
        body |= _present("original_job_id", self.original_job_id)
        if self.state.ended:
            body |= _present(f"{self.state}_at", self.ended_at, iso)
            body |= _present("duration", duration_s, lambda seconds: round(seconds, 3))
        if self.state is JobState.COMPLETED:
            body["result"] = self.poster.result_json() if self.poster else None
        if self.state in (JobState.FAILED, JobState.CANCELLED):
            body |= {"error": self.error, "error_message": self.error_message, "retry_allowed": self.retry_allowed}
        return body

    def accepted_json(self) -> dict[str, Any]:
        """Give the body of the 202 that POST /posters answers."""
        return {
            "job_id": self.job_id,
            "status": str(self.state),
            "created_at": iso(self.created_at),
            "estimated_duration": round(self.estimated_duration_s, 1),
            "status_url": self.urls.job(self.job_id),
        }


@dataclass(frozen=True, slots=True)
class Submission:
    """The answer to a wish: the job on its way, or with it the poster that was there already."""

    job: JobView
    poster: PosterView | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the body: 202 with the job, or 200 with ``result`` when the poster is there."""
        body = self.job.accepted_json()
        return body | {"result": self.poster.result_json()} if self.poster else body


@dataclass(frozen=True, slots=True)
class PageOf(Generic[View]):
    """One page of a list whose length is known."""

    items: tuple[View, ...]
    page: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has none."""
        return -(-self.total // self.per_page)

    def pagination_json(self) -> dict[str, Any]:
        """Give the ``pagination`` of the answer."""
        return {
            "page": self.page,
            "per_page": self.per_page,
            "total": self.total,
            "pages": self.pages,
            "has_next": self.page < self.pages,
            "has_prev": self.page > 1,
        }


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file to send: where it lies, the name, type and validator to send it with, and its poster's version."""

    path: Path
    filename: str
    mimetype: str
    etag: str
    size: int
    version: str


Value = TypeVar("Value")


def _present(key: str, value: Value | None, shown: Callable[[Value], Any] = lambda value: value) -> dict[str, Any]:
    return {} if value is None else {key: shown(value)}
