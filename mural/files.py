"""Write files that other processes may read at any moment."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

READABLE: Final = 0o644
"""Whoever may look into the folder may read the file: a temporary one begins as its writer's alone."""


def write_whole(path: Path, *parts: bytes | memoryview, aside: str = ".tmp") -> None:
    """Let a file appear with all of its contents at once, or not at all; makes its folder. Raises OSError.

    Until then it lies beside its place under a name that ends in ``aside``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, suffix=aside)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(parts)
            os.fchmod(descriptor, READABLE)
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
