"""The binary frame that carries placed pixels; docs/canvas.md describes it and static/js/board/codec.js reads it too.

A little-endian header (format version u8, epoch u32, first seq u64, count u16) is followed by four bytes a pixel: the
cell's number in the high 24 bits and the palette index in the low 8. The pixels have consecutive sequence numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mural.canvas.board import Cells, Colours
from mural.errors import InvalidInput

VERSION: Final = 1
HEADER: Final = struct.Struct("<BIQH")
PIXEL_BYTES: Final = 4
MAX_PIXELS: Final = 2**16 - 1
MAX_EPOCH: Final = 2**32 - 1

Packed = NDArray[np.uint32]
"""Pixels as frames carry them: the cell's number times 256, plus the palette index."""


@dataclass(frozen=True, slots=True)
class PixelFrame:
    """What one frame says: pixel ``i`` was placed with the number ``first_seq + i``."""

    epoch: int
    first_seq: int
    cells: Cells
    colours: Colours

    @property
    def last_seq(self) -> int:
        """The number of the last pixel; one less than the first in an empty frame."""
        return self.first_seq + len(self.cells) - 1


def pack_pixels(cells: Cells, colours: Colours) -> Packed:
    """Bring pixels into the form that frames carry."""
    packed: Packed = (cells.astype(np.uint32) << np.uint32(8)) | colours
    return packed


def unpack_pixels(packed: Packed) -> tuple[Cells, Colours]:
    """Take pixels out of the form that frames carry."""
    return packed >> np.uint32(8), packed.astype(np.uint8)


def frames(epoch: int, first_seq: int, packed: Packed) -> Iterator[bytes]:
    """Encode consecutive pixels as few frames as they fit into."""
    for start in range(0, len(packed), MAX_PIXELS):
        part = packed[start : start + MAX_PIXELS]
        yield HEADER.pack(VERSION, epoch, first_seq + start, len(part)) + part.astype("<u4").tobytes()


def decode_frame(frame: bytes) -> PixelFrame:
    """Read a frame; raise InvalidInput where it is not one."""
    if len(frame) < HEADER.size:
        raise _not_a_frame(f"it has {len(frame)} bytes, fewer than a header")
    version, epoch, first_seq, count = HEADER.unpack_from(frame)
    if version != VERSION:
        raise _not_a_frame(f"its version is {version}, and {VERSION} is known")
    if len(frame) != HEADER.size + count * PIXEL_BYTES:
        raise _not_a_frame(f"its header promises {count} pixels, and it has {len(frame) - HEADER.size} bytes of them")
    packed = np.frombuffer(frame, "<u4", count, HEADER.size).astype(np.uint32)
    return PixelFrame(epoch, first_seq, *unpack_pixels(packed))


def _not_a_frame(reason: str) -> InvalidInput:
    return InvalidInput(f"This is not a frame of pixels: {reason}.", field="frame")
