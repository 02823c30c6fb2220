"""Posters: the wish for one, its facts, and where it is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

from pydantic import Field

from mural.poster import Format
from routes.posters.fields import IN_ANSWER, with_fields
from routes.posters.schemas.designs import DesignIn
from routes.web.schemas import Answer, Name, Request
from routes.web.words import VERSION
from services.posters.requests import PER_PAGE_MAX, PosterRequest, Visibility


class PosterIn(DesignIn):
    """A poster to make."""

    preview_mode: bool = False

    def to_request(self) -> PosterRequest:
        """Hand the checked values on as the services take them."""
        return replace(super().to_request(), preview=self.preview_mode)


class ExportIn(Request):
    """The same poster as another kind of file."""

    format: Format


class VisibilityIn(Request):
    """Who is to find a poster."""

    visibility: Visibility


class FileQuery(Request):
    """Which version, as the addresses of answers have it."""

    v: str | None = Field(
        default=None,
        max_length=64,
        pattern=VERSION,  # an address with a second question mark means something else by it
        description="As the addresses in answers carry it: caches may keep the file. Absent: they ask each time.",
    )


class DownloadQuery(FileQuery):
    """In which format; absent: the one it was made in."""

    format: Format | None = None


class PageQuery(Request):
    """Which page of one's own posters."""

    page: int = Field(default=1, ge=1, le=1_000_000)
    per_page: int = Field(default=20, ge=1, le=PER_PAGE_MAX)
    sort: Literal["created_at", "city", "theme"] = "created_at"
    order: Literal["asc", "desc"] = "desc"
    theme: Name | None = None
    city: Name | None = None
    first_day: date | None = Field(default=None, description="The earliest day on which they were made (UTC).")
    last_day: date | None = Field(default=None, description="The latest day.")


class Dimensions(Answer):
    """Pixels and their number per inch."""

    width: int
    height: int
    dpi: int


class PaperOut(Answer):
    """The page without its bleed."""

    width_mm: float
    height_mm: float


class CardOut(Answer):
    """A poster as it hangs on the wall."""

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


@with_fields(IN_ANSWER)
class PosterOut(CardOut):
    """All facts of a poster, with what its maker says of it."""


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
