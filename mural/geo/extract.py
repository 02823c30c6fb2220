"""Read OpenStreetMap files (.osm.pbf, .osm, .osm.gz, .osm.bz2) into Areas: layers of degrees (EPSG:4326).

osmium decodes the file, finds the nodes of the ways and closes multipolygons in C++. It passes over relations of which
a member is missing, as every cut-out has them; those are closed here as far as their ways do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

import numpy as np
import osmium
import shapely
from osmium.filter import EntityFilter, IdFilter, KeyFilter
from osmium.osm import RELATION, WAY
from osmium.osm.types import Area as OsmArea
from osmium.osm.types import OSMEntity, Relation, Way

from mural.errors import BrokenExtract
from mural.files import printable
from mural.geo.bbox import BBox
from mural.geo.collector import Collector, InMemory, Keeper
from mural.geo.features import AREA_KEYS, LINE_KEYS, area_layer, level, line_layers
from mural.geo.layers import STREETS, Area, Coordinates, Layer, Lines, Polygons

SUFFIXES: Final = (".pbf", ".osm", ".osm.gz", ".osm.bz2")
"""Endings of the files that can be read."""

_STRAY_PER_CENT: Final = 0.5
"""Share of the road points at each side that does not count when a file is asked how far it reaches: the roads that
leave a cut-out at its edge run on to their next junction, a few of them very far."""

_Members = tuple[Layer, list[tuple[int, bool]]]
"""What a multipolygon relation becomes, its ways by id, and whether each of them bounds a hole."""

_WKB: Final = osmium.geom.WKBFactory()

OSMIUM_ERRORS: Final = (RuntimeError, osmium.InvalidLocationError)
"""What osmium says of a file that is cut off, not a map or not there, and of coordinates that are no numbers."""

FILE_ERRORS: Final = (
    *OSMIUM_ERRORS,
    *(ValueError, TypeError, LookupError, ArithmeticError, AttributeError),
    shapely.errors.ShapelyError,
)
"""What reading a damaged file can raise: texts that are none, numbers out of all bounds, shapes that are none."""

IN_MEMORY: Final = "flex_mem"
"""The store for the places of nodes that is quickest, and takes memory in proportion to the file."""

Pass = Literal["relations", "features"]
Started = Callable[[Pass], None]


def _nobody(_: Pass) -> None:
    """Tell nobody."""


def read_area(path: Path, bbox: BBox | None = None) -> Area:
    """Read the features that touch ``bbox`` (degrees), or all of them, whole; raises BrokenExtract.

    Without ``bbox`` the area is as large as the file says, or else as far as its roads reach.
    """
    kept = InMemory(bbox)
    read_features(path, kept)
    lines, polygons = kept.finish()
    return Area(bbox or header_bbox(path) or data_bbox(lines, polygons), lines, polygons, source=printable(path.name))


def read_features(path: Path, keeper: Keeper, *, locations: str = IN_MEMORY, started: Started = _nobody) -> None:
    """Hand all features over in batches, in degrees; raises BrokenExtract.

    ``locations`` is one of osmium's stores for the places of nodes, which take 16 bytes each; ``started`` is told
    when a pass over the file begins.
    """
    try:
        _Reader(path, keeper, locations, started).read()
    except FILE_ERRORS as error:
        raise broken(path, error) from error


def header_bbox(path: Path) -> BBox | None:
    """Give the box (degrees) that the file declares, or None where it declares none; raises BrokenExtract."""
    try:
        with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
            box = reader.header().box()
        if not box.valid() or box.size() <= 0:
            return None
        return BBox(box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat)
    except FILE_ERRORS as error:
        raise broken(path, error) from error


def data_bbox(lines: dict[Layer, Lines], polygons: dict[Layer, Polygons]) -> BBox:
    """Measure how far a cut-out reaches (degrees), from its roads where it has any; strays do not count."""
    parts = [lines[layer].xy for layer in STREETS if layer in lines]
    return points_bbox(parts or [part.xy for part in lines.values()] + [part.xy for part in polygons.values()])


def points_bbox(parts: Sequence[Coordinates]) -> BBox:
    """Enclose points (degrees) but for the strays among them."""
    if not parts:
        return BBox(0.0, 0.0, 0.0, 0.0)
    low, high = np.percentile(np.concatenate(parts), (_STRAY_PER_CENT, 100 - _STRAY_PER_CENT), axis=0)
    return BBox(float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def broken(path: Path, error: Exception) -> BrokenExtract:
    """Say which file cannot be read, and why; raises MemoryError where that is all that was wrong."""
    reason, name = printable(str(error).replace(str(path), path.name)), printable(path.name)
    if "bad_alloc" in reason:
        raise MemoryError from error
    return BrokenExtract(f"The map file {name} cannot be read: {reason}.", file=name, reason=reason)


class _Reader:
    """One reading of one file.

    The passes are those of osmium's FileProcessor, but ways and areas have filters of their own: a building is of no
    interest as a way, and most ways are buildings.
    """

    def __init__(self, path: Path, keeper: Keeper, locations: str, started: Started) -> None:
        self._path = str(path)
        self._locations = osmium.index.create_map(locations)
        self._relations: dict[int, _Members] = {}
        self._assembled: set[int] = set()
        self._collector = Collector(keeper)
        self._started = started

    def read(self) -> None:
        for feature in self._features():
            if isinstance(feature, Way):
                self._add_way(feature)
            elif isinstance(feature, OsmArea):
                self._add_area(feature)
            elif isinstance(feature, Relation):
                self._add_relation(feature)
        unfinished = [parts for ident, parts in self._relations.items() if ident not in self._assembled]
        if unfinished:
            self._close(unfinished)
        self._collector.flush()

    def _features(self) -> Iterator[OSMEntity]:
        # osmium borrows filters and handlers: each needs a name here for as long as the loop runs.
        located = osmium.NodeLocationsForWays(self._locations)
        located.ignore_errors()  # nodes that are missing are dealt with way by way
        manager = osmium.area.AreaManager()
        for_areas = KeyFilter(*AREA_KEYS)
        self._started("relations")
        with osmium.io.Reader(self._path, RELATION) as reader:
            osmium.apply(reader, for_areas, manager.first_pass_handler())
        areas = osmium.BufferIterator(for_areas)
        assembled = manager.second_pass_to_buffer(areas)
        self._started("features")
        wanted = EntityFilter(WAY | RELATION), KeyFilter("type", *LINE_KEYS)  # every relation has a type
        with osmium.io.Reader(self._path) as reader:
            for feature in osmium.OsmFileIterator(reader, located, assembled, *wanted):
                yield feature
                if areas:
                    yield from areas
        yield from areas

    def _add_way(self, way: Way) -> None:
        tags = way.tags
        layers = line_layers(tags, closed=way.is_closed())
        if not layers:
            return
        way_level = level(tags)
        for line in _line_strings(way):
            for layer in layers:
                self._collector.add_line(layer, line, way_level)

    def _add_area(self, area: OsmArea) -> None:
        from_way = area.from_way()
        if not from_way:
            self._assembled.add(area.orig_id())  # it may come before its relation or after it
        layer = area_layer(area.tags, from_way=from_way)
        if layer is None:
            return
        try:
            self._collector.add_area(layer, _WKB.create_multipolygon(area))
        except OSMIUM_ERRORS:
            return  # rings that do not close or cross each other: there is no area to draw

    def _add_relation(self, relation: Relation) -> None:
        if relation.id in self._assembled or relation.tags.get("type") != "multipolygon":
            return
        layer = area_layer(relation.tags)
        if layer is None:
            return
        ways = [(member.ref, member.role == "inner") for member in relation.members if member.type == "w"]
        self._relations[relation.id] = (layer, ways)

    def _close(self, relations: list[_Members]) -> None:
        lines = self._way_lines({way for _, ways in relations for way, _ in ways})
        for layer, ways in relations:
            outer = [lines[way] for way, inner in ways if not inner and way in lines]
            inner = [lines[way] for way, inner in ways if inner and way in lines]
            polygons = _close(outer, inner)
            if polygons:
                self._collector.add_polygons(layer, polygons)

    def _way_lines(self, wanted: Iterable[int]) -> dict[int, shapely.LineString]:
        lines: dict[int, shapely.LineString] = {}
        for way in osmium.FileProcessor(self._path, WAY).with_filter(IdFilter(wanted)):
            if not isinstance(way, Way):
                continue
            try:
                nodes = [self._locations.get(node.ref) for node in way.nodes]
                points = [(node.lon, node.lat) for node in nodes]
            except (KeyError, osmium.InvalidLocationError):
                continue  # a member with nodes that are missing or off the globe is as good as missing
            if len(points) > 1:
                lines[way.id] = shapely.LineString(points)
        return lines


def _line_strings(way: Way) -> Iterator[str]:
    """Give the way as hexadecimal well-known binary, in pieces where nodes are missing."""
    try:
        yield _WKB.create_linestring(way)
    except osmium.InvalidLocationError:
        run: list[tuple[float, float]] = []
        for node in (*way.nodes, None):
            if node is not None and node.location.valid():
                run.append((node.lon, node.lat))
                continue
            if len(run) > 1:
                yield shapely.to_wkb(shapely.LineString(run), hex=True, byte_order=1)
            run = []
    except RuntimeError:
        return  # fewer than two different points


def _close(outer: list[shapely.LineString], inner: list[shapely.LineString]) -> list[shapely.Polygon]:
    """Make polygons of those ways that close, alone or end to end."""
    with np.errstate(invalid="ignore"):  # polygonize() leaves the processor's flag set, and its result is sound
        shells, holes = (shapely.get_parts(shapely.polygonize(ways)) for ways in (outer, inner))
    if len(shells) and len(holes):
        shells = shapely.get_parts(shapely.difference(shells, shapely.union_all(holes)))
    return [shell for shell in shells if isinstance(shell, shapely.Polygon) and not shell.is_empty]
