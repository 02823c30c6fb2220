"""Room kept on the disk so that something can be deleted when nothing else fits on it.

Deleting takes room first: a database writes down what it is about to forget. So a file lies ready that is given up
piece by piece when a deletion finds the disk full, and made again once there is room.
"""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

SIZE_BYTES: Final = 4_194_304
PIECE_BYTES: Final = 262_144
"""What one deletion needs, several times over."""

ROOM_TO_MAKE_IT: Final = 4 * SIZE_BYTES
"""With less on the disk than this, others need it more."""


class Reserve:
    """The file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def refill(self) -> None:
        """Make the file as large as it should be, where there is room."""
        with suppress(OSError):
            if shutil.disk_usage(self._file.parent).free < ROOM_TO_MAKE_IT:
                return
            with self._file.open("ab") as stream:
                if stream.tell() < SIZE_BYTES:
                    os.posix_fallocate(stream.fileno(), 0, SIZE_BYTES)

    def give(self) -> bool:
        """Give a piece of it up; tell whether there was one."""
        try:
            size = self._file.stat().st_size
            if size:
                os.truncate(self._file, max(0, size - PIECE_BYTES))
        except OSError:
            return False
        if size:
            log.warning("The disk is full; %d KB of what is kept for deletions were given up", PIECE_BYTES // 1024)
        return size > 0
