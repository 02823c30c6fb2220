"""Boxes that reach across the 180th meridian, in degrees (EPSG:4326): data know no longitude beyond 180°."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mural.geo import ragged
from mural.geo.bbox import BBox
from mural.geo.collector import InMemory
from mural.geo.layers import Area, Coordinates, Lines, Polygons


def halves(bbox: BBox) -> list[tuple[BBox, float]]:
    """Split a box where longitudes end: boxes of real longitudes, and the degrees by which to move what is in them."""
    left, bottom, right, top = bbox
    if right > 180:
        return [(BBox(left, bottom, 180.0, top), 0.0), (BBox(-180.0, bottom, right - 360, top), 360.0)]
    if left < -180:
        return [(BBox(left + 360, bottom, 180.0, top), -360.0), (BBox(-180.0, bottom, right, top), 0.0)]
    return [(bbox, 0.0)]


def part_of(area: Area, half: BBox) -> Area:
    """Take what touches ``half`` of an area that may reach round to the other side."""
    kept = InMemory(half)
    for layer, lines in area.lines.items():
        kept.keep_lines(layer, lines)
    for layer, polygons in area.polygons.items():
        kept.keep_polygons(layer, polygons)
    return Area(half, *kept.finish(), area.source)


def join(bbox: BBox, parts: Sequence[tuple[Area, float]]) -> Area:
    """Make one Area of the halves of ``bbox``, each moved east by its degrees."""
    if len(parts) == 1:
        return parts[0][0]
    lines = {layer for area, _ in parts for layer in area.lines}
    polygons = {layer for area, _ in parts for layer in area.polygons}
    return Area(
        bbox,
        {
            layer: ragged.concat_lines(
                [_moved_lines(area.lines[layer], east) for area, east in parts if layer in area.lines]
            )
            for layer in lines
        },
        {
            layer: ragged.concat_polygons(
                [_moved_polygons(area.polygons[layer], east) for area, east in parts if layer in area.polygons]
            )
            for layer in polygons
        },
        parts[0][0].source,
    )


def _moved(xy: Coordinates, east: float) -> Coordinates:
    return np.column_stack((xy[:, 0] + east, xy[:, 1]))


def _moved_lines(lines: Lines, east: float) -> Lines:
    return Lines(_moved(lines.xy, east), lines.offsets, lines.level)


def _moved_polygons(polygons: Polygons, east: float) -> Polygons:
    return Polygons(_moved(polygons.xy, east), polygons.rings, polygons.polygons)
