"""One server a data folder: the lock that a running server, or a command that changes what it serves, holds."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from mural.errors import Conflict, Unavailable

NAME: Final = "lock"


@contextmanager
def instance_lock(data_dir: Path) -> Iterator[None]:
    """Hold the data folder's lock; raise Conflict when another process has it, Unavailable when nothing can be written.

    The system lets go of it when the process ends, however that happens.
    """
    descriptor = _opened(data_dir)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                f"Another Mural{_shown(holder(data_dir))} is using {data_dir}. Stop it first, or set DATA_DIR to a "
                "folder of its own."
            ) from None
        with suppress(OSError):  # a courtesy; a full disk must not keep a server from starting
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode("ascii"))
        yield
    finally:
        os.close(descriptor)


def holder(data_dir: Path) -> int | None:
    """Tell which process holds the lock, 0 when it has not said so; None when nobody does."""
    try:
        descriptor = os.open(data_dir / NAME, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        words = os.read(descriptor, 20).decode("ascii", errors="replace")
        return int(words) if words.isdigit() else 0
    finally:
        os.close(descriptor)
    return None


def _opened(data_dir: Path) -> int:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir):  # a lock file that is there already would tell nothing
            pass
        return os.open(data_dir / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)
        raise Unavailable(
            f"Nothing can be written to DATA_DIR, {data_dir}: {reason}. "
            "Give the folder to the user that runs Mural, or set DATA_DIR to another."
        ) from error


def _shown(pid: int | None) -> str:
    return f" (process {pid})" if pid else ""
