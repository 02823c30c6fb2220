"""Turn a stream of features into layer arrays, a batch at a time, so that memory grows with what is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
import shapely

from mural.geo import ragged
from mural.geo.bbox import BBox
from mural.geo.layers import Coordinates, Layer, Lines, Offsets, Polygons

_LINE_HEADER: Final = 18
"""Hexadecimal digits before the first point of a line string: byte order, geometry type, number of points."""
_POINT: Final = 32
"""Hexadecimal digits of a point."""
_AREA_HEADER: Final = 44
"""Hexadecimal digits before the first point of a multipolygon that is a single ring, as most of them are: 18 for the
multipolygon, the last 8 of them the number of polygons, 18 likewise for the polygon and its rings, 8 for the points."""
_ONE: Final = "01000000"
_BATCH: Final = 50_000
"""Features gathered before they become arrays."""


@dataclass(slots=True)
class _Batch:
    """Features on their way to arrays: line strings and areas of one layer, as hexadecimal well-known binary."""

    lines: list[str] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)


class Keeper(Protocol):
    """Takes layer arrays (degrees) as they become ready, many times for the same layer."""

    def keep_lines(self, layer: Layer, lines: Lines) -> None:
        """Take a batch of lines."""

    def keep_polygons(self, layer: Layer, polygons: Polygons) -> None:
        """Take a batch of polygons."""


class Collector:
    """Gathers features by layer, given as hexadecimal well-known binary, and hands them over as arrays."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._waiting = 0
        self._batches: defaultdict[Layer, _Batch] = defaultdict(_Batch)

    def add_line(self, layer: Layer, line: str, level: int) -> None:
        """Add a LINESTRING; ``level`` is that of Lines."""
        batch = self._batches[layer]
        batch.lines.append(line)
        batch.levels.append(level)
        self._count()

    def add_area(self, layer: Layer, area: str) -> None:
        """Add a MULTIPOLYGON."""
        self._batches[layer].areas.append(area)
        self._count()

    def add_polygons(self, layer: Layer, polygons: Sequence[shapely.Polygon]) -> None:
        """Add polygons that are geometries already."""
        self._keeper.keep_polygons(layer, ragged.from_shapes(np.array(polygons, dtype=object)))

    def flush(self) -> None:
        """Hand over what is still waiting."""
        for layer, batch in self._batches.items():
            if batch.lines:
                self._keeper.keep_lines(layer, _parse_lines(batch.lines, batch.levels))
            if batch.areas:
                self._keeper.keep_polygons(layer, _parse_areas(batch.areas))
        self._batches.clear()
        self._waiting = 0

    def _count(self) -> None:
        self._waiting += 1
        if self._waiting >= _BATCH:
            self.flush()


class InMemory:
    """Keeps the features that touch the bbox (degrees), or all of them."""

    def __init__(self, bbox: BBox | None) -> None:
        self._bbox = bbox
        self._lines: defaultdict[Layer, list[Lines]] = defaultdict(list)
        self._polygons: defaultdict[Layer, list[Polygons]] = defaultdict(list)

    def keep_lines(self, layer: Layer, lines: Lines) -> None:
        """Keep those of a batch of lines that touch the bbox."""
        if self._bbox is not None:
            lines = ragged.take_lines(lines, ragged.touches(ragged.bounds(lines.xy, lines.offsets), self._bbox))
        if len(lines):
            self._lines[layer].append(lines)

    def keep_polygons(self, layer: Layer, polygons: Polygons) -> None:
        """Keep those of a batch of polygons that touch the bbox."""
        if self._bbox is not None:
            parts = ragged.bounds(polygons.xy, ragged.polygon_points(polygons))
            polygons = ragged.take_polygons(polygons, ragged.touches(parts, self._bbox))
        if len(polygons):
            self._polygons[layer].append(polygons)

    def finish(self) -> tuple[dict[Layer, Lines], dict[Layer, Polygons]]:
        """Hand over what was kept; a layer with nothing in it is absent."""
        return (
            {layer: ragged.concat_lines(parts) for layer, parts in self._lines.items()},
            {layer: ragged.concat_polygons(parts) for layer, parts in self._polygons.items()},
        )


def _parse_lines(lines: list[str], levels: list[int]) -> Lines:
    return Lines(*_parse_points(lines, _LINE_HEADER), np.array(levels, dtype=np.int8))


def _parse_areas(areas: list[str]) -> Polygons:
    simple: list[str] = []
    others: list[str] = []
    for area in areas:
        (simple if area[10:18] == area[28:36] == _ONE else others).append(area)
    xy, rings = _parse_points(simple, _AREA_HEADER)
    polygons = Polygons(xy, rings, np.arange(len(rings), dtype=np.int64))
    if not others:
        return polygons
    return ragged.concat_polygons([polygons, ragged.from_shapes(shapely.get_parts(shapely.from_wkb(others)))])


def _parse_points(features: list[str], header: int) -> tuple[Coordinates, Offsets]:
    """Read features that are one run of points after a header of so many hexadecimal digits."""
    lengths = np.fromiter(map(len, features), dtype=np.int64, count=len(features))
    points = bytes.fromhex("".join([feature[header:] for feature in features]))
    xy = np.frombuffer(points, dtype="<f8").astype(np.float64, copy=False).reshape(-1, 2)
    return xy, ragged.offsets_of((lengths - header) // _POINT)
