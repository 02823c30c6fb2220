"""Places by name and names by place."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from routes.web.schemas import Answer, City, Country, Longitude, Name, Request
from services.places.geocoding import LARGEST_BATCH


class GeocodeQuery(Request):
    """A place by name."""

    city: City
    country: Country


class SuggestQuery(Request):
    """The beginning of a place's name."""

    q: Name = Field(examples=["Hels"])
    limit: int = Field(default=8, ge=1, le=20)


class PointQuery(Request):
    """A place by its coordinates in degrees."""

    lat: float = Field(ge=-90, le=90, examples=[60.17])
    lon: Longitude


class GeocodeBatchIn(Request):
    """Several places by name."""

    locations: list[GeocodeQuery] = Field(min_length=1, max_length=LARGEST_BATCH)


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
