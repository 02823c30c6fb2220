"""Where the map of a page comes from.

Local extracts come before the map server: they are there at once, cost nobody anything, and give the same picture every
time. Whatever was read or downloaded is kept in the area cache, and answers later requests that lie inside.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from mural.errors import AreaTooLarge, MapDataError, MapServerError, NoStreets
from mural.files import printable
from mural.geo import ragged
from mural.geo.antimeridian import halves, join, part_of
from mural.geo.area_file import Origin, Stamp
from mural.geo.areas import AreaCache
from mural.geo.bbox import METRES_PER_DEGREE, BBox
from mural.geo.catalogue import COVERS, ROOM_TO_NUDGE, Catalogue, Extract
from mural.geo.catalogue_index import INDEXES, MARKS
from mural.geo.layers import STREETS, Area, Coordinates
from mural.geo.map_reader import MapReader
from mural.geo.reading_marks import ReadingMarks
from mural.worker.protocol import MapSources

Report = Callable[[str, float], None]
"""Takes a sentence about what is going on and how much of it is done, 0 to 1."""

BETTER_THAN_NOTHING: Final = 0.5
"""Share of the page that a file must hold to be used when there is nothing else."""

_ADVICE: Final = " (flask mural import-extract makes it quick)"
"""What a person who waits for a large file should know."""


def obtain_area(bbox: BBox, sources: MapSources, report: Report) -> Area:
    """Get the map of a box (degrees); raises NoStreets, MapServerError or another MapDataError.

    The same Area object comes back while it is in use, which is what PageMaps goes by.
    """
    area = _library(sources).obtain(bbox, report)
    if not _has_streets(area, bbox):
        half_km = (
            min(bbox.top - bbox.bottom, (bbox.right - bbox.left) * _narrowing(bbox)) / 2 * METRES_PER_DEGREE / 1000
        )
        raise NoStreets(f"There are no streets within {round(half_km, 1):g} km of this point.", source=area.source)
    report("The map data is there", 1.0)
    return area


def _narrowing(bbox: BBox) -> float:
    return math.cos(math.radians((bbox.bottom + bbox.top) / 2))


def _has_streets(area: Area, bbox: BBox) -> bool:
    streets = [area.lines[layer] for layer in STREETS if layer in area.lines]
    return any(_holds_points(lines.xy, bbox) for lines in streets) or any(
        ragged.touches(ragged.bounds(lines.xy, lines.offsets), bbox).any() for lines in streets
    )


def _holds_anything(area: Area, bbox: BBox) -> bool:
    parts = [(lines.xy, lines.offsets) for lines in area.lines.values()]
    parts += [(polygons.xy, ragged.polygon_points(polygons)) for polygons in area.polygons.values()]
    return any(ragged.touches(ragged.bounds(xy, offsets), bbox).any() for xy, offsets in parts)


def _holds_points(xy: Coordinates, bbox: BBox) -> bool:
    lon, lat = xy[:, 0], xy[:, 1]
    return bool(np.any((lon >= bbox.left) & (lon <= bbox.right) & (lat >= bbox.bottom) & (lat <= bbox.top)))


@lru_cache(maxsize=4)
def _library(sources: MapSources) -> _Library:
    return _Library(sources)


class _Library:
    """The sources of one configuration, with what this process remembers of them."""

    def __init__(self, sources: MapSources) -> None:
        cache_dir = sources.cache_dir
        self._sources = sources
        self._areas = AreaCache(cache_dir / "areas", sources.cache_max_mb)
        self._reader = MapReader(ReadingMarks(cache_dir / MARKS))
        self._extracts = self._catalogue(sources.extracts_dir, "extract")
        self._joined: tuple[BBox, list[int], list[Area], Area] | None = None
        self._samples = self._catalogue(sources.samples_dir, "sample")

    def _catalogue(self, folder: Path, origin: Origin) -> Catalogue:
        index = self._sources.cache_dir / INDEXES[origin]
        return Catalogue(folder, origin, index, self._areas, self._reader)

    def obtain(self, bbox: BBox, report: Report) -> Area:
        mode = self._sources.mode
        if mode == "overpass":
            return self._from_server(bbox, report)
        if mode == "extract":
            return self._from_any_file([self._extracts], bbox, report)
        if mode == "sample":
            return self._from_any_file([self._samples], bbox, report)
        return self._from_anywhere(bbox, report)

    def _from_anywhere(self, bbox: BBox, report: Report) -> Area:
        catalogues = [self._extracts, self._samples]
        area = self._from_files(catalogues, bbox, COVERS, report)
        # A file with nothing at all there may claim more than it holds: the map server is asked whether that is so.
        if area is not None and (_holds_anything(area, bbox) or not self._sources.overpass_url):
            return area
        if not self._sources.overpass_url:
            return self._from_any_file(catalogues, bbox, report)
        try:
            return self._from_server(bbox, report)
        except (MapServerError, AreaTooLarge):
            area = area or self._from_files(catalogues, bbox, BETTER_THAN_NOTHING, report)
            if area is None:
                raise
            return area

    def _from_any_file(self, catalogues: list[Catalogue], bbox: BBox, report: Report) -> Area:
        area = self._from_files(catalogues, bbox, BETTER_THAN_NOTHING, report)
        if area is None:
            raise _not_covered([extract for catalogue in catalogues for extract in catalogue.extracts()], bbox)
        return area

    def _from_files(self, catalogues: list[Catalogue], bbox: BBox, least_share: float, report: Report) -> Area | None:
        parts = [
            (half, east, self._from_best_file(catalogues, half, least_share, report)) for half, east in halves(bbox)
        ]
        areas = [area for _, _, area in parts if area is not None]
        if len(areas) < len(parts):
            return None
        if len(areas) == 1:
            return areas[0]
        if self._joined is None or self._joined[:2] != (bbox, list(map(id, areas))):
            moved = [(part_of(area, half), east) for (half, east, _), area in zip(parts, areas, strict=True)]
            self._joined = (bbox, list(map(id, areas)), areas, join(bbox, moved))
        return self._joined[-1]

    def _from_best_file(
        self, catalogues: list[Catalogue], bbox: BBox, least_share: float, report: Report
    ) -> Area | None:
        """Take the best file that has streets there: some are cut from larger ones, and claim the larger one's box."""
        streetless = None
        for catalogue in catalogues:
            for extract in catalogue.covering(bbox, least_share):
                if extract.waits_for_import:
                    continue
                report(f"Reading {extract.name}{_ADVICE if extract.is_scanned else ''}", 0.0)
                area = catalogue.read(extract, bbox)
                if area is not None and _has_streets(area, bbox):
                    return area
                streetless = streetless or area
        return streetless

    def _from_server(self, bbox: BBox, report: Report) -> Area:
        cached = self._areas.downloaded(bbox)
        if cached is not None:
            return cached
        from mural.geo import overpass  # noqa: PLC0415  # its libraries take seconds to load, and are seldom needed

        area = overpass.fetch_area(
            bbox.scaled(ROOM_TO_NUDGE),
            self._sources,
            report,
            known=lambda: self._areas.downloaded(bbox),
            keep=self._keep,
        )
        return self._areas.downloaded(bbox) or area  # as the cache has it, so that the next request gets the same

    def _keep(self, area: Area) -> None:
        self._areas.put(area, Stamp(origin="overpass", name=self._sources.overpass_url))


def _not_covered(extracts: list[Extract], bbox: BBox) -> MapDataError:
    names = sorted(extract.name for extract in extracts)
    waiting = [extract for extract in extracts if extract.waits_for_import and extract.bbox.intersects(bbox)]
    if waiting:
        command = f"flask mural import-extract {printable(str(waiting[0].path))}"
        message = f"{waiting[0].name} has to be imported before it can be used: {command}"
    else:
        message = "No local map file covers this place."
    return MapDataError(message, files=names)
