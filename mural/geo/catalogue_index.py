"""What a render process has found out about the local map files, remembered in a small file beside the area cache.

The web process reads it too, to say which places can be had without a download; it opens no map file itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from mural.geo.bbox import BBox

_KNOWN: Final = ("stamp", "bbox", "error", "source")
"""What is remembered of each file; an index that lacks any of it is made anew."""


SCANNED_MAX_BYTES: Final = 300_000_000
"""Larger files are used once they are imported: each box would take the reading of all of the file, a second for every
10 MB, and memory for the places of all of its nodes, three times its size."""


def load_index(index: Path) -> dict[str, dict[str, Any]]:
    """Read, by path, each file's size and time, its box, and what is wrong with it; nothing where there is no index."""
    try:
        known = json.loads(index.read_bytes())
        return {name: {key: about[key] for key in _KNOWN} for name, about in known.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def readable_boxes(index: Path) -> list[BBox]:
    """List what the files that are still there and can be used as they are cover, in degrees."""
    known = load_index(index).items()
    return [BBox(*about["bbox"]) for path, about in known if _is_usable(about) and Path(path).is_file()]


def _is_usable(about: dict[str, Any]) -> bool:
    waits_for_import = about["source"] is None and about["stamp"][0] > SCANNED_MAX_BYTES
    return bool(about["bbox"]) and not waits_for_import
