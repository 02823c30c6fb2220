"""What a poster looks printed on: the tooth of paper, its laid lines or the threads of linen, as a faint relief.

A texture is a sum of waves over a square of paper that repeats. It is measured in millimetres, and the waves are the
same in every resolution as far as the pixels are fine enough for them: a preview shows what the print has. The relief
is pressed into everything below the lettering, which stays crisp. Vectors are left to the paper they are printed on.
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
from mural.themes import TextureChoice
from mural.units import MM_PER_INCH

Floats = NDArray[np.float64]

TILE_MM: Final = 5 * MM_PER_INCH
"""Side of the square that repeats: a whole number of pixels at every whole resolution."""

WAVES: Final = 400
"""Waves of the finest kind along a side: one in a third of a millimetre, four pixels at 300 DPI."""

SEED: Final = 1
"""From which the waves' phases come: the same tile always."""

ROWS_AT_ONCE: Final = 16
"""Rows pressed together: few enough for the processor's cache."""


def _paper(across: Floats, down: Floats) -> Floats:
    """Give the strength of waves in the tooth of drawing paper, lit from the upper left."""
    frequency = np.hypot(across, down)
    tooth = np.exp(-((frequency / 1.1) ** 2)) * np.abs(across - down)
    clouds = 0.25 * np.exp(-((frequency / 0.12) ** 2))
    return tooth + clouds


def _laid(across: Floats, down: Floats) -> Floats:
    """Give the strength of waves in paper from a mould of wires."""
    return np.exp(-((across / 0.06) ** 2)) * np.exp(-(((np.abs(down) - 0.9) / 0.12) ** 2))


def _linen(across: Floats, down: Floats) -> Floats:
    """Give the strength of waves in woven threads of uneven thickness."""
    return _threads(across, down) + _threads(down, across)


def _threads(along: Floats, through: Floats) -> Floats:
    return np.exp(-((along / 0.12) ** 2)) * np.exp(-(((np.abs(through) - 1.5) / 0.6) ** 2))


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How strong each wave is, by its waves per millimetre across and down, and how high the relief stands."""

    strength: Callable[[Floats, Floats], Floats]
    levels: float
    """Root mean square of the relief, in levels of 255, where the pixels are fine enough for all of it."""


_RECIPES: Final[dict[TextureChoice, _Recipe]] = {
    "paper": _Recipe(_paper, 2.2),
    "laid": _Recipe(_laid, 2.0),
    "linen": _Recipe(_linen, 2.6),
}


class Texture(Artist):
    """A texture over all that is drawn below it, for pixels only."""

    def __init__(self, choice: TextureChoice) -> None:
        super().__init__()
        self._choice = choice
        self.set_zorder(-8)

    def draw(self, renderer: RendererBase) -> None:
        """Press the relief into a band."""
        band = cast("BandRenderer", renderer)
        press(band.rows, band.top_px, relief(self._choice, max(1, round(TILE_MM / MM_PER_INCH * band.dpi))))


def press(rows: NDArray[np.uint8], top_px: int, tile: NDArray[np.int8]) -> None:
    """Press a relief, shape (side, side), into rows of RGBA pixels, shape (n, width, 4), in place.

    Row 0 is the page's row ``top_px``. Whatever would be brighter than white or darker than black is just that.
    """
    side, width = len(tile), rows.shape[1]
    flat = rows.reshape(len(rows), width * 4)
    for top in range(0, len(rows), ROWS_AT_ONCE):
        strip = flat[top : top + ROWS_AT_ONCE]
        raised = _as_pixels(tile[(top_px + top + np.arange(len(strip))) % side])
        brighter, darker = np.maximum(raised, 0).view(np.uint8), np.maximum(-raised, 0).view(np.uint8)
        for left in range(0, width * 4, side * 4):
            part = strip[:, left : left + side * 4]
            up, down = brighter[:, : part.shape[1]], darker[:, : part.shape[1]]
            np.minimum(part, ~up, out=part)
            part += up
            np.maximum(part, down, out=part)
            part -= down


def _as_pixels(levels: NDArray[np.int8]) -> NDArray[np.int8]:
    """Repeat a level for red, green and blue, with none for alpha."""
    pixels = np.repeat(levels, 4, axis=1)
    pixels[:, 3::4] = 0
    return pixels


@lru_cache(maxsize=4)
def relief(choice: TextureChoice, side_px: int) -> NDArray[np.int8]:
    """Sum up the waves of a texture over the square that repeats, in levels of 255, shape (side, side)."""
    reach = min(WAVES, (side_px - 1) // 2)
    across, down = np.arange(reach + 1), np.arange(-reach, reach + 1)
    # What a pixel shows is the mean over its square, about its middle.
    seen = np.outer(*(np.sinc(way / side_px) * np.exp(1j * np.pi * way / side_px) for way in (down, across)))
    spectrum = np.zeros((side_px, side_px // 2 + 1), dtype=np.complex64)
    spectrum[down, : reach + 1] = _waves(choice)[WAVES - reach : WAVES + reach + 1, : reach + 1] * seen
    surface = np.fft.irfft2(spectrum, s=(side_px, side_px), norm="forward")
    return np.rint(surface).astype(np.int8)


@lru_cache(maxsize=4)
def _waves(choice: TextureChoice) -> NDArray[np.complex64]:
    """Give a texture's waves by their number down and across, shape (2 * WAVES + 1, WAVES + 1)."""
    recipe = _RECIPES[choice]
    across, down = np.arange(WAVES + 1) / TILE_MM, np.arange(-WAVES, WAVES + 1) / TILE_MM
    parts = np.random.default_rng(SEED).standard_normal((2, 2 * WAVES + 1, WAVES + 1))
    waves = (parts[0] + 1j * parts[1]) * recipe.strength(across, down[:, None])
    waves[WAVES, 0] = 0.0  # the ground keeps its colour
    waves *= recipe.levels / np.sqrt(2 * np.sum(np.abs(waves) ** 2))
    return waves.astype(np.complex64)
