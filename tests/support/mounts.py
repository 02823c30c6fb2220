"""Folders that cannot be written, or that fill up: for root by mounting, else as far as it goes without."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.real_parts import missing, program


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder unwritable, for root too."""
    if os.geteuid() != 0:
        folder.chmod(0o555)
        try:
            yield
        finally:
            folder.chmod(0o755)
        return
    with _mounted(folder, "--bind", "-o", "ro", str(folder)):
        yield


@contextmanager
def small_disk(folder: Path, size_mb: int) -> Iterator[None]:
    """Make a folder a disk of its own that holds no more than so much; skip where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    with _mounted(folder, "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs"):
        yield


@contextmanager
def _mounted(folder: Path, *how: str) -> Iterator[None]:
    command = [program("mount"), *how, str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        missing("the right to mount")
    try:
        yield
    finally:
        subprocess.run([program("umount"), "--lazy", str(folder)], check=True)


class Ballast:
    """A file that takes room on a disk, more or less of it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ballast"

    def leave(self, free_mb: float) -> None:
        """Grow until only so much is left."""
        with self._file.open("ab") as stream:
            disk = os.statvfs(self._file)
            os.posix_fallocate(
                stream.fileno(), 0, max(1, stream.tell() + disk.f_bavail * disk.f_frsize - round(free_mb * 1e6))
            )

    def fill(self) -> None:
        """Grow until nothing is left at all."""
        with self._file.open("ab", buffering=0) as stream:
            try:
                while True:
                    stream.write(bytes(4096))
            except OSError:
                return

    def drop(self) -> None:
        """Give the room back."""
        self._file.unlink()
