"""From an Area in degrees to the map on a page in metres: select, thin, project, straighten, clip and add the sea.

The order is what makes it quick: whatever lies off the page is dropped by its bounds before anything is computed, and
points that no pixel can tell apart are dropped before they are projected.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Final

import numpy as np

from mural.geo import carriageways, coastline, ragged
from mural.geo.bbox import METRES_PER_DEGREE, BBox
from mural.geo.clip import clip_lines, clip_polygons
from mural.geo.fragments import fragments
from mural.geo.layers import LINKS, STREETS, Area, Layer, Lines, Polygons, ProjectedMap
from mural.geo.projection import View, page_bbox
from mural.geo.simplify import straighten_lines, straighten_polygons, thin_lines, thin_polygons
from mural.geo.squares import end_at_squares
from mural.geo.waters import join_sea
from mural.geo.yards import set_yards_apart

Layers = frozenset[Layer]

MARGIN: Final = 0.02
"""How far the map runs on beyond the page, as a share of the distance, so that strokes end outside of it."""
LED_TO: Final = tuple(layer for layer in (*STREETS, *LINKS.values()) if layer is not Layer.ROAD_DEFAULT)
"""What a path may lead to."""
MARGIN_M: Final = 30.0
"""The same in metres, for what has a width on the ground: half a runway."""


def project_area(
    area: Area,
    view: View,
    half_width_m: float,
    half_height_m: float,
    *,
    tolerance_m: float = 0.0,
    fragment_m: float = 0.0,
    hidden: Layers = frozenset(),
) -> ProjectedMap:
    """Draw up the map of a page: metres from its centre, clipped to it with a small margin, the sea included.

    Nothing moves by more than about ``tolerance_m`` metres (a fraction of a pixel); 0 keeps every point. Bits of paths
    that lead nowhere and are shorter than ``fragment_m`` metres are left out, and so are the layers in ``hidden``.
    """
    return _Plotter(area, view, half_width_m, half_height_m, tolerance_m).plot(hidden, fragment_m)


class _Plotter:
    """What stays the same for all the layers of one page."""

    def __init__(self, area: Area, view: View, half_width_m: float, half_height_m: float, tolerance_m: float) -> None:
        margin = MARGIN * min(half_width_m, half_height_m) + MARGIN_M
        right, top = half_width_m + margin, half_height_m + margin
        self._area, self._view, self._tolerance = area, view, tolerance_m
        self._half_m = half_width_m, half_height_m
        self._page = BBox(-right, -top, right, top)
        self._bbox = page_bbox(view, right, top)
        # A cell's diagonal is half the tolerance: straightening has the other half.
        cell = tolerance_m / math.sqrt(8) / METRES_PER_DEGREE
        self._cell = (cell / math.cos(math.radians(view.latitude)), cell)

    def plot(self, hidden: Layers, fragment_m: float) -> ProjectedMap:
        lines = {layer: self._on_page(part) for layer, part in self._area.lines.items() if layer not in hidden}
        if fragment_m and Layer.ROAD_DEFAULT in lines:
            lines[Layer.ROAD_DEFAULT] = self._without_fragments(lines, fragment_m)
        lines = {layer: clip_lines(self._projected(part), self._page) for layer, part in lines.items()}
        lines = set_yards_apart(carriageways.tell_apart(lines, min(self._half_m)))
        polygons = {layer: self._polygons(part) for layer, part in self._area.polygons.items() if layer not in hidden}
        lines = end_at_squares(lines, polygons)
        coasts = self._area.lines.get(Layer.COASTLINE)
        if coasts is not None:
            polygons[Layer.SEA] = self._sea(coasts, lines)
            polygons = join_sea(polygons, self._tolerance)
        return ProjectedMap(
            *self._half_m,
            {layer: part for layer, part in lines.items() if len(part)},
            {layer: part for layer, part in polygons.items() if len(part)},
            self._area.source,
        )

    def _on_page(self, lines: Lines) -> Lines:
        return ragged.take_lines(lines, ragged.touches(ragged.bounds(lines.xy, lines.offsets), self._bbox))

    def _without_fragments(self, lines: dict[Layer, Lines], least_m: float) -> Lines:
        paths = lines[Layer.ROAD_DEFAULT]
        led_to = [lines[layer].xy for layer in LED_TO if layer in lines]
        squares = self._area.polygons.get(Layer.SQUARE)
        led_to += [squares.xy] if squares is not None else []
        return ragged.take_lines(paths, ~fragments(paths, led_to, self._bbox, least_m))

    def _projected(self, lines: Lines) -> Lines:
        if self._tolerance:
            lines = thin_lines(lines, self._cell)
        lines = Lines(self._view.project(lines.xy), lines.offsets, lines.level)
        return straighten_lines(lines, self._tolerance / 2) if self._tolerance else lines

    def _polygons(self, polygons: Polygons) -> Polygons:
        parts = ragged.bounds(polygons.xy, ragged.polygon_points(polygons))
        polygons = ragged.take_polygons(polygons, ragged.touches(parts, self._bbox))
        if self._tolerance:
            polygons = thin_polygons(polygons, self._cell)
        polygons = Polygons(self._view.project(polygons.xy), polygons.rings, polygons.polygons)
        if self._tolerance:
            polygons = straighten_polygons(polygons, self._tolerance / 2)
        return clip_polygons(polygons, self._page)

    def _sea(self, coasts: Lines, lines: dict[Layer, Lines]) -> Polygons:
        """Build the sea from all of the area's coasts: one off the page still tells on which side of it the page is."""
        streets = [lines[layer] for layer in STREETS if layer in lines]
        land = [part.xy[np.repeat(part.level, np.diff(part.offsets)) == 0] for part in streets]
        return coastline.sea(self._projected(coasts), self._page, np.concatenate([np.empty((0, 2)), *land]))


class PageMaps:
    """The last few maps of this process, so that another theme of the same page starts with drawing."""

    def __init__(self, keep: int = 4) -> None:
        self._keep = keep
        self._maps: OrderedDict[tuple[int, View, float, float, float, float, Layers], tuple[Area, ProjectedMap]] = (
            OrderedDict()
        )

    def get(
        self,
        area: Area,
        view: View,
        half_width_m: float,
        half_height_m: float,
        *,
        tolerance_m: float = 0.0,
        fragment_m: float = 0.0,
        hidden: Layers = frozenset(),
    ) -> ProjectedMap:
        """Give what project_area() does, from memory when this very Area object was asked for like this before."""
        # The entry holds the area: ids stay unique.
        key = (id(area), view, half_width_m, half_height_m, tolerance_m, fragment_m, hidden)
        if key in self._maps:
            self._maps.move_to_end(key)
            return self._maps[key][1]
        made = project_area(
            area, view, half_width_m, half_height_m, tolerance_m=tolerance_m, fragment_m=fragment_m, hidden=hidden
        )
        self._maps[key] = (area, made)
        while len(self._maps) > self._keep:
            self._maps.popitem(last=False)
        return made
