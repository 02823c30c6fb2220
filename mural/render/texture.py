"""What a poster looks printed on: the tooth of paper, its laid lines or the threads of linen, as a faint relief.

A texture is a sum of waves over a tile of paper that repeats. It is measured in millimetres, and the waves are the same
in every resolution as far as the pixels are fine enough for them: a preview shows what the print has. The relief is
pressed into everything below labels and lettering, which stay crisp. Vectors are left to the paper they are printed on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from numpy.typing import NDArray

from mural.render.bands import BandRenderer
from mural.render.inked import OVER_FADES
from mural.themes import TextureChoice
from mural.units import MM_PER_INCH

Floats = NDArray[np.float64]

TILE_MM: Final = 5 * MM_PER_INCH
"""Side of the tile that repeats."""

FINE_DPI: Final = 150
"""A relief is about as fine as this. A print's is made of squares of pixels that are alike: nobody sees them, a sixth
of a millimetre wide, and the PNG is half as large as with a height for each pixel, and written in half the time."""

WAVES: Final = 374
"""Waves of the finest kind along a side, one in a third of a millimetre: all that so many squares can show."""

WIRES_PER_MM: Final = 121 / TILE_MM
"""In the mould of laid paper; a whole number of them along a side."""

SEED: Final = 1
"""From which the waves' phases come: the same tile always."""

ROWS_AT_ONCE: Final = 16
"""Rows summed up or pressed together: few enough for the processor's cache."""


def _paper(across: Floats, down: Floats) -> Floats:
    """Give the strength of waves in the tooth of drawing paper, lit from the upper left."""
    frequency = np.hypot(across, down)
    tooth = np.exp(-((frequency / 1.1) ** 2)) * np.abs(across - down)
    clouds = 0.25 * np.exp(-((frequency / 0.12) ** 2))
    return tooth + clouds


def _laid(across: Floats, down: Floats) -> Floats:
    """Give the strength of waves in paper from a mould of fine wires."""
    wires = _ridge(down, WIRES_PER_MM, 0.015) * _ridge(across, 0.0, 0.03)
    return 2.0 * wires + 0.05 * _paper(across, down)


def _mould(across: Floats, down: Floats) -> Floats:
    """Give the waves that are no accident: the wires' own, and those of a thicker wire across them every inch."""
    wires = 40.0 * (across == 0) * np.isclose(np.abs(down), WIRES_PER_MM)
    per_inch = across * MM_PER_INCH
    whole = (down == 0) * np.isclose(per_inch, np.rint(per_inch))
    mould: Floats = wires - 3.0 * whole * np.cos(np.pi * per_inch) * _ridge(across, 0.0, 0.7)
    return mould


def _linen(across: Floats, down: Floats) -> Floats:
    """Give the strength of waves in woven threads of uneven thickness."""
    return _threads(down, across) + _threads(across, down)


def _threads(through: Floats, along: Floats) -> Floats:
    thread = _ridge(through, 1.25, 0.5) * _ridge(along, 0.0, 0.12)
    slub = 0.5 * _ridge(through, 0.3, 0.3) * _ridge(along, 0.0, 0.05)
    return thread + slub


def _ridge(frequency: Floats, middle: float, breadth: float) -> Floats:
    """Give a bell about a frequency, either way."""
    bell: Floats = np.exp(-(((np.abs(frequency) - middle) / breadth) ** 2))
    return bell


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How strong each wave is, by its waves per millimetre across and down, and how high the relief stands."""

    strength: Callable[[Floats, Floats], Floats]
    levels: float
    """About the root mean square of the relief, in levels of 255, where the pixels are fine enough for all of it."""

    regular: Callable[[Floats, Floats], Floats] | None = None
    """Waves that do not depend on chance, in the same measure."""


_RECIPES: Final[dict[TextureChoice, _Recipe]] = {
    "paper": _Recipe(_paper, 2.2),
    "laid": _Recipe(_laid, 2.0, _mould),
    "linen": _Recipe(_linen, 2.6),
}


class Texture(Artist):
    """A texture over all that is drawn below it, for pixels only."""

    def __init__(self, choice: TextureChoice) -> None:
        super().__init__()
        self._choice = choice
        self.set_zorder(OVER_FADES + 0.5)  # halos are part of the ground, too; labels stand above

    def draw(self, renderer: RendererBase) -> None:
        """Press the relief into a band."""
        band = cast("BandRenderer", renderer)
        grain = grain_px(band.dpi)
        side = max(1, round(TILE_MM / MM_PER_INCH * band.dpi / grain))
        seen = (min(side, -(-length_px // grain)) for length_px in (band.page_height_px, band.rows.shape[1]))
        press(band.rows, band.top_px, relief(self._choice, side, *seen), grain)


def grain_px(dpi: float) -> int:
    """Tell how many pixels the squares are wide that a relief is made of in some resolution."""
    return max(1, round(dpi / FINE_DPI))


def press(rows: NDArray[np.uint8], top_px: int, tile: NDArray[np.int8], grain: int = 1) -> None:
    """Press a relief of squares of ``grain`` pixels into rows of RGBA pixels, shape (n, page's width, 4), in place.

    Row 0 is the page's row ``top_px``. Whatever would be brighter than white or darker than black is just that.
    """
    width, step = 4 * rows.shape[1], 4 * grain * tile.shape[1]
    flat = rows.reshape(len(rows), width)
    for top in range(0, len(rows), ROWS_AT_ONCE):
        strip = flat[top : top + ROWS_AT_ONCE]
        levels = tile[(top_px + top + np.arange(len(strip))) // grain % len(tile)]
        raised = np.repeat(levels, 4 * grain, axis=1)
        raised[:, 3::4] = 0  # all of it is opaque
        brighter, darker = np.maximum(raised, 0).view(np.uint8), np.maximum(-raised, 0).view(np.uint8)
        for left in range(0, width, step):
            part = strip[:, left : left + step]
            up, down = brighter[:, : part.shape[1]], darker[:, : part.shape[1]]
            np.minimum(part, ~up, out=part)
            part += up
            np.maximum(part, down, out=part)
            part -= down


@lru_cache(maxsize=4)
def relief(choice: TextureChoice, side: int, height: int, width: int) -> NDArray[np.int8]:
    """Sum up the waves of a texture over the tile that repeats, ``side`` squares wide, in levels of 255.

    Only as much as is wanted from its upper left corner is given, shape (height, width).
    """
    reach = min(WAVES, (side - 1) // 2)
    across, down = np.arange(reach + 1), np.arange(-reach, reach + 1)
    # What a square shows is the mean over it, about its middle.
    seen = np.outer(*(np.sinc(way / side) * np.exp(1j * np.pi * way / side) for way in (down, across)))
    waves = np.zeros((side, reach + 1), dtype=np.complex64)
    waves[down] = _waves(choice)[WAVES - reach : WAVES + reach + 1, : reach + 1] * seen
    rows = np.fft.ifft(waves, axis=0, norm="forward")[:height]
    tile = np.empty((height, width), dtype=np.int8)
    for top in range(0, height, ROWS_AT_ONCE):
        levels = np.fft.irfft(rows[top : top + ROWS_AT_ONCE], side, norm="forward")[:, :width]
        tile[top : top + ROWS_AT_ONCE] = np.rint(levels)
    return tile


@lru_cache(maxsize=4)
def _waves(choice: TextureChoice) -> NDArray[np.complex64]:
    """Give a texture's waves by their number down and across, shape (2 * WAVES + 1, WAVES + 1)."""
    recipe = _RECIPES[choice]
    across, down = np.arange(WAVES + 1) / TILE_MM, np.arange(-WAVES, WAVES + 1) / TILE_MM
    parts = np.random.default_rng(SEED).standard_normal((2, 2 * WAVES + 1, WAVES + 1))
    waves = (parts[0] + 1j * parts[1]) * recipe.strength(across, down[:, None])
    if recipe.regular:
        waves += recipe.regular(across, down[:, None])
    waves[WAVES, 0] = 0.0  # the ground keeps its colour
    height = np.sqrt(2 * np.sum(np.abs(waves) ** 2))
    scaled: NDArray[np.complex64] = (recipe.levels / height * waves).astype(np.complex64)
    return scaled
