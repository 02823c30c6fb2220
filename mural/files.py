"""Write files that other processes may read at any moment, and that survive a loss of power where that matters."""

from __future__ import annotations

import os
import resource
import tempfile
from pathlib import Path
from typing import Final

READABLE: Final = 0o644
"""Whoever may look into the folder may read the file: a temporary one begins as its writer's alone."""

PRIVATE: Final = 0o600


def printable(name: str) -> str:
    """Write a file's name so that it can stand in a line of text: it may hold line breaks, and bytes that are none."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_durably(path: Path) -> None:
    """Delete a file, so that it is gone also after a loss of power; one that is gone is fine. Raises OSError."""
    try:
        path.unlink()
    except FileNotFoundError:
        return
    sync(path.parent)


def limit_files(megabytes: int) -> None:
    """Let this process, and those it starts, write no file beyond a size: a write that would raises OSError (EFBIG)."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (megabytes * 1_000_000, megabytes * 1_000_000))


def write_durably(path: Path, content: bytes) -> None:
    """Let a file appear for its owner alone, in place of an older one, once it is on the disk. Raises OSError."""
    write_whole(path, content, mode=PRIVATE, durable=True)


def write_whole(
    path: Path, *parts: bytes | memoryview, aside: str = ".tmp", mode: int = READABLE, durable: bool = False
) -> None:
    """Let a file appear with all of its contents at once, or not at all; makes its folder. Raises OSError.

    Until then it lies beside its place under a name that ends in ``aside``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, suffix=aside)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(parts)
            os.fchmod(descriptor, mode)
        if durable:
            sync(Path(unfinished))
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
