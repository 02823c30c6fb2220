"""A crowd of websocket clients as lean as Python allows: `python -m bench.crowd PORT CLIENTS SECONDS NUMBER AT_ONCE`.

It speaks Engine.IO and Socket.IO over bare sockets, so that what is measured is the server. Every client joins the
wall. Once a line comes in, which tells that the other crowds have joined too, this one notes how long after its `sent`
(nanoseconds of the machine's monotonic clock) each event arrives. Prints two lines of JSON: how long joining took, and
all delays. Crowds of different numbers come from different addresses.
"""

from __future__ import annotations

import base64
import json
import os
import re
import select
import selectors
import socket
import struct
import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import Final

from infra.open_files import raise_open_files

SENT: Final = re.compile(rb'"sent":"(\d+)"')
OPEN, CONNECTED, PING, ACK = b"0", b"40", b"2", b"43"
OTHER_FILES: Final = 100
CLIENTS_PER_ADDRESS: Final = 500


class Client:
    """One client, from its handshake on."""

    def __init__(self, port: int, address: str) -> None:
        self.socket = socket.socket()
        self.socket.bind((address, 0))
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
                if b'"ok":true' not in message:
                    raise ConnectionError(message.decode())
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

    def __init__(self, port: int, count: int, number: int, at_once: int) -> None:
        self._selector = selectors.DefaultSelector()
        addresses = (f"127.1.{number}.{1 + client // CLIENTS_PER_ADDRESS}" for client in range(count))
        self._coming = (Client(port, address) for address in addresses)
        self._joining: list[Client] = []
        self._count, self._at_once = count, at_once

    def join(self, within_s: float = 240.0) -> float:
        """Wait until all have joined, so many at once; tell how many seconds that took."""
        started, joined = time.monotonic(), 0
        while joined < self._count:
            if time.monotonic() > started + within_s:
                raise TimeoutError(f"only {joined} of {self._count} clients could join")
            for client in islice(self._coming, self._at_once - len(self._joining)):
                self._selector.register(client.socket, selectors.EVENT_WRITE, client)
                self._joining.append(client)
            self._listen(0.05)
            before, self._joining = len(self._joining), [client for client in self._joining if not client.joined]
            joined += before - len(self._joining)
        return time.monotonic() - started

    def wait_for_word(self) -> None:
        """Go on hearing until a line comes in."""
        while not select.select([sys.stdin], [], [], 0)[0]:
            self._listen(0.05)

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
    port, count, seconds, number, at_once = map(int, sys.argv[1:])
    raise_open_files(count + OTHER_FILES)
    crowd = Crowd(port, count, number, at_once)
    storm_s = crowd.join()
    print(json.dumps({"storm_s": storm_s}), flush=True)
    crowd.wait_for_word()
    crowd.listen(1.5)  # what joining has caused
    print(json.dumps({"delays_ms": crowd.listen(seconds)}), flush=True)


if __name__ == "__main__":
    main()
