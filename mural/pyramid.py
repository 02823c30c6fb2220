"""The pyramid of tiles in which a large poster is looked at: how many levels, how large, which tiles there are.

Levels are numbered as Deep Zoom does it: the last one is the poster itself, each one before it half as large, and level
0 would be a single pixel. Below the level that fits into one tile nobody needs any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

TILE_PX: Final = 512
OVERLAP_PX: Final = 1
"""What a tile shows of its neighbours on every side, so that no seam appears between them."""

COMPLETE: Final = "complete"
"""The file that says that all tiles of a poster are there."""


class Box(NamedTuple):
    """Pixels from the left and top edges of a level, as Pillow counts them."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Pyramid:
    """The levels of a poster of so many pixels."""

    width_px: int
    height_px: int

    @property
    def max_level(self) -> int:
        """The level of the poster itself."""
        return (max(self.width_px, self.height_px) - 1).bit_length()

    @property
    def min_level(self) -> int:
        """The largest level that fits into one tile."""
        return min(self.max_level, TILE_PX.bit_length() - 1)

    def size_px(self, level: int) -> tuple[int, int]:
        """Give a level's width and height."""
        halvings = self.max_level - level
        return _halved(self.width_px, halvings), _halved(self.height_px, halvings)

    def grid(self, level: int) -> tuple[int, int]:
        """Count a level's columns and rows of tiles."""
        width_px, height_px = self.size_px(level)
        return -(-width_px // TILE_PX), -(-height_px // TILE_PX)

    def holds(self, level: int, column: int, row: int) -> bool:
        """Tell whether there is such a tile."""
        if not self.min_level <= level <= self.max_level:
            return False
        columns, rows = self.grid(level)
        return 0 <= column < columns and 0 <= row < rows

    def box(self, level: int, column: int, row: int) -> Box:
        """Give the part of a level that a tile shows."""
        width_px, height_px = self.size_px(level)
        return Box(
            max(0, column * TILE_PX - OVERLAP_PX),
            max(0, row * TILE_PX - OVERLAP_PX),
            min(width_px, (column + 1) * TILE_PX + OVERLAP_PX),
            min(height_px, (row + 1) * TILE_PX + OVERLAP_PX),
        )


def tile_name(level: int, column: int, row: int) -> str:
    """Name a tile's file within its poster's folder."""
    return f"{level}/{column}_{row}.jpg"


def _halved(length_px: int, times: int) -> int:
    """Halve a length, rounding up."""
    return -(-length_px >> times)
