"""What the system says of a disk that is full, read-only or gone, in our words."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mural.errors import MuralError, StorageFull, Unavailable

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

BROKEN: Final = frozenset({errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ESTALE, errno.ENODEV})
"""What the system says of a disk that takes nothing any more, or is gone."""

NO_ROOM: Final = "There is no room left on the disk."

NO_WRITING: Final = "Nothing can be written to this installation's disk at the moment."

BYTES_PER_GB: Final = 10**9

BYTES_PER_MB: Final = 10**6


@contextmanager
def full_disk_named() -> Iterator[None]:
    """Raise StorageFull where the system says that the disk is full, Unavailable where nothing can be written."""
    try:
        yield
    except OSError as error:
        told = disk_trouble(error)
        if told is None:
            raise
        raise told from error


def disk_trouble(error: OSError) -> MuralError | None:
    """Tell what an error of the system says about the disk; None where it is about something else."""
    if error.errno in FULL:
        return StorageFull(NO_ROOM)
    return Unavailable(NO_WRITING) if error.errno in BROKEN else None


def is_full(folder: Path) -> bool:
    """Tell whether a program that failed beside us may have failed for want of room."""
    try:
        return shutil.disk_usage(folder).free < BYTES_PER_MB
    except OSError:
        return False
