"""The area cache: maps that were read or downloaded once, one file an area, shared by all render processes.

Files appear whole (written aside, then renamed) and are thrown away whole; a process that still reads one keeps it
until it is done.
"""

from __future__ import annotations

import logging
import os
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from mural.files import write_whole
from mural.geo.area_file import FILE_ERRORS, Entry, Stamp, area_parts, load_area, read_entry
from mural.geo.bbox import BBox
from mural.geo.layers import Area

SUFFIX: Final = ".area"
ASIDE: Final = ".area-tmp"
_ABANDONED_S: Final = 3_600
"""Age at which a file written aside belongs to a process that has died."""

_log = logging.getLogger(__name__)


class AreaCache:
    """The cached areas in one folder, at most ``max_mb`` of them; the least recently used go first."""

    def __init__(self, folder: Path, max_mb: int, *, keep_open: int = 4) -> None:
        self._folder = folder
        self._max_bytes = max_mb * 1_000_000
        self._keep_open = keep_open
        self._entries: dict[str, tuple[tuple[int, int], Entry]] = {}
        self._open: OrderedDict[tuple[str, float], Area] = OrderedDict()

    def downloaded(self, bbox: BBox) -> Area | None:
        """Give the smallest downloaded area that encloses ``bbox``, or None."""
        return self._smallest(entry for entry in self._covering(bbox) if entry.stamp.origin == "overpass")

    def made_from(self, stamp: Stamp, bbox: BBox) -> Area | None:
        """Give the smallest area that was made from this very file and encloses ``bbox``, or None."""
        return self._smallest(entry for entry in self._covering(bbox) if entry.stamp == stamp)

    def _covering(self, bbox: BBox) -> Iterator[Entry]:
        return (entry for entry in self.entries() if entry.bbox.contains(bbox))

    def _smallest(self, entries: Iterable[Entry]) -> Area | None:
        loaded = (self._load(entry) for entry in sorted(entries, key=lambda entry: entry.size))
        return next((area for area in loaded if area is not None), None)

    def entries(self) -> Iterator[Entry]:
        """Go through what is there and fresh; anything stale, damaged or foreign is removed on the way."""
        present = {name: status for name, status in self._stat().items() if name.endswith(SUFFIX)}
        self._entries = {name: known for name, known in self._entries.items() if name in present}
        for name, status in present.items():
            seen, entry = self._entries.get(name, (None, None))
            if seen != (status.st_size, status.st_ino):
                entry = read_entry(self._folder / name)
            if entry is None or not entry.fresh:
                self._remove(name)
                continue
            self._entries[name] = ((status.st_size, status.st_ino), entry)
            yield entry

    def put(self, area: Area, stamp: Stamp) -> Area:
        """Keep an area, make room for it, and give it back as the cache will give it from now on."""
        try:
            path = self._write(area, stamp)
        except OSError as error:  # a full disk must not stop a map that is drawn already
            _log.warning("the area cache in %s cannot be written: %s", self._folder, error)
            return area
        self._make_room(path.name)
        entry = read_entry(path)
        return (self._load(entry) if entry else None) or area

    def _write(self, area: Area, stamp: Stamp) -> Path:
        key = sha256(repr((stamp.origin, stamp.name, tuple(area.bbox))).encode()).hexdigest()[:32]
        path = self._folder / f"{key}{SUFFIX}"
        write_whole(path, *area_parts(area, stamp), aside=ASIDE)
        return path

    def _load(self, entry: Entry) -> Area | None:
        key = (entry.path.name, entry.made_at)
        area = self._open.pop(key, None)
        if area is None:
            try:
                area = load_area(entry.path)
            except FileNotFoundError:
                return None  # another process made room
            except FILE_ERRORS as error:
                _log.warning("%s is damaged and is removed: %s", entry.path, error)
                self._remove(entry.path.name)
                return None
        self._open[key] = area
        while len(self._open) > self._keep_open:
            self._open.popitem(last=False)
        with suppress(OSError):
            os.utime(entry.path)  # the least recently used is the oldest file
        return area

    def _stat(self) -> dict[str, os.stat_result]:
        found = {}
        with suppress(OSError), os.scandir(self._folder) as listing:
            for item in listing:
                if item.name.endswith((SUFFIX, ASIDE)):
                    with suppress(OSError):
                        found[item.name] = item.stat()
        return found

    def _make_room(self, newest: str) -> None:
        present = self._stat()
        for name in [name for name in present if name.endswith(ASIDE)]:
            if abs(time.time() - present.pop(name).st_mtime) > _ABANDONED_S:
                self._remove(name)
        total = sum(status.st_size for status in present.values())
        for name in sorted(present, key=lambda name: (name == newest, present[name].st_mtime)):
            if total <= self._max_bytes:
                return
            self._remove(name)
            total -= present[name].st_size

    def _remove(self, name: str) -> None:
        with suppress(OSError):  # another process was quicker, or it cannot be removed: then it is passed over
            (self._folder / name).unlink()
