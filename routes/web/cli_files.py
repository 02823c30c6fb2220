"""The files that a command is given: whatever else there may be at a path is told in one sentence."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

MEMORY_MB: Final = 2_000
"""What a command may take that reads a file from elsewhere."""


class FileToRead(click.Path):
    """The path of a plain file that can be read; no pipe, which might never end, no folder and no device."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, resolve_path=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Look what there is."""
        try:
            path = Path(os.fsdecode(super().convert(value, param, ctx)))
            kind = path.stat().st_mode
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "no path"
            raise click.ClickException(f"{_shown(value)} cannot be read: {reason}.") from error
        if not stat.S_ISREG(kind):
            raise click.ClickException(f"{_shown(value)} is not a file.")
        if not os.access(path, os.R_OK):
            raise click.ClickException(f"{_shown(value)} cannot be read: Permission denied.")
        return path


class FileToWrite(click.Path):
    """The path of a plain file that can be made, or written in place of one that is there."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, resolve_path=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Look what there is."""
        try:
            path = Path(os.fsdecode(super().convert(value, param, ctx)))
            there, folder = path.exists(), path.parent.is_dir()
            plain = path.is_file()
        except (OSError, ValueError) as error:
            raise click.ClickException(f"{_shown(value)} cannot be written.") from error
        if not folder:
            raise click.ClickException(f"There is no folder {path.parent}.")
        if there and not plain:
            raise click.ClickException(f"{_shown(value)} is not a file.")
        return path


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Let what is read in the block take no more memory than a machine can spare; then a MemoryError is raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    bounds = [bound for bound in (soft, hard, MEMORY_MB * 2**20) if bound != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(bounds), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _shown(value: Any) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in os.fsdecode(value)[:200])
