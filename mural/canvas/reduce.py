"""Turn pictures into boards: fitted, and reduced to the palette by how colours look (Oklab), dithered or not."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mural.canvas.board import Board, Colours
from mural.canvas.palette import Palette
from mural.colours import oklab_pixels
from mural.errors import InvalidInput

MAX_PICTURE_PIXELS: Final = 50_000_000
"""Three times the largest board, and 4 bytes each in memory; a picture that unpacks to more is refused unread."""

PICTURE_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
"""Others bring programs along, or start some to be read."""

ROWS_AT_ONCE: Final = 64

NEIGHBOURS: Final = ((1, 0), (2, 0), (-1, 1), (0, 1), (1, 1), (0, 2))
SHARE: Final = 1 / 8
"""Where a pixel's error goes when colours are mixed. A quarter is dropped: grounds stay calm, lines stay clear."""

TINT: Final = np.array([1, 2, 2], np.float32)
"""Mixed colours must not lose their tint: a grey that is a little too dark is better than one of green and red dots."""

Lab = NDArray[np.float32]


@contextmanager
def opened_picture(file: Path) -> Iterator[Image.Image]:
    """Open a picture whoever made it; raise InvalidInput for what is none, or would take too much memory."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=PICTURE_FORMATS) as picture:
                if picture.width * picture.height > MAX_PICTURE_PIXELS:
                    size = f"{picture.width} x {picture.height}"
                    raise InvalidInput(f"A picture of {size} pixels is too large.", field="picture")
                picture.load()
                yield picture
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InvalidInput("The picture is too large.", field="picture") from error
    except (EOFError, MemoryError, OSError, SyntaxError, ValueError, struct.error, zlib.error) as error:
        raise InvalidInput(f"The picture cannot be used: {error or type(error).__name__}.", field="picture") from error


def board_from_picture(picture: Image.Image, width: int, height: int, palette: Palette, *, dither: bool) -> Board:
    """Fit a picture onto a board, filling it (what sticks out is cut), and reduce it to the palette."""
    coloured = picture.convert("RGBA")
    # Made smaller before anything else is done with it: each step more would take as much memory as the picture.
    factor = max(1, min(coloured.width // (3 * width), coloured.height // (3 * height)))
    reduced = coloured.reduce(factor) if factor > 1 else coloured
    flat = Image.new("RGBA", reduced.size, "white")
    flat.alpha_composite(reduced)
    fitted = ImageOps.fit(flat.convert("RGB"), (width, height), Image.Resampling.LANCZOS)
    lab = oklab_pixels(np.asarray(fitted))
    colours = palette_lab(palette)
    indexes = _diffused(lab, colours) if dither else _nearest(lab, colours)
    return Board(width, height, indexes.ravel())


def repaint(board: Board, old: Palette, width: int, height: int, new: Palette) -> Board:
    """Bring a board to another size, keeping what fits in the top left, and to the nearest colours of a palette."""
    nearest = np.array([new.nearest(colour.hex) for colour in old.colours], np.uint8)
    blank = np.zeros((height, width), np.uint8)
    kept = board.pixels.reshape(board.height, board.width)[:height, :width]
    blank[: kept.shape[0], : kept.shape[1]] = nearest[kept]
    return Board(width, height, blank.ravel())


def palette_lab(palette: Palette) -> Lab:
    """Convert the colours of a palette to Oklab, one row each."""
    rgb = np.array([[colour.rgb for colour in palette.colours]], np.uint8)
    lab: Lab = oklab_pixels(rgb)[0]
    return lab


def _nearest(lab: Lab, colours: Lab) -> Colours:
    """Choose for every pixel the colour that looks most like it, a few rows at a time to bound the memory."""
    height, width = lab.shape[:2]
    chosen = np.empty((height, width), np.uint8)
    for top in range(0, height, ROWS_AT_ONCE):
        chosen[top : top + ROWS_AT_ONCE] = _closest(lab[top : top + ROWS_AT_ONCE], colours)
    return chosen


def _closest(lab: Lab, colours: Lab) -> Colours:
    # |a - b|² = |a|² - 2ab + |b|²; |a|² is the same for all colours.
    scores = (colours**2).sum(axis=1) - 2 * (lab @ colours.T)
    closest: Colours = scores.argmin(axis=-1).astype(np.uint8)
    return closest


def _diffused(lab: Lab, colours: Lab) -> Colours:
    """Spread a part of each pixel's error over its neighbours as Atkinson does, in Oklab.

    What a pixel gets comes from two on its left and from the two rows above, so all pixels with the same x + 2y are
    independent of each other and are done together: the same result as pixel by pixel, in width + 2 * height steps.
    """
    height, width = lab.shape[:2]
    colours = colours * TINT
    # A frame left, right and below takes up what is spread over the edges.
    work = np.zeros((height + 2, width + 3, 3), np.float32)
    work[:height, 1:-2] = lab * TINT
    chosen = np.empty((height, width), np.uint8)
    for step in range(width + 2 * (height - 1)):
        ys = np.arange(max(0, (step - width + 2) // 2), min(height - 1, step // 2) + 1)
        xs = step - 2 * ys
        wanted = work[ys, xs + 1]
        indexes = _closest(wanted, colours)
        chosen[ys, xs] = indexes
        spread = (wanted - colours[indexes]) * SHARE
        # No two pixels of one step share a neighbour at the same offset, so plain addition is safe.
        for dx, dy in NEIGHBOURS:
            work[ys + dy, xs + 1 + dx] += spread
    return chosen
