"""Many Socket.IO clients in one light process: `python -m bench.canvas_load PORT` with the work as JSON on its input.

It speaks just enough of the protocol, straight on asyncio's transports, to keep a server busy from one core. It prints
what it measured as JSON.
"""

from __future__ import annotations

import asyncio
import json
import random
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Final, cast

PIXEL: Final = struct.Struct("<I")
HEADER_BYTES: Final = 15
CONNECTING_AT_ONCE: Final = 100
BOARD_PIXELS: Final = 256 * 256
COLOURS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What to do: so many clients that watch, and others that place, each with some placements in flight."""

    watchers: int = 0
    placers: int = 0
    in_flight: int = 1
    per_second: float = 0.0
    duration_s: float = 5.0


@dataclass(slots=True)
class Findings:
    """What was measured; ``seen_ms`` are the times from sending a placement to a watcher's receiving the pixel."""

    connected_s: float = 0.0
    acknowledged: int = 0
    refused: int = 0
    elapsed_s: float = 0.0
    ack_ms: list[float] = field(default_factory=list)
    seen_ms: list[float] = field(default_factory=list)
    frames: int = 0
    resyncs: int = 0
    lost: int = 0


class Client(asyncio.Protocol):
    """One Socket.IO client over a websocket."""

    def __init__(self, on_text: Callable[[str], None], on_binary: Callable[[bytes], None]) -> None:
        self._on_text = on_text
        self._on_binary = on_binary
        self._buffer = bytearray()
        self._upgraded = False
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._write = cast("asyncio.Transport", transport).write
        self._write(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )

    def connection_lost(self, _exc: Exception | None) -> None:
        self.lost = True

    def send(self, text: str) -> None:
        """Send a message; a mask of zeros leaves it as it is."""
        content = text.encode()
        size = len(content)
        head = struct.pack("!BB", 0x81, 0x80 | size) if size < 126 else struct.pack("!BBH", 0x81, 0xFE, size)
        self._write(head + b"\0\0\0\0" + content)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            del self._buffer[: end + 4]
            self._upgraded = True
        at, buffer = 0, self._buffer
        while len(buffer) - at >= 2:
            size, start = buffer[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(buffer[at + 2 : at + 4]), at + 4
            elif size == 127:
                size, start = int.from_bytes(buffer[at + 2 : at + 10]), at + 10
            if len(buffer) < start + size:
                break
            self._message(buffer[at], bytes(buffer[start : start + size]))
            at = start + size
        del buffer[:at]

    def _message(self, kind: int, content: bytes) -> None:
        if kind == 0x82:
            self._on_binary(content)
        elif content == b"2":
            self.send("3")
        elif content.startswith(b"0"):
            self.send("40")
        elif content.startswith(b"40"):
            self.send('420["canvas:join",{}]')
        elif content.startswith(b"430["):
            self.joined.set_result(None)
        else:
            self._on_text(content.decode())


class Load:
    """Does the work and keeps what it finds."""

    def __init__(self, port: int, work: Work) -> None:
        self._port = port
        self._work = work
        self.findings = Findings()
        self._sent_at: dict[int, float] = {}
        self._placed_at: dict[int, float] = {}
        self._arrivals: list[tuple[bytes, float]] = []
        self._next = 1
        self._until = 0.0
        self._random = random.Random(1)

    async def run(self) -> Findings:
        """Connect everybody, work, and sum up."""
        began = time.perf_counter()
        watchers = await self._connect(self._work.watchers, self._watch, self._arrive)
        placers = await self._connect(self._work.placers, self._acknowledge, lambda _frame: None)
        self.findings.connected_s = time.perf_counter() - began
        started = time.perf_counter()
        self._until = started + self._work.duration_s
        if self._work.per_second:
            await self._pace(placers)
        else:
            for client in placers:
                for _ in range(self._work.in_flight):
                    self._place(client)
            await asyncio.sleep(self._work.duration_s)
        self.findings.elapsed_s = time.perf_counter() - started
        await asyncio.sleep(1)
        self.findings.lost = sum(client.lost for client in (*watchers, *placers))
        self._sum_up()
        return self.findings

    async def _connect(
        self, count: int, on_text: Callable[[Client, str], None], on_binary: Callable[[bytes], None]
    ) -> list[Client]:
        clients: list[Client] = []
        loop = asyncio.get_running_loop()
        while len(clients) < count:
            some = []
            for _ in range(min(CONNECTING_AT_ONCE, count - len(clients))):
                _transport, client = await loop.create_connection(
                    lambda: _client(on_text, on_binary), "127.0.0.1", self._port
                )
                some.append(client)
            await asyncio.gather(*(client.joined for client in some))
            clients += some
        return clients

    async def _pace(self, placers: list[Client]) -> None:
        due = time.perf_counter()
        number = 0
        while due < self._until:
            self._place(placers[number % len(placers)])
            number += 1
            due += 1 / self._work.per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    def _place(self, client: Client) -> None:
        number = self._next
        self._next += 1
        cell = number % BOARD_PIXELS
        now = time.perf_counter()
        self._sent_at[number] = self._placed_at[cell] = now
        wish = f'{{"x":{cell % 256},"y":{cell // 256},"color":{number % COLOURS},"request_id":"{number:x}"}}'
        client.send(f'42{number}["canvas:place",{wish}]')

    def _acknowledge(self, client: Client, text: str) -> None:
        if not text.startswith("43"):
            return
        now = time.perf_counter()
        number = int(text[2 : text.index("[")])
        if '"ok":true' in text:
            self.findings.acknowledged += now <= self._until
            self.findings.ack_ms.append((now - self._sent_at.pop(number)) * 1000)
        else:
            self.findings.refused += 1
        if not self._work.per_second and now < self._until:
            self._place(client)

    def _watch(self, _client: Client, text: str) -> None:
        self.findings.resyncs += "canvas:resync" in text

    def _arrive(self, frame: bytes) -> None:
        self._arrivals.append((frame, time.perf_counter()))

    def _sum_up(self) -> None:
        sent: dict[bytes, list[float]] = {}
        for frame, at in self._arrivals:
            if frame not in sent:
                cells = (pixel >> 8 for (pixel,) in PIXEL.iter_unpack(frame[HEADER_BYTES:]))
                sent[frame] = [self._placed_at[cell] for cell in cells if cell in self._placed_at]
            self.findings.seen_ms += [(at - placed_at) * 1000 for placed_at in sent[frame]]
        self.findings.frames = len(sent)
        # A sample is enough for percentiles, and keeps the answer short.
        for name in ("ack_ms", "seen_ms"):
            values = getattr(self.findings, name)
            setattr(self.findings, name, self._random.sample(values, min(20_000, len(values))))


def _client(on_text: Callable[[Client, str], None], on_binary: Callable[[bytes], None]) -> Client:
    client: Client = Client(lambda text: on_text(client, text), on_binary)
    return client


def main() -> None:
    """Read what to do, do it, and print what was found."""
    work = Work(**json.load(sys.stdin))
    print(json.dumps(asdict(asyncio.run(Load(int(sys.argv[1]), work).run()))))


if __name__ == "__main__":
    main()
