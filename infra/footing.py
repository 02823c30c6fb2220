"""Whether what a server stands on is still there: a file or folder keeps its identity while it is in use.

Whoever deletes, moves or replaces one takes nothing away from those who have it open: they go on writing into what
nobody will ever find again. So the identity behind the path is compared before anything is promised.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

Identity = tuple[int, int]


class Footing:
    """Files and folders that have to stay the ones that were found at their paths first."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = tuple(paths)
        self._known: dict[Path, Identity] = {}

    def note(self) -> None:
        """Remember those that are there and were not noted before."""
        for path in self._paths:
            if path not in self._known and (found := _identity(path)) is not None:
                self._known[path] = found

    def forget(self) -> None:
        """Begin anew: nothing is in use any more."""
        self._known.clear()

    def lost(self) -> Path | None:
        """Name one that is not there any more, or is another one by now; None where all are as they were."""
        return next((path for path, known in self._known.items() if _identity(path) != known), None)


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except OSError:  # gone, or on a disk that is
        return None
    return found.st_dev, found.st_ino
