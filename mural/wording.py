"""What a poster says: the texts of a design, top to bottom, whether they are typed in or made from the place."""

from __future__ import annotations

from typing import Final, Literal

from mural.fonts import FontIndex, check_texts
from mural.poster import Place, PosterDesign
from mural.scripts import capitals, needs_glyph

CREDIT: Final = "© OpenStreetMap contributors · openstreetmap.org/copyright"
"""What the map data's licence (ODbL 4.3) asks every picture to say."""

TextRole = Literal["title", "subtitle", "coordinates", "line"]


def poster_texts(design: PosterDesign) -> list[tuple[TextRole, str]]:
    """List what a poster says besides the credit, without the lines that are hidden or have nothing to see."""
    texts, place = design.texts, design.place
    said: list[tuple[TextRole, str]] = [
        ("title", capitals(place.city) if texts.title is None else texts.title),
        ("subtitle", place.country if texts.subtitle is None else texts.subtitle),
        ("coordinates", _coordinates(place) if texts.coordinates is None else texts.coordinates),
        *(("line", line) for line in texts.lines),
    ]
    return [(role, text) for role, text in said if any(map(needs_glyph, text))]


def check_wording(design: PosterDesign, index: FontIndex) -> None:
    """Raise MissingScript when a poster could not be lettered, before any work on it begins."""
    check_texts([*(text for _, text in poster_texts(design)), *design.labels], index)


def format_coordinates(latitude: float, longitude: float) -> str:
    """Write a point in degrees (EPSG:4326) with its hemispheres: “40.7128° N 74.0060° W”."""
    north, east = round(latitude, 4), round(longitude, 4)
    return f"{abs(north):.4f}° {'S' if north < 0 else 'N'} {abs(east):.4f}° {'W' if east < 0 else 'E'}"


def _coordinates(place: Place) -> str:
    return format_coordinates(place.latitude, place.longitude)
