"""Posters that are asked for together."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mural.jobs.states import JobState
from routes.posters.schemas.designs import LooksIn, PlaceIn
from routes.posters.schemas.jobs import JobResultOut
from routes.web.schemas import Answer, ThemeId
from services.posters.batches import BATCH_MAX
from services.posters.requests import PosterRequest


class PosterBatchIn(LooksIn):
    """Several posters of one look: every place in every theme."""

    places: list[PlaceIn] = Field(min_length=1, max_length=BATCH_MAX)
    themes: list[ThemeId] = Field(min_length=1, max_length=BATCH_MAX)

    def to_requests(self) -> list[PosterRequest]:
        """Hand the checked values on as the services take them."""
        looks = self.looks()
        places = [place.model_dump() for place in self.places]
        return [PosterRequest(**place, **looks, theme=theme) for place in places for theme in self.themes]


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
