"""What somebody asks for, as plain values: the fields of POST /posters, before anything was looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from mural.paper import DEFAULT_DPI, DEFAULT_SIZE, Orientation, Size
from mural.poster import Marker, Track, Wished

DEFAULT_DISTANCE_M: Final = 29_000.0
PER_PAGE_MAX: Final = 100

Visibility = Literal["public", "unlisted", "private"]
"""Who finds a poster: everybody on the wall, those who know its link, or its owner alone."""

MAX_HIDDEN_M: Final = 5000.0
"""How much of each end of a track can be hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterRequest(Wished):
    """One poster to make; without ``latitude`` and ``longitude`` the place is looked up."""

    city: str
    country: str
    theme: str
    distance_m: float = DEFAULT_DISTANCE_M
    latitude: float | None = None
    longitude: float | None = None
    size: str | Size = DEFAULT_SIZE
    orientation: Orientation | None = None
    dpi: int = DEFAULT_DPI
    bleed_mm: float = 0.0
    crop_marks: bool = False
    hide_ends_m: float = 0.0
    visibility: Visibility | None = None
    preview: bool = False

    @property
    def seen_by(self) -> Visibility:
        """Tell who is to find it: what was chosen, else everybody, but where somebody lives or went nobody else."""
        return self.visibility or usual_visibility(self.tracks, self.markers)


def usual_visibility(tracks: Sequence[Track], markers: Sequence[Marker]) -> Visibility:
    """Tell who finds a poster whose maker has not said: one with a track or a mark is its maker's alone."""
    return "private" if tracks or markers else "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterQuery:
    """Which of one's own posters to list, and in what order."""

    page: int = 1
    per_page: int = 20
    sort: Literal["created_at", "city", "theme"] = "created_at"
    order: Literal["asc", "desc"] = "desc"
    theme: str | None = None
    city: str | None = None
    first_day: date | None = None
    last_day: date | None = None
