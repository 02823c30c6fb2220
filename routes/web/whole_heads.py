"""A request whose head is cut off in the middle is no request, whichever server reads it.

All three servers take the end of a connection for the end of a head: of ``DELETE /posters/1`` and half a cookie they
would make a request, and carry it out in somebody else's name. Here a line that the connection breaks off in ends the
connection instead, and nothing of it is looked at.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing_extensions import Buffer

HEAD_S: Final = 20.0
"""So long a head may take from its first byte: who sends it letter by letter holds a connection for nothing."""

EMPTY: Final = frozenset({b"\r\n", b"\n"})
"""The line that a head ends with."""


LEAST_BYTES, MOST_BYTES = 8 * 1024, 64 * 1024
"""So much is asked for at once: of a head, and of a long body."""


class CutOff(ConnectionResetError):
    """The client has left in the middle of a line that something depended on."""


class WholeLines(io.BufferedIOBase):
    """What a client sends. Servers read heads, and the sizes of a body's chunks, by lines: each comes whole or not.

    It keeps what has come and was not asked for yet, and nothing else: a connection that waits costs no buffer.
    """

    def __init__(
        self, raw: io.RawIOBase, on_cut: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.raw = raw  # by this name simple-websocket looks for gevent's socket
        self._on_cut = on_cut
        self._clock = clock
        self._held = b""
        self._due_s: float | None = None
        self._ended = False

    def end(self) -> None:
        """Let nothing more be read: the next request of this connection is not listened to."""
        self._ended = True

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def fileno(self) -> int:
        """Give the number of the connection."""
        return self.raw.fileno()

    def close(self) -> None:
        """Close the connection's reading side."""
        if not self.closed:
            super().close()
            self.raw.close()

    def read(self, size: int | None = -1, /) -> bytes:
        """Read of a body; it is told apart from a head by not being read in lines."""
        self._due_s = None
        if self._ended:
            return b""
        left = sys.maxsize if size is None or size < 0 else size
        parts = []
        while left and (self._held or self._fill(left)):
            parts.append(self._take(left))
            left -= len(parts[-1])
        return b"".join(parts)

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read a line, or nothing where the client leaves between two requests; raise CutOff where it leaves within."""
        most = sys.maxsize if size is None or size < 0 else size
        line = b""
        while not line.endswith(b"\n") and len(line) < most:
            here = not self._ended and bool(self._held or self._fill())
            if not here and self._due_s is None:
                return b""
            if not here or self._is_late():
                self._on_cut()
                raise CutOff
            room = most - len(line)
            line += self._take(self._held.find(b"\n", 0, room) + 1 or room)
        if line in EMPTY:
            self._due_s = None
        return line

    def _fill(self, wanted: int = 0) -> bytes:
        self._held = self.raw.read(max(LEAST_BYTES, min(wanted, MOST_BYTES))) or b""
        return self._held

    def _take(self, size: int) -> bytes:
        taken, self._held = self._held[:size], self._held[size:]
        return taken

    def _is_late(self) -> bool:
        if self._due_s is None:
            self._due_s = self._clock() + HEAD_S
        return self._clock() > self._due_s


class WholeWrites(io.BufferedIOBase):
    """What a client is sent, whole and at once; eventlet's own writer keeps 16 KB for each connection."""

    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__()
        self._raw = raw

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, content: Buffer, /) -> int:
        """Write all of it, however long that takes."""
        with memoryview(content) as whole, whole.cast("B") as left:
            written = 0
            while written < len(left):
                written += self._raw.write(left[written:]) or 0
            return written

    def writelines(self, lines: Iterable[Buffer], /) -> None:
        """Write several pieces in one go: each would be a packet of its own."""
        self.write(b"".join(lines))

    def close(self) -> None:
        """Close the connection's writing side."""
        if not self.closed:
            super().close()
            self._raw.close()
