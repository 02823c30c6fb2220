"""A client of the board, as docs/canvas.md tells programs to be: it joins, applies deltas, asks for what it missed."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import requests

from mural.canvas.codec import decode_frame
from tests.support.library_client import Client, ask, connect, hang_up
from tests.support.server import Server
from tests.support.waiting import wait_until

UNLIMITED = {"PIXEL_COOLDOWN": "0", "RATE_LIMIT_PIXELS": "1000000 per second"}
"""Settings of a board on which everybody places as fast as they can."""


class CanvasClient:
    """Keeps a copy of the board; ``cut`` and ``connect`` may alternate."""

    def __init__(self, server: Server, transport: str = "websocket") -> None:
        self._server = server
        self.transport = transport
        self.session = requests.Session()
        self._lock = threading.RLock()
        self._client: Client | None = None
        self.epoch: int | None = None
        self.seq: int | None = None
        self.board = bytearray()
        self.applied: list[int] = []
        self.frames = 0
        self.resyncs = 0

    def connect(self) -> None:
        """Connect and bring the copy up to date."""
        self._client = client = Client(reconnection=False)
        client.on("canvas:pixels", self._on_pixels)
        client.on("canvas:resync", self._on_resync)
        # The visitor's cookie: without it every connection is somebody new, whose request ids are others.
        if not self.session.cookies:
            self.session.get(f"{self._server.api}/canvas", timeout=30)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)
        connect(client, self._server.base_url, transports=[self.transport], headers={"Cookie": cookies})
        self.join()

    def join(self) -> None:
        """Ask for what was missed, until nothing is."""
        while True:
            with self._lock:
                position = {} if self.seq is None else {"epoch": self.epoch, "seq": self.seq}
            answer = self.call("canvas:join", position)
            assert answer["ok"] is True, answer
            if answer["outcome"] == "current":
                return
            if answer["outcome"] == "replay":
                self._on_pixels(answer["pixels"])
                return
            self._fetch()

    def _fetch(self) -> None:
        answer = self.session.get(f"{self._server.api}/canvas/board", timeout=30)
        with self._lock:
            self.epoch, self.seq = int(answer.headers["X-Epoch"]), int(answer.headers["X-Seq"])
            self.board = bytearray(answer.content)

    def _on_pixels(self, content: bytes) -> None:
        frame = decode_frame(content)
        with self._lock:
            self.frames += 1
            if self.seq is None or frame.epoch != self.epoch or frame.first_seq > self.seq + 1:
                return  # a gap: the answer to join brings what is missing
            pixels = zip(frame.cells.tolist(), frame.colours.tolist(), strict=True)
            for seq, (cell, colour) in enumerate(pixels, frame.first_seq):
                if seq > self.seq:
                    self.board[cell] = colour
                    self.applied.append(seq)
                    self.seq = seq

    def _on_resync(self, _payload: Any) -> None:
        self.resyncs += 1

    def call(self, command: str, payload: Any) -> dict[str, Any]:
        """Send a command and wait for its acknowledgement."""
        assert self._client is not None
        return ask(self._client, command, payload)

    def place(self, x: int, y: int, color: int | str, request_id: str | None = None) -> dict[str, Any]:
        """Place a pixel."""
        payload = {"x": x, "y": y, "color": color}
        return self.call("canvas:place", payload | ({"request_id": request_id} if request_id else {}))

    def cut(self) -> None:
        """End the connection at once."""
        client, self._client = self._client, None
        if client is not None:
            hang_up(client)

    def wait_for(self, seq: int) -> None:
        """Wait until the copy has come so far."""
        wait_until(lambda: (self.seq or 0) >= seq, lambda: f"the copy is at {self.seq}, not {seq}")

    def digest(self) -> str:
        """Name the look of the copy."""
        with self._lock:
            return hashlib.sha256(self.board).hexdigest()


def server_digest(server: Server) -> tuple[int, str]:
    """Tell how far the server's board has come, and name its look."""

    def look() -> tuple[int, str] | None:
        answer = requests.get(f"{server.api}/canvas/board", timeout=30)
        seq = requests.get(f"{server.api}/canvas", timeout=30).json()["seq"]
        return (seq, hashlib.sha256(answer.content).hexdigest()) if int(answer.headers["X-Seq"]) == seq else None

    return wait_until(look)
