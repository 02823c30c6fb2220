"""Which local map files are left out, for people and programs; and what became of the last server that read them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mural.files import printable
from mural.geo.catalogue_index import INDEXES, MARKS, Fault, Known, load_index
from mural.geo.reading_marks import ReadingMarks

NAMED_MAX: Final = 5
"""So many are named in one line; the page about the status names all of them."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A map file that is not used, and why."""

    name: str
    fault: Fault
    reason: str


class MapFiles:
    """What the render processes have found out about the map files of this installation."""

    def __init__(self, cache_dir: Path) -> None:
        self._indexes = [cache_dir / name for name in INDEXES.values()]
        self._marks = ReadingMarks(cache_dir / MARKS)
        self._read: dict[Path, tuple[tuple[int, int], dict[str, Known]]] = {}

    def start(self) -> None:
        """Learn from the end of the last server; no render process may run yet."""
        self._marks.take_up()

    def stop(self) -> None:
        """Leave word that this end was no accident; no render process may run any more."""
        self._marks.forget()

    def left_out(self) -> list[LeftOut]:
        """List the files that are not used, by name; one that was put there just now shows with the next poster."""
        return [
            LeftOut(printable(Path(path).name), known.fault, known.reason)
            for index in self._indexes
            for path, known in sorted(self._faulty(index).items())
            if known.fault is not None and os.path.lexists(path)
        ]

    def _faulty(self, index: Path) -> dict[str, Known]:
        """Read an index, unless it is the one that was read last: health is asked for every few seconds."""
        try:
            status = index.stat()
        except OSError:
            return {}
        stamp = (status.st_ino, status.st_mtime_ns)
        if index not in self._read or self._read[index][0] != stamp:
            faulty = {path: known for path, known in load_index(index).items() if known.fault}
            self._read[index] = (stamp, faulty)
        return self._read[index][1]

    def word(self) -> str:
        """Say in a line how they are."""
        names = [file.name for file in self.left_out()]
        if not names:
            return "ok"
        more = f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else ""
        return f"degraded: {', '.join(names[:NAMED_MAX])}{more} left out; replace or remove, see /status"
