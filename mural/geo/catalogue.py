"""Which local map files there are and what each of them covers.

The folder is looked at anew for every request; a file is opened only when it is new or has changed. What was found out
about it, its box or why it cannot be read, is remembered in a small index beside the area cache.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mural.errors import BrokenExtract
from mural.geo.area_file import Origin, Stamp
from mural.geo.areas import AreaCache
from mural.geo.bbox import BBox
from mural.geo.catalogue_index import load_index
from mural.geo.extract import SUFFIXES, header_bbox, read_area
from mural.geo.files import write_whole
from mural.geo.layers import Area

COVERS: Final = 0.9
"""Share of a page that a file must hold to count as covering it: cut-outs end raggedly, and a strip along the edge that
may be empty is no reason for a download."""
WHOLE_MAX_BYTES: Final = 12_000_000
"""Files up to this size are read and cached whole, so that every later request in them is a hit; reading takes up to 27
times the size of a file in memory."""
ROOM_TO_MOVE: Final = 1.5
"""Larger files are read for a box this much larger than the page, so that a nudged map is a hit too."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A readable map file; ``bbox`` (degrees) is what it covers."""

    path: Path
    bbox: BBox
    stamp: Stamp

    @property
    def is_small(self) -> bool:
        """Tell whether it is worth reading whole."""
        return self.stamp.size <= WHOLE_MAX_BYTES


class Catalogue:
    """The map files of one folder."""

    def __init__(self, folder: Path, origin: Origin, index: Path, areas: AreaCache) -> None:
        self._folder, self._origin, self._index, self._areas = folder, origin, index, areas
        self._known: dict[str, dict[str, Any]] = load_index(index)

    def covering(self, bbox: BBox, least_share: float = COVERS) -> list[Extract]:
        """List the extracts that hold the centre and ``least_share`` of the box (degrees), the best first.

        Of those that cover it the smallest file is the best: it is quick to read, and most likely made for this place.
        """
        lat, lon = (bbox.bottom + bbox.top) / 2, (bbox.left + bbox.right) / 2
        fitting = []
        for extract in self.extracts():
            share = extract.bbox.share_of(bbox)
            if share >= least_share and extract.bbox.covers_point(lat, lon):
                fitting.append((-min(share, COVERS), extract.stamp.size, extract))
        return [extract for *_, extract in sorted(fitting, key=lambda found: found[:2])]

    def extracts(self) -> list[Extract]:
        """List the files that can be read; a new one that cannot is reported in the log, once."""
        found = []
        changed = False
        for path in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            try:
                if not path.name.endswith(SUFFIXES) or not path.is_file():
                    continue
                stamp = Stamp.of_file(self._origin, path)
            except FileNotFoundError:
                continue  # it went while the folder was looked at
            known = self._known.get(str(path))
            if known is None or known["stamp"] != [stamp.size, stamp.mtime_ns]:
                known = self._examine(path, stamp)
                changed = True
            if known["bbox"] is not None:
                found.append(Extract(path=path, bbox=BBox(*known["bbox"]), stamp=stamp))
        if changed:
            self._save()
        return found

    def read(self, extract: Extract, bbox: BBox) -> Area | None:
        """Read what the page needs of an extract, from the cache if possible; None when it proves to be broken."""
        wanted = extract.bbox.intersection(bbox) or extract.bbox
        area = self._areas.made_from(extract.stamp, wanted)
        if area is not None:
            return area
        try:
            if extract.is_small:
                return self._read_whole(extract.path, extract.stamp)
            roomy = extract.bbox.intersection(bbox.scaled(ROOM_TO_MOVE)) or extract.bbox
            return self._areas.put(read_area(extract.path, roomy), extract.stamp)
        except BrokenExtract as error:
            self._remember(extract.path, extract.stamp, None, error)
            self._save()
            return None

    def _read_whole(self, path: Path, stamp: Stamp) -> Area:
        return self._areas.put(read_area(path), stamp)

    def _examine(self, path: Path, stamp: Stamp) -> dict[str, Any]:
        try:
            bbox = header_bbox(path) or self._read_whole(path, stamp).bbox
        except BrokenExtract as error:
            return self._remember(path, stamp, None, error)
        return self._remember(path, stamp, bbox)

    def _remember(
        self, path: Path, stamp: Stamp, bbox: BBox | None, error: BrokenExtract | None = None
    ) -> dict[str, Any]:
        if error is not None:
            _log.warning("%s It is left out.", error.message)
        known = {"stamp": [stamp.size, stamp.mtime_ns], "bbox": bbox, "error": error.message if error else None}
        self._known[str(path)] = known
        return known

    def _save(self) -> None:
        self._known = {name: known for name, known in self._known.items() if Path(name).exists()}
        try:
            write_whole(self._index, json.dumps(self._known).encode())
        except OSError as error:  # the index only saves time
            _log.warning("%s cannot be written: %s", self._index, error)
