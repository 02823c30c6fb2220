"""From a request to a design: every field checked, the theme found, the place located."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

from mural.errors import InvalidInput
from mural.fonts import FontIndex, require_family
from mural.paper import PageWish, page_for
from mural.poster import DISTANCE_M_MIN, Format, Marker, Place, PosterDesign, Remarks, Texts, Track
from mural.scripts import tidy
from mural.themes import Theme
from mural.trail_ends import without_ends
from mural.wording import check_wording
from services.posters.requests import MAX_HIDDEN_M, PosterRequest

NAME_MAX: Final = 100
LINE_MAX: Final = 200
LINES_MAX: Final = 10
LABEL_MAX: Final = 80
REMARK_MAX: Final = 300
LATITUDE_MAX_DEG: Final = 85
"""Nearer the poles a flat page around a point shows nothing that reads as a map."""
TRACK_LATITUDE_MAX_DEG: Final = 89
"""A track may lead on beyond where the middle of a page can be; at the pole itself east and west have no width."""
TRACKS_MAX: Final = 20
TRACK_POINTS_MAX: Final = 50_000
MARKERS_MAX: Final = 100
READABLE: Final = frozenset("LNPS")
"""Letters, numbers, punctuation and symbols: how Unicode's names for the kinds of characters begin."""
UNREADABLE: Final = "must hold something to read"
STEERING: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Characters that turn the direction of all that follows, also of what is not theirs."""
DEGREE_DIGITS: Final = 6
"""Decimals of a degree that count: about a tenth of a metre."""


class Candidate(Protocol):
    """A place that a name may mean: degrees north and east (EPSG:4326)."""

    @property
    def display_name(self) -> str:
        """Its full name."""

    @property
    def latitude(self) -> float:
        """Degrees north."""

    @property
    def longitude(self) -> float:
        """Degrees east."""


class Located(Protocol):
    """Where a place is; ``candidates`` are the places it could be when that is not clear, else there are none."""

    @property
    def latitude(self) -> float:
        """Degrees north."""

    @property
    def longitude(self) -> float:
        """Degrees east."""

    @property
    def candidates(self) -> Sequence[Candidate]:
        """The places that the words could mean."""


class ThemeFinder(Protocol):
    """Knows themes by their ids."""

    def get(self, theme_id: str) -> Theme:
        """Find a theme; raise NotFound."""


class Geocoder(Protocol):
    """Finds places by name."""

    def geocode(self, city: str, country: str) -> Located:
        """Locate a place; raise NotFound or GeocodingError."""


class Designs:
    """Works out what a request means."""

    def __init__(self, themes: ThemeFinder, geocoder: Geocoder, fonts_dir: Path, max_distance_m: float) -> None:
        self._themes = themes
        self._geocoder = geocoder
        self._fonts_dir = fonts_dir
        self._max_distance_m = max_distance_m

    def prepare(self) -> None:
        """Read what the first request would have everybody wait for."""
        _ = self._fonts

    def design(self, request: PosterRequest) -> PosterDesign:
        """Make the design a request asks for; raise InvalidInput, NotFound, MissingScript or GeocodingError.

        The place is looked up last, when nothing else can be wrong any more.
        """
        self._check(request)
        page = page_for(
            PageWish(
                size=request.size,
                orientation=request.orientation,
                dpi=request.dpi,
                bleed_mm=request.bleed_mm,
                crop_marks=request.crop_marks,
            )
        )
        cleaned = {
            "texts": _clean_texts(request.texts),
            "rotation_deg": request.rotation_deg % 360,
            "tracks": _hidden(request),
            "remarks": _clean_remarks(request.remarks),
        }
        design = PosterDesign(
            **request.wished() | cleaned,
            theme=self._themes.get(request.theme),
            place=Place(city=clean(request.city), country=clean(request.country), latitude=0.0, longitude=0.0),
            page=page,
        )
        check_wording(design, self._fonts)
        return replace(design, place=self._located(request, design.place))

    @cached_property
    def _fonts(self) -> FontIndex:
        return FontIndex.load(self._fonts_dir)

    def _check(self, request: PosterRequest) -> None:
        for name in ("city", "country"):
            text = clean(getattr(request, name))
            allowed = f"may have {NAME_MAX} characters at most"
            _require(len(text) <= NAME_MAX, name, text, allowed, reason="string_too_long", max_length=NAME_MAX)
            _require(any(unicodedata.category(letter)[0] in READABLE for letter in text), name, text, UNREADABLE)
        _require_metres("distance", request.distance_m, DISTANCE_M_MIN, self._max_distance_m)
        _require_metres("hide_ends_m", request.hide_ends_m, 0.0, MAX_HIDDEN_M)
        if request.format is not Format.PDF:
            for name in ("bleed_mm", "crop_marks"):
                value = getattr(request, name)
                _require(not value, name, value, "is for the format pdf only", reason="pdf_only")
        _check_tracks(request.tracks)
        _check_markers(request.markers)

    def _located(self, request: PosterRequest, named: Place) -> Place:
        latitude, longitude = request.latitude, request.longitude
        if latitude is None and longitude is None:
            located = self._geocoder.geocode(named.city, named.country)
            _refuse_ambiguous(named, located.candidates)
            latitude, longitude = located.latitude, located.longitude
        elif latitude is None or longitude is None:
            missing = "latitude" if latitude is None else "longitude"
            raise InvalidInput(
                "Latitude and longitude go together: give both or neither.", field=missing, reason="half_a_point"
            )
        _check_point("", latitude, longitude)
        return replace(named, latitude=round(latitude, DEGREE_DIGITS), longitude=round(longitude, DEGREE_DIGITS))


def clean(text: str) -> str:
    """Write text one way only: composed letters, single spaces, nothing that steers the writing around it."""
    return tidy(text.translate(STEERING))


def _require(holds: bool, name: str, value: Any, what: str, **facts: Any) -> None:
    if not holds:
        raise InvalidInput(f"“{name}” {what}.", field=name, value=value, **facts)


def _require_metres(name: str, value: float, least: float, most: float) -> None:
    allowed = f"must be {least:g} to {most:g} metres"
    _require(least <= value <= most, name, value, allowed, reason="out_of_range", least=least, most=most)


def _refuse_ambiguous(named: Place, candidates: Sequence[Candidate]) -> None:
    if candidates:
        raise InvalidInput(
            f"“{named.city}, {named.country}” may mean several places. Choose one, by its latitude and longitude.",
            field="city",
            value=named.city,
            reason="ambiguous",
            candidates=[
                {"display_name": place.display_name, "latitude": place.latitude, "longitude": place.longitude}
                for place in candidates
            ],
        )


def _clean_texts(texts: Texts) -> Texts:
    _require(len(texts.lines) <= LINES_MAX, "texts.lines", len(texts.lines), f"has {LINES_MAX} lines at most")
    lines = tuple(clean(line) for line in texts.lines)
    named = {name: _cleaned(getattr(texts, name)) for name in ("title", "subtitle", "coordinates")}
    for name, text in [*named.items(), *(("lines", line) for line in lines)]:
        _require(len(text or "") <= LINE_MAX, f"texts.{name}", text, f"has {LINE_MAX} characters at most")
    if texts.font is not None:
        require_family(texts.font, field="texts.font")
    return Texts(lines=lines, font=texts.font, **named)


def _clean_remarks(remarks: Remarks) -> Remarks:
    cleaned = {name: clean(text) for name, text in asdict(remarks).items()}
    for name, text in cleaned.items():
        allowed = f"may have {REMARK_MAX} characters at most"
        _require(len(text) <= REMARK_MAX, name, text, allowed, reason="string_too_long", max_length=REMARK_MAX)
    return Remarks(**cleaned)


def _cleaned(text: str | None) -> str | None:
    return None if text is None else clean(text)


def _check_point(prefix: str, latitude: float, longitude: float, most_deg: int = LATITUDE_MAX_DEG) -> None:
    near, around = abs(latitude) <= most_deg, abs(longitude) <= 180
    _require(near, f"{prefix}latitude", latitude, f"must be -{most_deg} to {most_deg} degrees")
    _require(around, f"{prefix}longitude", longitude, "must be -180 to 180 degrees")


def _check_tracks(tracks: Sequence[Track]) -> None:
    _require(len(tracks) <= TRACKS_MAX, "tracks", len(tracks), f"has {TRACKS_MAX} tracks at most")
    points = sum(len(track.points) for track in tracks)
    _require(points <= TRACK_POINTS_MAX, "tracks", points, f"has {TRACK_POINTS_MAX} points at most")
    for track in tracks:
        _require(len(track.label) <= LABEL_MAX, "tracks.label", track.label, f"has {LABEL_MAX} characters at most")
        for latitude, longitude in track.points:
            if not (abs(latitude) <= LATITUDE_MAX_DEG and abs(longitude) <= 180):  # a call for each would take long
                _check_point("tracks.", latitude, longitude, TRACK_LATITUDE_MAX_DEG)


def _hidden(request: PosterRequest) -> tuple[Track, ...]:
    """Cut the ends off, before anything else is done with the tracks: nothing that follows knows of them."""
    tracks = without_ends(request.tracks, request.hide_ends_m, TRACKS_MAX)
    if request.tracks and not tracks:
        message = "With their ends hidden there is nothing left of the tracks. A shorter distance leaves more."
        raise InvalidInput(message, field="hide_ends_m", value=request.hide_ends_m, reason="nothing_left")
    return tracks


def _check_markers(markers: Sequence[Marker]) -> None:
    _require(len(markers) <= MARKERS_MAX, "markers", len(markers), f"has {MARKERS_MAX} markers at most")
    for marker in markers:
        _require(len(marker.label) <= LABEL_MAX, "markers.label", marker.label, f"has {LABEL_MAX} characters at most")
        _check_point("markers.", marker.latitude, marker.longitude)
