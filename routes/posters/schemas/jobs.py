"""Jobs, and what became of a wish."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mural.jobs.states import JobState
from routes.posters.schemas.posters import Dimensions
from routes.web.schemas import Answer


class JobResultOut(Answer):
    """The poster that a job has made."""

    poster_id: str
    download_url: str
    thumbnail_url: str
    preview_url: str
    filename: str
    file_size: int
    dimensions: Dimensions


class SubmittedOut(Answer):
    """A job on its way; with `result` where an equal poster was finished before."""

    job_id: str
    status: JobState
    created_at: str
    estimated_duration: float
    status_url: str
    result: JobResultOut | None = None


class JobOut(Answer):
    """A job, as far as its state has the fields.

    Once its poster was taken down there is no `result`, and `city`, `country` and `theme` are empty.
    """

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
