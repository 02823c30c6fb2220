"""What answers look like: the OpenAPI document comes from these, and tests hold the views to them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mural.jobs.states import JobState
from mural.poster import Format
from services.requests import Visibility


class Answer(BaseModel):
    """A body of ours, as far as its state has the fields."""

    model_config = ConfigDict(extra="forbid")


class ErrorOut(Answer):
    """Every error looks like this; more facts may stand beside."""

    model_config = ConfigDict(extra="allow")
    error: str
    message: str


class Dimensions(Answer):
    """Pixels and their number per inch."""

    width: int
    height: int
    dpi: int


class PaperOut(Answer):
    """The page without its bleed."""

    width_mm: float
    height_mm: float


class JobResultOut(Answer):
    """The poster that a job has made."""

    poster_id: str
    download_url: str
    thumbnail_url: str
    preview_url: str
    filename: str
    file_size: int
    dimensions: Dimensions


class JobOut(Answer):
    """A job, as far as its state has the fields."""

    job_id: str
    status: JobState
    progress: int = Field(ge=0, le=100)
    current_step: str
    city: str
    country: str
    theme: str
    created_at: str
    estimated_duration: float
    queue_position: int | None = None
    started_at: str | None = None
    completed_at: str | None = None
    failed_at: str | None = None
    cancelled_at: str | None = None
    estimated_completion: str | None = None
    duration: float | None = None
    original_job_id: str | None = None
    result: JobResultOut | None = None
    error: str | None = None
    error_message: str | None = None
    retry_allowed: bool | None = None


class SubmittedOut(Answer):
    """A job on its way; with `result` where an equal poster was finished before."""

    job_id: str
    status: JobState
    created_at: str
    estimated_duration: float
    status_url: str
    result: JobResultOut | None = None


class CancelledOut(Answer):
    """A job that was stopped."""

    job_id: str
    status: Literal["cancelled"]
    message: str


class RetriedOut(Answer):
    """The new job in place of one that failed."""

    job_id: str
    original_job_id: str
    status: JobState
    message: str


class BatchJobOut(Answer):
    """One of the posters of a batch."""

    job_id: str
    status: JobState
    progress: int = Field(ge=0, le=100)
    city: str
    country: str
    theme: str
    status_url: str
    result: JobResultOut | None = None
    error: str | None = None
    error_message: str | None = None


class BatchOut(Answer):
    """Posters that were asked for together; `download_url` once every job has ended and one made a poster."""

    batch_id: str
    status: Literal["processing", "completed", "failed"]
    created_at: str
    total: int
    completed: int
    failed: int
    progress: int = Field(ge=0, le=100)
    status_url: str
    download_url: str | None = None
    jobs: list[BatchJobOut]


class PosterOut(Answer):
    """All facts of a poster."""

    id: str
    job_id: str
    city: str
    country: str
    latitude: float
    longitude: float
    theme: str
    theme_name: str
    distance: float
    format: Format
    page: PaperOut
    dimensions: Dimensions
    filename: str
    file_size: int
    visibility: Visibility
    source: str
    generation_time: float
    created_at: str
    expires_at: str | None = None
    url: str
    download_url: str
    thumbnail_url: str
    preview_url: str


class Pagination(Answer):
    """Where a page stands among the others."""

    page: int
    per_page: int
    total: int
    pages: int
    has_next: bool
    has_prev: bool


class PostersOut(Answer):
    """One page of one's own posters."""

    posters: list[PosterOut]
    pagination: Pagination


class TilesOut(Answer):
    """Which tiles a poster has; `tile_url` holds {level}, {column} and {row}."""

    width: int
    height: int
    tile_size: int
    overlap: int
    min_level: int
    max_level: int
    tile_url: str


class GalleryOut(Answer):
    """A stretch of the wall, and the point in the sequence of events that it stands for."""

    posters: list[PosterOut]
    epoch: str
    seq: int
    next_before: int | None


class ThemeGround(Answer):
    """The two colours that a poster is known by."""

    bg: str
    text: str


class ThemeSummary(Answer):
    """A theme in a list."""

    id: str
    name: str
    description: str
    preview_url: str
    own: bool
    colors: ThemeGround


class ThemesOut(Answer):
    """The themes that come with the installation, and one's own."""

    themes: list[ThemeSummary]
    total: int


class ThemeOut(Answer):
    """A theme with all of its colours; `faults` says what in it is hard to read or to tell apart."""

    id: str
    name: str
    description: str
    preview_url: str
    own: bool
    font: str
    colors: dict[str, str]
    faults: list[str]


class CheckedThemeOut(Answer):
    """What a theme comes to: every colour, and what is hard to read or to tell apart."""

    colors: dict[str, str]
    faults: list[str]


class CandidateOut(Answer):
    """A place that a name may mean."""

    display_name: str
    latitude: float
    longitude: float


class LocationOut(Answer):
    """A place; with `candidates` where its name may mean several."""

    city: str
    country: str
    latitude: float
    longitude: float
    display_name: str
    cached: bool
    candidates: list[CandidateOut] | None = None


class SuggestionsOut(Answer):
    """Places, the likeliest first."""

    suggestions: list[dict[str, Any]]


class GeocodeResultOut(Answer):
    """A place that was found, or why it was not."""

    city: str
    country: str
    success: bool
    latitude: float | None = None
    longitude: float | None = None
    display_name: str | None = None
    cached: bool | None = None
    candidates: list[CandidateOut] | None = None
    error: str | None = None
    message: str | None = None


class GeocodeBatchOut(Answer):
    """What was found, in the order of asking."""

    results: list[GeocodeResultOut]
    total: int
    successful: int
    failed: int


class HealthOut(Answer):
    """A word for the whole and for each part."""

    status: Literal["healthy", "degraded", "unhealthy"]
    version: str
    timestamp: str
    services: dict[str, str]


class ReadyOut(Answer):
    """Whether a poster asked for now would be drawn at once."""

    ready: bool


class StatsOut(Answer):
    """What this installation has and has done."""

    total_posters: int
    total_jobs: int
    active_jobs: int
    cache_hit_rate: float | None
    average_generation_time: float | None
    storage_used: int
    themes_count: int
