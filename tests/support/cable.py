"""A cable between clients and the server that a test can pull out and plug in again."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

CHUNK_BYTES = 65_536


class Cable:
    """Passes connections on to a port of this machine, while it is plugged in."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._plugged = True
        self._loses_answers = False
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def base_url(self) -> str:
        """The address of the server by way of the cable."""
        return f"http://127.0.0.1:{self.port}"

    def pull(self) -> None:
        """Cut every connection, and let none through."""
        self._plugged = False
        while self._ends:
            _shut(self._ends.pop())

    def plug(self) -> None:
        """Let connections through again."""
        self._plugged = True
        self._loses_answers = False

    def lose_answers(self) -> None:
        """Let through only what clients send; what the server says is lost."""
        self._loses_answers = True

    def close(self) -> None:
        """End for good."""
        self.pull()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _address = self._listener.accept()
                if not (self._plugged and self._passes(near)):
                    near.close()

    def _passes(self, near: socket.socket) -> bool:
        """Pass a connection on; say false when nobody listens at the other end."""
        try:
            far = socket.create_connection(("127.0.0.1", self._to_port))
        except ConnectionRefusedError:
            return False
        self._join(near, far)
        return True

    def _join(self, near: socket.socket, far: socket.socket) -> None:
        self._ends += [near, far]
        for source, target in ((near, far), (far, near)):
            threading.Thread(target=self._carry, args=(source, target, source is far), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):  # cut
            while data := source.recv(CHUNK_BYTES):
                if not (answers and self._loses_answers):
                    target.sendall(data)
        _shut(target)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):  # shut already
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextlib.contextmanager
def cable_to(port: int) -> Iterator[Cable]:
    """Lay a cable for the time of a test."""
    cable = Cable(port)
    try:
        yield cable
    finally:
        cable.close()
