"""Made-up landscapes, in metres about the point where the equator meets the prime meridian: every case of a coast, and
a pattern book with something of every layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from mural.geo.bbox import BBox
from mural.geo.layers import Area, Layer, Lines, Polygons
from mural.render.layers import CHOICES
from tests.support.maps import lines
from tests.support.pictures import Points, polygons, square

METRES_PER_DEGREE: Final = 110_946.0
"""Halfway between a degree of latitude and one of longitude there."""

ROW_M: Final = 22.0
TOP_ROW_M: Final = 145.0
BOTTOM_ROW_M: Final = -145.0
"""The pattern book has a row for each layer of a choice, the first one this far up from the centre; if many, closer."""


def seas() -> dict[str, Area]:
    """List landscapes by what is special about their coast."""
    north = [[(-500, 300), (700, 300)], [(-200, 100), (-200, 900)], [(200, 120), (200, 900)]]
    # From west to east: the land is on its left, in the north.
    shore = [(-1500, -100), (-500, 60), (-150, -120), (300, 40), (1500, -60)]
    islands = [_ring(350, -150, 250), _ring(120, 350, -300), _ring(25, 100, -250)]
    lake = polygons([square(450), square(200)[::-1]], [square(60)])
    return {
        "coast_crosses": _area([shore], north),
        "coast_leaves_the_extract": _area([shore[1:-1]], north),
        "coast_with_a_gap": _area([shore[:3], [(-60, -110), *shore[3:]]], north),
        "coast_turned_round": _area([shore[::-1]], north),
        "islands": _area(islands, [[(-450, 250), (150, 250)]]),
        "island_in_a_lagoon": _area([_ring(480), _ring(300, lagoon=True), _ring(120)], [[(-100, 0), (100, 0)]]),
        "island_in_a_lake": _area([], north[1:], lake),
        "all_sea": _area([[(-9000, 5000), (9000, 5000)]]),
        "no_coast": _area([], north),
    }


def pattern_book() -> dict[Layer, Lines | Polygons]:
    """Draw a row for every layer: a line on the ground, a bridge and a tunnel, or three areas, one with a hole."""
    drawn: dict[Layer, Lines | Polygons] = {}
    for choice in sorted(set(CHOICES.values())):
        members = [layer for layer in CHOICES if CHOICES[layer] == choice]
        row_m = min(ROW_M, (TOP_ROW_M - BOTTOM_ROW_M) / max(1, len(members) - 1))
        for row, layer in enumerate(members):
            y = TOP_ROW_M - row * row_m
            drawn[layer] = _areas(y) if layer in AREAS else _lines(y)
    return drawn


AREAS: Final = frozenset(list(Layer)[list(Layer).index(Layer.SEA) :])
"""The layers that are made of polygons."""


def _lines(y: float) -> Lines:
    parts = [[(x, y), (x + 35.0, y + 8.0), (x + 70.0, y)] for x in (-110.0, -35.0, 40.0)]
    return lines(*parts, levels=[0, 1, -1])


def _areas(y: float) -> Polygons:
    half_m = ROW_M / 2
    pierced = [square(half_m, 80, y), square(half_m / 2, 80, y)[::-1]]
    return polygons([square(half_m, -80, y)], [square(half_m, -80 + half_m, y + 3)], pierced)


def _ring(radius_m: float, x_m: float = 0.0, y_m: float = 0.0, *, lagoon: bool = False) -> list[tuple[float, float]]:
    """List the points of a coast that closes: land inside, or water in a lagoon."""
    turns = np.linspace(0, 2 * np.pi, 25) * (-1 if lagoon else 1)
    points = [(float(x_m + radius_m * np.cos(turn)), float(y_m + radius_m * np.sin(turn))) for turn in turns]
    return [*points[:-1], points[0]]


def _area(coasts: Sequence[Points], streets: Sequence[Points] = (), lakes: Polygons | None = None) -> Area:
    drawn = {Layer.COASTLINE: lines(*coasts), Layer.ROAD_SECONDARY: lines(*streets)}
    in_degrees = {
        layer: Lines(part.xy / METRES_PER_DEGREE, part.offsets, part.level)
        for layer, part in drawn.items()
        if len(part)
    }
    water = {Layer.WATER: Polygons(lakes.xy / METRES_PER_DEGREE, lakes.rings, lakes.polygons)} if lakes else {}
    return Area(BBox(-0.1, -0.1, 0.1, 0.1), in_degrees, water)
