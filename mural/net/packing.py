"""Unpack what comes packed, never to more than was asked for: a few kilobytes can unpack to any size."""

from __future__ import annotations

import zlib
from typing import Final

from mural.net.errors import TooLarge, Unreadable

AS_THEY_ARE: Final = frozenset(("", "identity"))
WINDOWS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""How zlib calls the ways of packing that every server knows."""


class Unpacking:
    """The bytes of an answer so far, unpacked; at most ``max_bytes``."""

    def __init__(self, packing: str, max_bytes: int) -> None:
        way = packing.strip().lower()
        if way not in AS_THEY_ARE and way not in WINDOWS:
            raise Unreadable("packed in a way that was not asked for")
        self._unpack = zlib.decompressobj(WINDOWS[way]) if way in WINDOWS else None
        self._max_bytes = max_bytes
        self._kept = bytearray()

    def add(self, piece: bytes) -> None:
        """Take what has come over the wire."""
        room = self._max_bytes - len(self._kept) + 1
        try:
            self._kept += self._unpack.decompress(piece, room) if self._unpack else piece[:room]
        except zlib.error as error:
            raise Unreadable("packed, but broken") from error
        if len(self._kept) > self._max_bytes:
            raise TooLarge(f"more than {self._max_bytes} bytes")

    def whole(self) -> bytes:
        """Give all of it; raise Unreadable where its end is missing."""
        if self._unpack and not self._unpack.eof:
            raise Unreadable("packed, but cut short")
        return bytes(self._kept)
