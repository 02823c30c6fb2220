"""Which local map files there are and what each of them covers.

The folder is looked at anew for every request; a file is opened only when it is new or has changed. What was found out
about it, its box or why it cannot be read, is remembered in a small index beside the area cache.
"""

from __future__ import annotations

import json
import logging
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Final

from mural.errors import BrokenExtract
from mural.files import write_whole
from mural.geo import extract_index
from mural.geo.area_file import Origin, Stamp
from mural.geo.areas import AreaCache
from mural.geo.bbox import BBox
from mural.geo.catalogue_index import SCANNED_MAX_BYTES, load_index
from mural.geo.extract import SUFFIXES, header_bbox, read_area
from mural.geo.extract_index import Source, describe, read_tiles
from mural.geo.layers import Area

COVERS: Final = 0.9
"""Share of a page that a file must hold to count as covering it: cut-outs end raggedly, and a strip along the edge that
may be empty is no reason for a download."""
WHOLE_MAX_BYTES: Final = 12_000_000
"""Files up to this size are read and cached whole, so that every later request in them is a hit; reading takes up to 27
times the size of a file in memory."""
ROOM_TO_MOVE: Final = 1.5
"""Larger files are read for a box this much larger than the page, so that a moved map is a hit too."""
ROOM_TO_NUDGE: Final = 1.1
"""The same for indexes, which are read again as quickly as the cache is, and for downloads, where more costs others."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A map file that can be read or its index: what it covers (degrees), and what an index was made from."""

    path: Path
    bbox: BBox
    stamp: Stamp
    source: Source | None = None

    @property
    def name(self) -> str:
        """Name the map file, for people."""
        return self.source.name if self.source else self.path.name

    @property
    def is_small(self) -> bool:
        """Tell whether it is worth reading whole."""
        return self.source is None and self.stamp.size <= WHOLE_MAX_BYTES

    @property
    def is_scanned(self) -> bool:
        """Tell whether every box takes the reading of all of it."""
        return self.source is None and not self.is_small

    @property
    def waits_for_import(self) -> bool:
        """Tell whether it is too large to be used as it is."""
        return self.source is None and self.stamp.size > SCANNED_MAX_BYTES

    @property
    def effort(self) -> tuple[bool, bool, int]:
        """Rank it by how long reading takes: small files, indexes, large files; among equals the smaller first."""
        return not self.is_small, self.is_scanned, self.stamp.size


class Catalogue:
    """The map files of one folder."""

    def __init__(self, folder: Path, origin: Origin, index: Path, areas: AreaCache) -> None:
        self._folder, self._origin, self._index, self._areas = folder, origin, index, areas
        self._known: dict[str, dict[str, Any]] = load_index(index)

    def covering(self, bbox: BBox, least_share: float = COVERS) -> list[Extract]:
        """List the extracts that hold the centre and ``least_share`` of the box (degrees), the best first.

        Of those that cover it the one that is read quickest is the best; the smallest is most likely made for this
        place, too.
        """
        lat, lon = (bbox.bottom + bbox.top) / 2, (bbox.left + bbox.right) / 2
        fitting = []
        for extract in self.extracts():
            share = extract.bbox.share_of(bbox)
            if share >= least_share and extract.bbox.covers_point(lat, lon):
                fitting.append((-min(share, COVERS), extract.effort, extract))
        return [extract for *_, extract in sorted(fitting, key=lambda found: found[:2])]

    def extracts(self) -> list[Extract]:
        """List the files that can be read; a new one that cannot is reported in the log, once."""
        found = {}
        changed = False
        for path in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            try:
                if not path.name.endswith((*SUFFIXES, extract_index.SUFFIX)) or not path.is_file():
                    continue
                stamp = Stamp.of_file(self._origin, path)
            except FileNotFoundError:
                continue  # it went while the folder was looked at
            known = self._known.get(str(path))
            if known is None or known["stamp"] != [stamp.size, stamp.mtime_ns]:
                known = self._examine(path, stamp)
                changed = True
            if known["bbox"] is not None:
                source = Source(*known["source"]) if known["source"] else None
                found[path.name] = Extract(path=path, bbox=BBox(*known["bbox"]), stamp=stamp, source=source)
        if changed:
            self._save()
        return _without_doubles(found)

    def read(self, extract: Extract, bbox: BBox) -> Area | None:
        """Read what the page needs of an extract, from the cache if possible; None when it proves to be broken."""
        wanted = extract.bbox.intersection(bbox) or extract.bbox
        area = self._areas.made_from(extract.stamp, wanted)
        if area is not None:
            return area
        try:
            if extract.is_small:
                return self._read_whole(extract.path, extract.stamp)
            # Also beyond the extract's own box: what is there is ragged, but real.
            if extract.source is None:
                area = read_area(extract.path, bbox.scaled(ROOM_TO_MOVE))
            else:
                area = read_tiles(extract.path, bbox.scaled(ROOM_TO_NUDGE))
            return self._areas.put(area, extract.stamp)
        except BrokenExtract as error:
            self._remember(extract.path, extract.stamp, None, error)
            self._save()
            return None

    def _read_whole(self, path: Path, stamp: Stamp) -> Area:
        return self._areas.put(read_area(path), stamp)

    def _examine(self, path: Path, stamp: Stamp) -> dict[str, Any]:
        try:
            if path.name.endswith(extract_index.SUFFIX):
                about = describe(path)
                return self._remember(path, stamp, about.bbox, source=about.source)
            bbox = self._reach(path, stamp)
        except BrokenExtract as error:
            return self._remember(path, stamp, None, error)
        return self._remember(path, stamp, bbox)

    def _reach(self, path: Path, stamp: Stamp) -> BBox:
        bbox = header_bbox(path)
        if stamp.size > SCANNED_MAX_BYTES:
            _log.warning("%s is large. To use it, run: flask mural import-extract %s", path.name, path)
        if bbox is not None:
            return bbox
        if stamp.size <= WHOLE_MAX_BYTES:
            return self._read_whole(path, stamp).bbox
        message = f"The map file {path.name} does not say how far it reaches; flask mural import-extract finds out."
        raise BrokenExtract(message, file=path.name)

    def _remember(
        self,
        path: Path,
        stamp: Stamp,
        bbox: BBox | None,
        error: BrokenExtract | None = None,
        source: Source | None = None,
    ) -> dict[str, Any]:
        if error is not None:
            _log.warning("%s It is left out.", error.message)
        known = {
            "stamp": [stamp.size, stamp.mtime_ns],
            "bbox": bbox,
            "error": error.message if error else None,
            "source": astuple(source) if source else None,
        }
        self._known[str(path)] = known
        return known

    def _save(self) -> None:
        self._known = {name: known for name, known in self._known.items() if Path(name).exists()}
        try:
            write_whole(self._index, json.dumps(self._known).encode())
        except OSError as error:  # the index only saves time
            _log.warning("%s cannot be written: %s", self._index, error)


def _without_doubles(found: dict[str, Extract]) -> list[Extract]:
    """Leave out files that have an index, and indexes whose file has changed since."""
    doubles = set()
    for name, extract in found.items():
        if extract.source is None or extract.source.name not in found:
            continue
        file = found[extract.source.name]
        same = (extract.source.size, extract.source.mtime_ns) == (file.stamp.size, file.stamp.mtime_ns)
        doubles.add(extract.source.name if same else name)
    return [extract for name, extract in found.items() if name not in doubles]
