"""Which local map files there are and what each of them covers.

The folder is looked at anew for every request; a file is opened only when it is new or has changed. What was found out
about it, its box or why it cannot be read, is remembered in a small index beside the area cache, which all processes
share. A file that is left out is tried again when its size or its time changes.
"""

from __future__ import annotations

import fcntl
import logging
import os
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Final

from mural.errors import BrokenExtract
from mural.files import printable, write_whole
from mural.geo import extract_index
from mural.geo.area_file import Origin, Stamp
from mural.geo.areas import AreaCache
from mural.geo.bbox import BBox
from mural.geo.catalogue_index import SCANNED_MAX_BYTES, Known, index_bytes, load_index, unreadable
from mural.geo.extract import SUFFIXES
from mural.geo.extract_index import Source, describe, read_tiles
from mural.geo.layers import Area
from mural.geo.map_reader import MapReader

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

SAVED_EVERY_S: Final = 0.5
"""How often what has been found out is written down while many files are looked at for the first time."""
_KINDS: Final = {
    stat.S_IFDIR: "it is a folder",
    stat.S_IFLNK: "it is a link that leads to no file",
    stat.S_IFIFO: "it is a pipe, not a file",
}

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
        return printable(self.source.name if self.source else self.path.name)

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

    def __init__(self, folder: Path, origin: Origin, index: Path, areas: AreaCache, reader: MapReader) -> None:
        self._folder, self._origin, self._index, self._areas, self._reader = folder, origin, index, areas, reader
        self._known: dict[str, Known] = {}
        self._learned: tuple[int, int] | None = None

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
        self._learn()
        found = {}
        changed, saved_at = False, time.monotonic()
        for path, status in self._present():
            stamp = Stamp.of_status(self._origin, path, status)
            known = self._known.get(str(path))
            if known is None or known.stamp != (stamp.size, stamp.mtime_ns):
                known = self._examine(path, stamp, status)
                changed = True
                if time.monotonic() - saved_at > SAVED_EVERY_S:  # whoever is ended now does not look in vain
                    self._save()
                    changed, saved_at = False, time.monotonic()
            if known.bbox is not None:
                source = Source(*known.source) if known.source else None
                found[path.name] = Extract(path=path, bbox=known.bbox, stamp=stamp, source=source)
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
                area = self._reader.read_area(extract.path, extract.stamp, bbox.scaled(ROOM_TO_MOVE))
            else:
                area = read_tiles(extract.path, bbox.scaled(ROOM_TO_NUDGE))
            return self._areas.put(area, extract.stamp)
        except BrokenExtract as error:
            self._leave_out(extract.path, extract.stamp, error)
            return None

    def _present(self) -> Iterator[tuple[Path, os.stat_result]]:
        """Go through what has the name of a map file, with what it is; where a link leads nowhere, with the link's."""
        try:
            paths = sorted(self._folder.iterdir())
        except FileNotFoundError:
            return
        except OSError as error:
            _log.warning("The map files in %s cannot be seen: %s", self._folder, error.strerror)
            return
        for path in paths:
            if path.name.endswith((*SUFFIXES, extract_index.SUFFIX)):
                try:
                    yield path, path.lstat() if path.is_symlink() and not path.exists() else path.stat()
                except FileNotFoundError:
                    continue  # it went while the folder was looked at
                except OSError:
                    yield path, path.lstat()

    def _read_whole(self, path: Path, stamp: Stamp) -> Area:
        return self._areas.put(self._reader.read_area(path, stamp), stamp)

    def _examine(self, path: Path, stamp: Stamp, status: os.stat_result) -> Known:
        try:
            if not stat.S_ISREG(status.st_mode):
                raise unreadable(path, "place", _KINDS.get(stat.S_IFMT(status.st_mode), "it is not a file"))
            if path.name.endswith(extract_index.SUFFIX):
                about = describe(path)
                return self._remember(path, stamp, bbox=about.bbox, source=astuple(about.source))
            return self._remember(path, stamp, bbox=self._reach(path, stamp))
        except BrokenExtract as error:
            return self._leave_out(path, stamp, error)

    def _reach(self, path: Path, stamp: Stamp) -> BBox:
        bbox = self._reader.header_bbox(path, stamp)
        if stamp.size > SCANNED_MAX_BYTES:
            name = printable(path.name)
            _log.warning("%s is large. To use it, run: flask mural import-extract %s", name, printable(str(path)))
        if bbox is not None:
            return bbox
        if stamp.size <= WHOLE_MAX_BYTES:
            return self._read_whole(path, stamp).bbox
        reason = "it does not say how far it reaches; flask mural import-extract finds out"
        raise unreadable(path, "boundless", reason)

    def _leave_out(self, path: Path, stamp: Stamp, error: BrokenExtract) -> Known:
        with self._one_at_a_time():
            self._learn()
            known = self._known.get(str(path))
            if known is not None and known.fault is not None and known.stamp == (stamp.size, stamp.mtime_ns):
                return known  # another process has looked at it at the same time, and told
            _log.warning("%s It is left out until it changes. Replace it by a sound copy, or remove it.", error.message)
            facts = error.facts
            known = self._remember(path, stamp, fault=facts.get("fault", "damaged"), reason=facts.get("reason", ""))
            self._save()
            return known

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Keep other processes from telling the same; where nothing can be written it is told twice."""
        with ExitStack() as stack:
            with suppress(OSError):
                lock = stack.enter_context(self._index.with_suffix(".lock").open("ab"))
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _remember(self, path: Path, stamp: Stamp, **about: Any) -> Known:
        known = Known(stamp=(stamp.size, stamp.mtime_ns), **about)
        self._known[str(path)] = known
        return known

    def _learn(self) -> None:
        """Take over what other processes have found out since; that a file is broken outweighs that it looked sound."""
        try:
            status = self._index.stat()
        except OSError:
            return
        if self._learned == (status.st_ino, status.st_mtime_ns):
            return
        self._learned = (status.st_ino, status.st_mtime_ns)
        for path, theirs in load_index(self._index).items():
            ours = self._known.get(path)
            if ours is None or ours.fault is None:
                self._known[path] = theirs

    def _save(self) -> None:
        self._learn()
        self._known = {name: known for name, known in self._known.items() if os.path.lexists(name)}
        try:
            write_whole(self._index, index_bytes(self._known))
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
