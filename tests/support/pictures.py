"""Small maps in metres, made by hand or from the sample, and posters of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from mural.geo.extract import read_area
from mural.geo.layers import Area, Layer, Lines, Polygons, ProjectedMap
from mural.geo.page_map import project_area
from mural.geo.projection import View
from mural.jobs.progress import Step
from mural.poster import PosterDesign
from mural.render.compose import Picture, draw_poster
from mural.render.export import draw_rows
from mural.render.images import WholeImage
from mural.render.page import map_half_extent_m, size_px
from tests.support.fonts import fonts_dir
from tests.support.real_parts import SAMPLE_FILE

Points = Sequence[tuple[float, float]]


def quietly(step: Step, fraction: float) -> None:
    """Hear of progress and say nothing."""


def polygons(*shapes: Sequence[Points]) -> Polygons:
    """Make polygons, each a shell and its holes, of points in metres; the rings are closed here."""
    rings = [[*ring, ring[0]] for shape in shapes for ring in shape]
    return Polygons(
        np.array([point for ring in rings for point in ring], dtype=float).reshape(-1, 2),
        np.cumsum([0, *map(len, rings)]),
        np.cumsum([0, *map(len, shapes)]),
    )


def square(half_m: float, x_m: float = 0.0, y_m: float = 0.0) -> list[tuple[float, float]]:
    """List the corners of a square, counter-clockwise."""
    return [(x_m + dx * half_m, y_m + dy * half_m) for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def map_of(design: PosterDesign, parts: dict[Layer, Lines | Polygons]) -> ProjectedMap:
    """Put layers on a design's page."""
    return ProjectedMap(
        *design.half_extent_m,
        {layer: part for layer, part in parts.items() if isinstance(part, Lines)},
        {layer: part for layer, part in parts.items() if isinstance(part, Polygons)},
    )


def sample_map(design: PosterDesign) -> ProjectedMap:
    """Bring the sample that ships with the project onto a design's page."""
    place = design.place
    view = View(latitude=place.latitude, longitude=place.longitude, rotation_deg=design.rotation_deg)
    return project_area(sample_area(), view, *map_half_extent_m(design))


@cache
def sample_area() -> Area:
    """Read the sample, once a run."""
    return read_area(Path(SAMPLE_FILE))


def compose(projected: ProjectedMap, design: PosterDesign) -> Picture:
    """Compose a poster with the prepared fonts; skip where there are none."""
    return draw_poster(projected, design, fonts_dir(), quietly)


def pixels(picture: Picture, width_px: int) -> np.ndarray:
    """Draw a picture, shape (height, width, 3)."""
    size = size_px(picture.design, width_px)
    whole = WholeImage(*size)
    draw_rows(picture, size, [whole], lambda _: None)
    return np.asarray(whole.image)


def pixel_at(image: np.ndarray, design: PosterDesign, x_m: float, y_m: float) -> str:
    """Give the colour ``#rrggbb`` of the pixel at a point in metres from the page's centre."""
    height, width, _ = image.shape
    px_per_m = width / (2 * design.half_extent_m[0])
    red, green, blue = image[int(height / 2 - y_m * px_per_m), int(width / 2 + x_m * px_per_m)]
    return f"#{red:02x}{green:02x}{blue:02x}"
