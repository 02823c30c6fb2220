"""A crowd of websocket clients as lean as Python allows: `python -m bench.crowd PORT CLIENTS SECONDS`.

It speaks Engine.IO and Socket.IO over bare sockets, so that what is measured is the server. Every client joins the
wall; then the crowd notes how long after its `sent` (nanoseconds of the machine's monotonic clock) each event arrives.
Prints two lines of JSON: how long joining took, and the delays.
"""

from __future__ import annotations

import base64
import json
import os
import re
import selectors
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import Final

from bench.report import percentile

SENT: Final = re.compile(rb'"sent":"(\d+)"')
OPEN, CONNECTED, PING, ACK = b"0", b"40", b"2", b"43"


class Client:
    """One client, from its handshake on."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(0)
        self.socket.connect_ex(("127.0.0.1", port))
        self.joined = False
        self._port = port
        self._upgraded = False
        self._unread = b""

    def greet(self) -> None:
        """Ask for a websocket."""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            "\r\n",
        )
        self.socket.send("\r\n".join(lines).encode())

    def read(self) -> Iterator[bytes]:
        """Read what has come, and go on with the handshake; give the messages of the wall."""
        self._unread += self.socket.recv(65_536)
        if not self._upgraded:
            head, end, rest = self._unread.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise ConnectionError(head.decode())
            self._upgraded, self._unread = True, rest
        for message in self._messages():
            if message.startswith(CONNECTED):
                self._send('420["gallery:join",{}]')
            elif message.startswith(OPEN):
                self._send("40")
            elif message == PING:
                self._send("3")
            elif message.startswith(ACK):
                self.joined = True
            else:
                yield message

    def _messages(self) -> Iterator[bytes]:
        unread, start = self._unread, 0
        while len(unread) >= start + 2:
            size, head = unread[start + 1], 2
            if size == 126:
                size, head = int.from_bytes(unread[start + 2 : start + 4]), 4
            elif size == 127:
                size, head = int.from_bytes(unread[start + 2 : start + 10]), 10
            if len(unread) < start + head + size:
                break
            yield unread[start + head : start + head + size]
            start += head + size
        self._unread = unread[start:]

    def _send(self, text: str) -> None:
        body = text.encode()
        self.socket.send(struct.pack("!BB4x", 0x81, 0x80 | len(body)) + body)  # masked with zeros


class Crowd:
    """Many clients, watched by one thread."""

    def __init__(self, port: int, count: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._clients = [Client(port) for _ in range(count)]
        for client in self._clients:
            self._selector.register(client.socket, selectors.EVENT_WRITE, client)

    def join(self, within_s: float = 120.0) -> float:
        """Wait until all have joined; tell how many seconds that took."""
        started = time.monotonic()
        while not all(client.joined for client in self._clients):
            if time.monotonic() > started + within_s:
                joined = sum(client.joined for client in self._clients)
                raise TimeoutError(f"only {joined} of {len(self._clients)} clients could join")
            self._listen(0.05)
        return time.monotonic() - started

    def listen(self, seconds: float) -> list[float]:
        """Collect the delays of the events of the coming seconds, in milliseconds."""
        delays_ms: list[float] = []
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            delays_ms += self._listen(left)
        return delays_ms

    def _listen(self, timeout_s: float) -> list[float]:
        delays_ms = []
        for key, events in self._selector.select(timeout_s):
            client: Client = key.data
            if events & selectors.EVENT_WRITE:
                client.greet()
                self._selector.modify(client.socket, selectors.EVENT_READ, client)
                continue
            for message in client.read():
                sent = SENT.search(message)
                if sent:
                    delays_ms.append((time.monotonic_ns() - int(sent[1])) / 1e6)
        return delays_ms


def main() -> None:
    """Join, listen and tell."""
    port, count, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    crowd = Crowd(port, count)
    storm_s = crowd.join()
    print(json.dumps({"storm_s": storm_s}), flush=True)
    crowd.listen(1.5)  # what joining has caused
    delays_ms = crowd.listen(seconds)
    figures = {f"p{share:g}": percentile(delays_ms, share / 100) for share in (50, 99)} | {"max": max(delays_ms)}
    print(json.dumps(figures | {"heard": len(delays_ms)}), flush=True)


if __name__ == "__main__":
    main()
