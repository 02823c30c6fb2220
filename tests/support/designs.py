"""Poster designs to letter and draw: a plain theme, and any place and texts."""

from __future__ import annotations

from mural.poster import Page, Place, PosterDesign, Texts
from mural.themes import Theme

PLAIN_THEME = {
    "name": "Plain",
    "description": "Black on white.",
    "bg": "#ffffff",
    "text": "#111111",
    "gradient_color": "#ffffff",
    "water": "#c0d8f0",
    "parks": "#d8ecc8",
    "road_motorway": "#000000",
    "road_primary": "#282828",
    "road_secondary": "#505050",
    "road_tertiary": "#787878",
    "road_residential": "#a0a0a0",
    "road_default": "#b4b4b4",
}


def design(
    city: str = "Helsinki",
    country: str = "Finland",
    *,
    latitude: float = 60.1715,
    longitude: float = 24.9443,
    page: Page | None = None,
    texts: Texts | None = None,
) -> PosterDesign:
    """Describe a poster of a place."""
    return PosterDesign(
        place=Place(city=city, country=country, latitude=latitude, longitude=longitude),
        distance_m=1000.0,
        theme=Theme.from_mapping("plain", PLAIN_THEME),
        page=page or Page(),
        texts=texts or Texts(),
    )
