"""What becomes of the rows of a poster while it is being drawn: a file, a whole image, small images."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image


class Sink(Protocol):
    """Takes the rows of a picture from the top down."""

    def write(self, rows: NDArray[np.uint8]) -> None:
        """Take the next rows, RGBA pixels of shape (n, width, 4); they are overwritten afterwards."""


class WholeImage:
    """Gathers the rows in one RGB image, for formats that want all of it."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self.image = Image.new("RGB", (width_px, height_px))
        self._next_px = 0

    def write(self, rows: NDArray[np.uint8]) -> None:
        """Paste the next rows."""
        self.image.paste(_image(rows).convert("RGB"), (0, self._next_px))
        self._next_px += len(rows)


class SmallImage:
    """Gathers the rows scaled down to at least ``width_px`` by a whole factor, and then to exactly that."""

    def __init__(self, full_width_px: int, full_height_px: int, width_px: int) -> None:
        self._factor = max(1, full_width_px // width_px)
        self._size_px = (width_px, max(1, round(full_height_px * width_px / full_width_px)))
        self._strips: list[NDArray[np.uint8]] = []
        self._rest = np.empty((0, full_width_px, 4), dtype=np.uint8)

    def write(self, rows: NDArray[np.uint8]) -> None:
        """Scale the next rows down; rows that do not fill a whole pixel wait for those that follow."""
        rows = np.concatenate((self._rest, rows)) if len(self._rest) else rows
        whole = len(rows) // self._factor * self._factor
        self._rest = rows[whole:].copy()
        if whole:
            self._strips.append(np.asarray(_image(rows[:whole]).reduce(self._factor)))

    def image(self) -> Image.Image:
        """Give the small image, RGB."""
        if len(self._rest):
            self._strips.append(np.asarray(_image(self._rest).reduce(self._factor)))
            self._rest = self._rest[:0]
        gathered = Image.fromarray(np.concatenate(self._strips)).convert("RGB")
        return gathered.resize(self._size_px, Image.Resampling.LANCZOS)


def _image(rows: NDArray[np.uint8]) -> Image.Image:
    # A picture has no holes: with an alpha, Pillow would weigh every pixel by it for the same result.
    return Image.frombuffer("RGBX", (rows.shape[1], rows.shape[0]), np.ascontiguousarray(rows), "raw", "RGBX", 0, 1)
