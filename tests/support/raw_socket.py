"""A websocket by hand: for what no well-behaved client does."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.waiting import PATIENCE_S

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class RawSocket:
    """One connection; frames are sent as they are given, and read one at a time."""

    def __init__(
        self, port: int, *, sid: str = "", receive_buffer_bytes: int = 0, source: str = "", **headers: str
    ) -> None:
        """Connect and shake hands; go on with the session of a client that polls, and come from an address, if given.

        Underscores in the names of headers stand for hyphens.
        """
        self.socket = socket.socket()
        if receive_buffer_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        self.socket.settimeout(PATIENCE_S)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        self._file = self.socket.makefile("rb")
        asked = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in asked.items())
        query = "EIO=4&transport=websocket" + (f"&sid={sid}" if sid else "")
        self.socket.sendall(f"GET /socket.io/?{query} HTTP/1.1\r\n{lines}\r\n".encode())
        self.status = int(self._file.readline().split()[1])
        self.headers: dict[str, str] = {}
        while line := self._file.readline().strip().decode():
            name, _colon, value = line.partition(":")
            self.headers[name.lower()] = value.strip()

    def enter(self) -> RawSocket:
        """Connect to the default namespace, and read up to the greeting."""
        self.send_text("40")
        while not self.read_text().startswith('42["connection:established"'):
            pass
        return self

    def join(self) -> RawSocket:
        """Join the wall."""
        self.enter().command("gallery:join", {})
        return self

    def command(self, name: str, payload: Any) -> Any:
        """Send a command, and read up to its acknowledgement."""
        self.send_text("421" + json.dumps([name, payload]))
        while not (text := self.read_text()).startswith("431"):
            pass
        return json.loads(text[3:])[0]

    def send_text(self, text: str) -> None:
        """Send a text frame."""
        self.send_frame(TEXT, text.encode())

    def send_often(self, text: str, times: int) -> None:
        """Send the same text frame again and again, a hundred at once."""
        for _ in range(times // 100):
            self.send_frame(TEXT, text.encode(), times=100)

    def send_frame(self, kind: int, content: bytes, *, final: bool = True, times: int = 1) -> None:
        """Send a frame, masked with zeros."""
        first, size = kind | (0x80 if final else 0), len(content)
        if size < 126:
            head = struct.pack("!BB", first, 0x80 | size)
        elif size < 2**16:
            head = struct.pack("!BBH", first, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", first, 0x80 | 127, size)
        self.socket.sendall((head + bytes(4) + content) * times)

    def read_frame(self) -> tuple[int, bytes]:
        """Read a frame; raise ConnectionError when the connection has ended."""
        head = self._exactly(2)
        size = head[1] & 0x7F
        assert not head[1] & 0x80, "a server never masks"
        if size >= 126:
            size = int.from_bytes(self._exactly(2 if size == 126 else 8))
        return head[0] & 0x0F, self._exactly(size)

    def read_text(self) -> str:
        """Read up to the next text; answer Engine.IO's pings on the way."""
        while True:
            kind, content = self.read_frame()
            if kind == CLOSE:
                raise ConnectionResetError("the server has closed")
            if kind == TEXT and content == b"2":
                self.send_text("3")
            elif kind == TEXT:
                return content.decode()

    def read_to_the_end(self) -> list[tuple[int, bytes]]:
        """Read until the server ends the connection."""
        frames = []
        try:
            while True:
                frames.append(self.read_frame())
        except ConnectionError:
            return frames

    def break_off(self) -> None:
        """End the connection as a network does that fails."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._file.close()
        self.socket.close()

    def _exactly(self, size: int) -> bytes:
        content = self._file.read(size)
        if len(content) < size:
            raise ConnectionResetError("the connection has ended")
        return content


@contextmanager
def raw_socket(port: int, **options: Any) -> Iterator[RawSocket]:
    """Open a connection for the time of a test."""
    connection = RawSocket(port, **options)
    try:
        yield connection
    finally:
        connection.close()
