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
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def base_url(self) -> str:
        """The address of the server by way of the cable."""
        return f"http://127.0.0.1:{self.port}"

    def pull(self) -> None:
        """Cut every connection, and let none through."""
        with self._lock:
            self._plugged = False
            for end in self._ends:
                _shut(end)

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
        _shut(self._listener)  # closing alone would wake nobody who waits for a connection
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _address = self._listener.accept()
                threading.Thread(target=self._pass_on, args=(near,), daemon=True).start()

    def _pass_on(self, near: socket.socket) -> None:
        """Carry a connection to the other end and back, if the cable is plugged in and somebody listens there."""
        with near, contextlib.suppress(ConnectionRefusedError):
            with self._lock:
                if not self._plugged:
                    return
                far = socket.create_connection(("127.0.0.1", self._to_port))
                ends = {near, far}
                self._ends |= ends
            with far:
                back = threading.Thread(target=self._carry, args=(far, near), kwargs={"answers": True}, daemon=True)
                back.start()
                self._carry(near, far, answers=False)
                back.join()
                with self._lock:
                    self._ends -= ends

    def _carry(self, source: socket.socket, target: socket.socket, *, answers: bool) -> None:
        with contextlib.suppress(OSError):  # cut
            while data := source.recv(CHUNK_BYTES):
                if not (answers and self._loses_answers):
                    target.sendall(data)
        _shut(target)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):  # shut already
        end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def cable_to(port: int) -> Iterator[Cable]:
    """Lay a cable for the time of a test."""
    cable = Cable(port)
    try:
        yield cable
    finally:
        cable.close()
