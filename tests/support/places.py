"""The real place index, as set-up builds it."""

from __future__ import annotations

from pathlib import Path

from mural.geo.gazetteer.build import build_index
from tests.support.real_parts import PREPARED_DIR


def place_index() -> Path:
    """Give the index of all places; brings it up to date first, which is quick when there is nothing to do."""
    index_file = PREPARED_DIR / "gazetteer.db"
    build_index(index_file)
    return index_file
