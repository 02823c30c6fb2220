"""One event, encoded once for each kind of transport, however many clients hear it."""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence
from functools import cached_property
from typing import Final

MESSAGE: Final = 4
"""Engine.IO's packet type of everything that Socket.IO sends."""

POLLING_SEPARATOR: Final = "\x1e"

TEXT_FRAME: Final = 0x81
BINARY_FRAME: Final = 0x82


class Frames(bytes):
    """Finished websocket frames: what is left to do with them is to write them."""

    __slots__ = ()


def websocket_frame(content: str | bytes) -> Frames:
    """Frame one message as a server sends it: whole and unmasked (RFC 6455, 5.2)."""
    kind = TEXT_FRAME if isinstance(content, str) else BINARY_FRAME
    body = content.encode() if isinstance(content, str) else content
    size = len(body)
    if size < 126:
        return Frames(struct.pack("!BB", kind, size) + body)
    if size < 2**16:
        return Frames(struct.pack("!BBH", kind, 126, size) + body)
    return Frames(struct.pack("!BBQ", kind, 127, size) + body)


class Message:
    """What Socket.IO made of one event: a text and perhaps binary attachments, which stay together.

    It passes for a packet of Engine.IO. Engine.IO's own packets remember their first encoding whatever it was for, so a
    binary one that met a websocket first breaks for a client that polls.
    """

    packet_type: Final = MESSAGE
    data: Final = None

    def __init__(self, parts: Sequence[str | bytes]) -> None:
        self._parts = parts

    @cached_property
    def frames(self) -> Frames:
        """Encode for websockets."""
        return Frames(
            b"".join(websocket_frame(f"{MESSAGE}{part}" if isinstance(part, str) else part) for part in self._parts)
        )

    @cached_property
    def payload(self) -> str:
        """Encode for long polling."""
        return POLLING_SEPARATOR.join(
            f"{MESSAGE}{part}" if isinstance(part, str) else f"b{base64.b64encode(part).decode('ascii')}"
            for part in self._parts
        )

    @property
    def size(self) -> int:
        """About how many bytes it is."""
        return sum(map(len, self._parts))

    def encode(self, b64: bool = False) -> str | Frames:
        """Encode for polling (``b64``) or for websockets, as Engine.IO asks its packets to."""
        return self.payload if b64 else self.frames
