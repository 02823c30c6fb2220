"""A request whose head is cut off in the middle is no request, whichever server reads it.

All three servers take the end of a connection for the end of a head: of ``DELETE /posters/1`` and half a cookie they
would make a request, and carry it out in somebody else's name. Here a line that the connection breaks off in ends the
connection instead, and nothing of it is looked at.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from typing import Final

HEAD_S: Final = 20.0
"""So long a head may take from its first byte: who sends it letter by letter holds a connection for nothing."""

EMPTY: Final = frozenset({b"\r\n", b"\n"})
"""The line that a head ends with."""


class CutOff(ConnectionResetError):
    """The client has left in the middle of a line that something depended on."""


class WholeLines(io.BufferedReader):
    """What a client sends. Servers read heads, and the sizes of a body's chunks, by lines: each comes whole or not."""

    def __init__(
        self, raw: io.RawIOBase, on_cut: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(raw)
        self._on_cut = on_cut
        self._clock = clock
        self._due_s: float | None = None
        self._ended = False

    def end(self) -> None:
        """Let nothing more be read: the next request of this connection is not listened to."""
        self._ended = True

    def read(self, size: int | None = -1, /) -> bytes:
        """Read of a body; it is told apart from a head by not being read in lines."""
        self._due_s = None
        return b"" if self._ended else super().read(size)

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read a line, or nothing where the client leaves between two requests; raise CutOff where it leaves within."""
        most = sys.maxsize if size is None or size < 0 else size
        line = b""
        while not line.endswith(b"\n") and len(line) < most:
            held = b"" if self._ended else self.peek(1)
            if not held and self._due_s is None:
                return b""
            if not held or self._is_late():
                self._on_cut()
                raise CutOff
            room = most - len(line)
            line += super().read(held.find(b"\n", 0, room) + 1 or min(len(held), room))
        if line in EMPTY:
            self._due_s = None
        return line

    def _is_late(self) -> bool:
        if self._due_s is None:
            self._due_s = self._clock() + HEAD_S
        return self._clock() > self._due_s
