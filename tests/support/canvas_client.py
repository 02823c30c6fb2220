"""A client of the board, as docs/canvas.md tells programs to be: it joins, applies deltas, asks for what it missed."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import engineio
import requests
import socketio

from mural.canvas.codec import decode_frame
from tests.support.server import Server

UNLIMITED = {"PIXEL_COOLDOWN": "0", "RATE_LIMIT_PIXELS": "1000000 per second"}
"""Settings of a board on which everybody places as fast as they can."""


class _InOrder(engineio.Client):  # type: ignore[misc]  # engineio ships no types
    """Handles what comes one after the other: a thread for each message may take attachments for messages."""

    def _trigger_event(self, event: str, *args: Any, **options: Any) -> Any:
        return super()._trigger_event(event, *args, **options | {"run_async": False})


class _Socket(socketio.Client):  # type: ignore[misc]  # socketio ships no types
    def _engineio_client_class(self) -> type[_InOrder]:
        return _InOrder


class CanvasClient:
    """Keeps a copy of the board; ``cut`` and ``connect`` may alternate."""

    def __init__(self, server: Server, transport: str = "websocket") -> None:
        self._server = server
        self.transport = transport
        self.session = requests.Session()
        self._lock = threading.RLock()
        self._client: socketio.Client | None = None
        self.epoch: int | None = None
        self.seq: int | None = None
        self.board = bytearray()
        self.applied: list[int] = []
        self.frames = 0
        self.resyncs = 0

    def connect(self) -> None:
        """Connect and bring the copy up to date."""
        self._client = client = _Socket(reconnection=False)
        client.on("canvas:pixels", self._on_pixels)
        client.on("canvas:resync", self._on_resync)
        # The visitor's cookie: without it every connection is somebody new, whose request ids are others.
        if not self.session.cookies:
            self.session.get(f"{self._server.api}/canvas", timeout=30)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)
        options = {"transports": [self.transport], "wait_timeout": 20, "headers": {"Cookie": cookies}}
        client.connect(self._server.base_url, **options)
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

    def call(self, command: str, payload: Any, timeout_s: float = 30) -> dict[str, Any]:
        """Send a command and wait for its acknowledgement."""
        assert self._client is not None
        answer: dict[str, Any] = self._client.call(command, payload, timeout=timeout_s)
        return answer

    def place(self, x: int, y: int, color: int | str, request_id: str | None = None) -> dict[str, Any]:
        """Place a pixel."""
        payload = {"x": x, "y": y, "color": color}
        return self.call("canvas:place", payload | ({"request_id": request_id} if request_id else {}))

    def cut(self) -> None:
        """Lose the connection without a goodbye."""
        client, self._client = self._client, None
        if client is None:
            return
        ws = getattr(client.eio, "ws", None)
        if ws is not None and ws.sock is not None:
            with suppress(OSError):  # cut already, from the other side
                # Closing alone would leave its reader waiting until the next ping is due.
                ws.sock.shutdown(socket.SHUT_RDWR)
        client.disconnect()
        if ws is not None:
            ws.shutdown()

    def wait_for(self, seq: int, within_s: float = 30) -> None:
        """Wait until the copy has come so far; the bound only keeps a broken run from hanging."""
        deadline = time.monotonic() + within_s
        while (self.seq or 0) < seq:
            assert time.monotonic() < deadline, f"the copy is at {self.seq}, not {seq}"
            time.sleep(0.02)

    def digest(self) -> str:
        """Name the look of the copy."""
        with self._lock:
            return hashlib.sha256(self.board).hexdigest()


def server_digest(server: Server) -> tuple[int, str]:
    """Tell how far the server's board has come, and name its look."""
    while True:
        answer = requests.get(f"{server.api}/canvas/board", timeout=30)
        seq = requests.get(f"{server.api}/canvas", timeout=30).json()["seq"]
        if int(answer.headers["X-Seq"]) == seq:
            return seq, hashlib.sha256(answer.content).hexdigest()
        time.sleep(0.2)
