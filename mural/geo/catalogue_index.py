"""What a render process has found out about the local map files, remembered in a small file beside the area cache.

The web process reads it too, to say which places can be had without a download and which files are left out; it opens
no map file itself.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from mural.errors import BrokenExtract
from mural.files import printable
from mural.geo.bbox import BBox

Fault = Literal["damaged", "deadly", "memory", "slow", "boundless", "index", "place"]
"""Why a file is left out: it cannot be read; its reader dies of it, runs out of memory or comes to no end; it does not
say how far it reaches; it is an index that cannot be read; it is not a file at all."""

INDEXES: Final = {"extract": "extracts.json", "sample": "samples.json"}
"""The names of the indexes in the cache folder, by where the files come from."""
MARKS: Final = "reading"
"""The folder of ReadingMarks, in the cache folder."""


SCANNED_MAX_BYTES: Final = 300_000_000
"""Larger files are used once they are imported: each box would take the reading of all of the file, a second for every
10 MB, and memory for the places of all of its nodes, three times its size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a file: its size and time then, its box (degrees) or why it is left out, what an index is of."""

    stamp: tuple[int, int]
    bbox: BBox | None = None
    fault: Fault | None = None
    reason: str = ""
    source: tuple[str, int, int] | None = None

    def __post_init__(self) -> None:
        if (self.bbox is None) == (self.fault is None) or not all(map(math.isfinite, self.bbox or ())):
            raise ValueError("a file has a box, or a reason for being left out")


_KNOWN: Final[TypeAdapter[Known]] = TypeAdapter(Known)


def load_index(index: Path) -> dict[str, Known]:
    """Read what is known, by path; whatever is not as it was written is forgotten, and found out again."""
    try:
        listed = json.loads(index.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    known = {}
    for path, about in listed.items() if isinstance(listed, dict) else ():
        try:
            known[path] = _KNOWN.validate_python(about)
        except ValidationError:
            continue
    return known


def index_bytes(known: dict[str, Known]) -> bytes:
    """Write what is known; names that are no text, as file systems allow them, survive."""
    return json.dumps({path: asdict(about) for path, about in known.items()}).encode("ascii")


def readable_boxes(index: Path) -> list[BBox]:
    """List what the files that are still there and can be used as they are cover, in degrees."""
    return [
        about.bbox
        for path, about in load_index(index).items()
        if about.bbox and not waits_for_import(about) and Path(path).is_file()
    ]


def waits_for_import(about: Known) -> bool:
    """Tell whether a file is too large to be used as it is."""
    return about.source is None and about.stamp[0] > SCANNED_MAX_BYTES


def unreadable(path: Path, fault: Fault, reason: str) -> BrokenExtract:
    """Say which file cannot be used, and why."""
    name = printable(path.name)
    return BrokenExtract(f"The map file {name} cannot be read: {reason}.", file=name, fault=fault, reason=reason)
