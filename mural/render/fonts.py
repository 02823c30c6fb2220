"""Open the fonts that a line of text needs, cutting the wanted weight out of a variable font the first time."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import OverlapMode, instantiateVariableFont
from matplotlib.font_manager import get_font
from matplotlib.ft2font import FT2Font

from mural.fonts import FALLBACK_WEIGHT, FAMILIES, FontFile, FontIndex

SOURCES_DIR: Final = "sources"
INSTANCES_DIR: Final = "instances"


@dataclass(frozen=True, slots=True)
class Typeface:
    """A family at a weight (100 to 900), and the family that Chinese characters are taken from if it has them."""

    family: str
    weight: int
    han_family: str = ""


class FontShelf:
    """The font files of one folder, opened on demand."""

    def __init__(self, index: FontIndex, fonts_dir: Path) -> None:
        self._index = index
        self._dir = fonts_dir

    @staticmethod
    @lru_cache(maxsize=1)
    def load(fonts_dir: Path) -> FontShelf:
        """Open a prepared folder, its index read once a process; raise Unavailable when it is not prepared."""
        return FontShelf(FontIndex.load(fonts_dir), fonts_dir)

    def open(self, text: str, face: Typeface) -> FT2Font:
        """Return a font, with its fallbacks, that has every character of a tidy line.

        Raises MissingScript when no font has one of them.
        """
        files = self._index.choose(text, face.family, face.han_family)
        return get_font([str(self._instance(file, face.weight)) for file in files])

    def _instance(self, file: FontFile, weight: int) -> Path:
        """Return the file at one weight (100 to 900), making it if it is not there yet."""
        wanted = weight if file.family in FAMILIES else FALLBACK_WEIGHT
        target = self._dir / INSTANCES_DIR / f"{file.name}-{wanted}.ttf"
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            _cut(self._dir / SOURCES_DIR / file.source, wanted, target)
        return target


def _cut(source: Path, weight: int, target: Path) -> None:
    """Write one weight of a variable font as TrueType, whole or not at all: render processes share the folder."""
    with TTFont(source) as font:
        if "fvar" in font:
            instantiateVariableFont(
                font, {"wght": weight}, inplace=True, optimize=False, overlap=OverlapMode.KEEP_AND_DONT_SET_FLAGS
            )
        font.flavor = None
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
        with os.fdopen(handle, "wb") as out:
            font.save(out)
    Path(name).replace(target)
