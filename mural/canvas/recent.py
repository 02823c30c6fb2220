"""The latest pixels, so that whoever was away for a moment is answered without reading the log."""

from __future__ import annotations

from typing import Final

import numpy as np

from mural.canvas.codec import MAX_PIXELS, Packed

KEPT: Final = MAX_PIXELS
"""As many as one frame holds."""


class RecentPixels:
    """Keeps at least the last ``KEPT`` pixels, without gaps, up to the placement ``seq``."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self._buffer: Packed = np.empty(4 * KEPT, np.uint32)
        self._used = 0

    def append(self, packed: Packed) -> None:
        """Add the pixels that follow."""
        self.seq += len(packed)
        packed = packed[-len(self._buffer) // 2 :]
        if self._used + len(packed) > len(self._buffer):
            self._buffer[:KEPT] = self._buffer[self._used - KEPT : self._used].copy()
            self._used = KEPT
        self._buffer[self._used : self._used + len(packed)] = packed
        self._used += len(packed)

    def since(self, seq: int) -> Packed | None:
        """Give everything placed after a number; None where that is not kept any more, or never was."""
        missing = self.seq - seq
        if not 0 <= missing <= self._used:
            return None
        return self._buffer[self._used - missing : self._used].copy()
