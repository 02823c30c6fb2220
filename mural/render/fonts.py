"""Open the fonts that a line of text needs, cutting the wanted weight out of a variable font the first time."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

import matplotlib as mpl
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import OverlapMode, instantiateVariableFont
from matplotlib.font_manager import get_font
from matplotlib.ft2font import FT2Font

from mural.files import write_whole
from mural.fonts import FALLBACK_WEIGHT, FAMILIES, INDEX_FILE, FontFile, FontIndex

SOURCES_DIR: Final = "sources"
INSTANCES_DIR: Final = "instances"


@dataclass(frozen=True, slots=True)
class Typeface:
    """A family at a weight (100 to 900), and the family that Chinese characters are taken from if it has them."""

    family: str
    weight: int
    han_family: str = ""


class FontShelf:
    """The font files of one folder, opened on demand.

    Weights are cut into the folder or, where it is somebody else's, as in a container's image, into our own cache.
    """

    def __init__(self, index: FontIndex, fonts_dir: Path) -> None:
        self._index = index
        self._sources = fonts_dir / SOURCES_DIR
        # Named after the fonts they are cut from: another version of Mural may have used the same cache.
        edition = zlib.crc32((fonts_dir / INDEX_FILE).read_bytes())
        self._instances = (fonts_dir / INSTANCES_DIR, Path(mpl.get_cachedir()) / f"mural-fonts-{edition:08x}")

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
        beside, own = (folder / f"{file.name}-{wanted}.ttf" for folder in self._instances)
        for known in (beside, own):
            if known.exists():
                return known
        cut = _cut(self._sources / file.source, wanted)
        try:
            write_whole(beside, cut)
        except OSError:
            write_whole(own, cut)
            return own
        return beside


def _cut(source: Path, weight: int) -> bytes:
    """Make one weight of a variable font as TrueType."""
    with TTFont(source) as font, BytesIO() as cut:
        if "fvar" in font:
            instantiateVariableFont(
                font, {"wght": weight}, inplace=True, optimize=False, overlap=OverlapMode.KEEP_AND_DONT_SET_FLAGS
            )
        font.flavor = None
        font.save(cut)
        return cut.getvalue()
