"""The fonts that set-up prepared, shared by every test that letters something."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mural.fonts import INDEX_FILE, FontIndex
from mural.render.fonts import FontShelf
from tests.support.real_parts import PREPARED_DIR, missing


def fonts_dir() -> Path:
    """Find the prepared fonts, or skip."""
    folder = PREPARED_DIR / "fonts"
    return folder if (folder / INDEX_FILE).exists() else missing("the folder of prepared fonts")


@cache
def font_index() -> FontIndex:
    """Read the prepared fonts' index, once a run."""
    return FontIndex.load(fonts_dir())


@cache
def font_shelf() -> FontShelf:
    """Open the prepared fonts, once a run."""
    return FontShelf(font_index(), fonts_dir())
