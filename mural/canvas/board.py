"""The board: one byte a pixel, row by row, holding palette indexes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from mural.errors import InvalidInput

MAX_SIDE_PX: Final = 4096
"""A cell's number must fit into the 24 bits that a frame has for it."""

COMPRESSION: Final = 1
"""Boards are compressed while people place: quick counts more than small."""

GZIP: Final = 31
GZIP_OR_ZLIB: Final = 47
"""Which streams are meant, in zlib's numbers: boards were kept as zlib streams before browsers got them as they are."""

GZIP_MAGIC: Final = b"\x1f\x8b"
PIECE_BYTES: Final = 2**16

Cells = NDArray[np.uint32]
Colours = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle of pixels; the right and bottom sides are inside."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, x: int, y: int) -> bool:
        """Tell whether a pixel lies inside."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


class Board:
    """The colours of all pixels at one moment."""

    __slots__ = ("height", "pixels", "width")

    def __init__(self, width: int, height: int, pixels: Colours | None = None) -> None:
        self.width = width
        self.height = height
        self.pixels: Colours = np.zeros(width * height, np.uint8) if pixels is None else pixels

    @classmethod
    def unpack(cls, width: int, height: int, packed: bytes) -> Self:
        """Restore a board from what ``pack`` made."""
        board = cls(width, height)
        board.fill(packed)
        return board

    def fill(self, packed: bytes) -> None:
        """Take over what ``pack`` made, now or in earlier versions; raise ValueError where it has another size."""
        # Piece by piece into the pixels that are there: a thread that unpacks a large board keeps no memory for it.
        stream, filled = isal_zlib.decompressobj(wbits=GZIP_OR_ZLIB), 0
        for start in range(0, len(packed), PIECE_BYTES):
            piece = np.frombuffer(stream.decompress(packed[start : start + PIECE_BYTES]), np.uint8)
            if filled + piece.size <= self.pixels.size:
                self.pixels[filled : filled + piece.size] = piece
            filled += piece.size
        if filled != self.pixels.size:
            raise ValueError(f"a board of {self.width} x {self.height} pixels cannot have {filled}")

    def pack(self) -> bytes:
        """Compress the board, into what a browser takes as gzip."""
        return isal_zlib.compress(self.pixels.data, COMPRESSION, GZIP)

    def copy(self) -> Board:
        """Make an independent board that looks the same."""
        return Board(self.width, self.height, self.pixels.copy())

    def cell(self, x: int, y: int) -> int:
        """Number a pixel, row by row; raise InvalidInput outside the board."""
        for name, value, size in (("x", x, self.width), ("y", y, self.height)):
            if not 0 <= value < size:
                message = f"{name} must be 0 to {size - 1}; {value} is outside the board."
                raise InvalidInput(message, field=name, value=value, reason="out_of_bounds")
        return y * self.width + x

    def cells_of(self, rect: Rect) -> Cells:
        """Number the pixels of a rectangle, as far as it lies on the board."""
        rows = np.arange(max(rect.top, 0), min(rect.bottom, self.height - 1) + 1, dtype=np.uint32)
        columns = np.arange(max(rect.left, 0), min(rect.right, self.width - 1) + 1, dtype=np.uint32)
        numbers: Cells = (rows[:, None] * np.uint32(self.width) + columns).ravel()
        return numbers

    def apply(self, cells: Cells, colours: Colours) -> None:
        """Colour pixels in the order given: of two placements on one pixel the later one stays."""
        self.pixels[cells] = colours

    def digest(self) -> str:
        """Name the look of the board: SHA-256 of its bytes, in hexadecimal."""
        return hashlib.sha256(self.pixels.data).hexdigest()


def is_gzip(packed: bytes) -> bool:
    """Tell whether a packed board can be sent as it is."""
    return packed.startswith(GZIP_MAGIC)
