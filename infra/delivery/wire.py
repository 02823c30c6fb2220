"""A client's TCP connection, written to by many without waiting and without mixing their frames."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

SEND_BUFFER_BYTES: Final = 64 * 1024
"""What the system keeps for one client (it doubles the figure); by itself it would go up to megabytes."""

READS_PER_TURN: Final = 32
"""After so many reads in a row others get their turn: a flood always has more to read and would never yield."""

MAX_UNHANDLED: Final = 32
"""So many messages of a client are read ahead of handling them."""

UNHANDLED_PAUSE_S: Final = 0.01

MAX_DISCARDED_READS: Final = 64

NO_LOCK: Final = contextlib.nullcontext()


class Wire:
    """A client's connection, to which several may write without mixing their frames; libraries take it for a socket."""

    def __init__(self, sock: Any, sleep: Callable[[float], None]) -> None:
        self._sock = sock
        self._sleep = sleep
        # Under the green socket: its writes return at once instead of letting the green thread wait.
        self._raw = getattr(sock, "fd", None) or getattr(sock, "_sock", None) or sock
        # No green thread gives way while it holds this one, and a lock of theirs costs as much as the write itself.
        self._state: AbstractContextManager[object] = NO_LOCK if self.green else threading.Lock()
        self._turn = threading.Lock()
        self._writing = False
        self._rest = b""
        self._reads = 0
        self.unhandled: list[Any] = []
        with contextlib.suppress(OSError):  # gone already
            self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            self._raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def green(self) -> bool:
        """Tell whether waiting on it lets other threads of the same process run."""
        return self._raw is not self._sock

    def offer(self, frames: bytes) -> int | None:
        """Write what the system takes at once; tell how much is left for ``flush``, or None if it is busy."""
        with self._state:
            if self._writing or self._rest:
                return None
            try:
                sent = self._raw.send(frames, socket.MSG_DONTWAIT)
            except BlockingIOError:
                sent = 0
            except OSError:
                return 0  # it is being closed, which the reading side notices
            self._rest = frames[sent:]
            return len(self._rest)

    def flush(self, frames: bytes = b"") -> None:
        """Write what an offer left, then frames; wait as long as it takes."""
        with self._turn:
            with self._state:
                self._writing = True
                whole, self._rest = self._rest + frames, b""
            try:
                self._sock.sendall(whole)
            finally:
                with self._state:
                    self._writing = False

    def sendall(self, frames: bytes, *_flags: int) -> None:
        """Write the libraries' own frames: handshakes, pongs, closing."""
        self.flush(frames)

    def send(self, frames: bytes, *_flags: int) -> int:
        """Write all, which simple-websocket takes for granted."""
        self.flush(frames)
        return len(frames)

    def recv(self, size: int, *flags: int) -> bytes:
        """Read, no faster than what was read is handled, and not without end."""
        self._reads += 1
        if self._reads % READS_PER_TURN == 0:
            self._sleep(0)
        while len(self.unhandled) > MAX_UNHANDLED:
            self._sleep(UNHANDLED_PAUSE_S)
        content: bytes = self._sock.recv(size, *flags)
        return content

    def cut(self) -> None:
        """End the connection at once, and let the system forget what it holds for the client."""
        with contextlib.suppress(OSError):  # gone already
            self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.end()

    def end(self) -> None:
        """End the connection; what was written still arrives."""
        with contextlib.suppress(OSError):  # gone already
            self._raw.shutdown(socket.SHUT_RDWR)

    def discard(self) -> None:
        """End the connection and throw away what has come: the server would take it for the next request."""
        self.end()
        with contextlib.suppress(OSError):  # nothing more to read
            for _ in range(MAX_DISCARDED_READS):
                if not self._raw.recv(65_536, socket.MSG_DONTWAIT):
                    return

    def close(self) -> None:
        """Close for the library; under gevent it has a duplicate, whose closing alone would not end the connection."""
        self.discard()
        self._sock.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)
