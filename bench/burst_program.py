"""One address that asks too much: `python -m bench.burst_program PORT KIND AMOUNT`.

It comes from 127.0.0.1. AMOUNT is connections, or the seconds of ``hammer``. Prints one line of JSON: when it began and
ended, on the machine's monotonic clock, and how often it got which answer.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import Final

SENT: Final = {
    "open": b"",
    "leave": b"GET / HTTP/1.1\r\nHost: mural\r\n\r\n",
    "half a head": b"DELETE /api/v1/posters/1 HTTP/1.1\r\nHost: mural\r\nCookie: mural_vis",
    "half a body": b"POST /api/v1/posters HTTP/1.1\r\nHost: mural\r\nContent-Type: application/json\r\n"
    b"Content-Length: 500\r\n\r\n{",
}
"""What is sent over each connection before it is closed."""

READS: Final = (
    "/",
    "/gallery",
    "/api/v1/geocode/suggest?q=san",
    "/api/v1/geocode/reverse?lat=60.17&lon=24.94",
    f"/api/v1/canvas/history?at={datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
)
AT_ONCE: Final = 32


def come_and_go(port: int, kind: str, connections: int) -> Counter[str]:
    """Open one connection after the other, send, and close without reading."""
    seen: Counter[str] = Counter()
    for _ in range(connections):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                connection.sendall(SENT[kind])
        except OSError:
            seen["refused"] += 1
        else:
            seen["closed"] += 1
    return seen


def hammer(port: int, seconds: float) -> Counter[str]:
    """Read everything that there is to read over connections that stay, each as fast as it is answered."""
    seen: Counter[str] = Counter()
    until_s = time.monotonic() + seconds

    def read(first: int) -> None:
        connection, turn = HTTPConnection("127.0.0.1", port, timeout=30), first
        while time.monotonic() < until_s:
            turn += 1
            try:
                connection.request("GET", READS[turn % len(READS)])
                answer = connection.getresponse()
                answer.read()
            except (OSError, HTTPException):
                seen["hung up on"] += 1
                connection.close()
            else:
                seen[str(answer.status)] += 1

    readers = [threading.Thread(target=read, args=(first,)) for first in range(AT_ONCE)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return seen


def main() -> None:
    """Do it, and tell."""
    port, kind, amount = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    began_s = time.monotonic()
    seen = hammer(port, amount) if kind == "hammer" else come_and_go(port, kind, int(amount))
    print(json.dumps({"began_s": began_s, "ended_s": time.monotonic(), "seen": seen}))


if __name__ == "__main__":
    main()
