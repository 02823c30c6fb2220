"""A client of the board that stops reading: what is kept for it is bounded, and it is told to ask anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from infra.delivery.outbox import BEHIND_BYTES
from infra.delivery.wire import SEND_BUFFER_BYTES
from tests.support.canvas_client import CanvasClient, server_digest
from tests.support.flask_command import run_flask
from tests.support.raw_socket import BINARY, TEXT, RawSocket, raw_socket
from tests.support.server import QuickServer, Server

pytestmark = pytest.mark.system

SIDE = 320
SETTINGS = {"CANVAS_WIDTH": str(SIDE), "CANVAS_HEIGHT": str(SIDE), "PIXEL_COOLDOWN": "0"}
SENT_BYTES = 4 * SIDE * SIDE
"""What the pixels of a whole board take in frames."""

AT_ONCE_BYTES = 4 * 2_000
"""What the caretaker sends in one frame."""


@pytest.fixture
def server(tmp_path: Path) -> Server:
    Image.new("RGB", (SIDE, SIDE), "#ff4500").save(tmp_path / "red.png")
    return QuickServer(tmp_path / "data", **SETTINGS)


def command(server: Server, *words: str) -> None:
    run_flask(server.data_dir, "mural", "canvas", *words, **SETTINGS)


def read_up_to_the_answer(stalled: RawSocket, number: int) -> tuple[int, list[str]]:
    """Read what was kept for the client; give the bytes of its frames and the names of its events."""
    frame_bytes, names = 0, []
    while True:
        kind, content = stalled.read_frame()
        if kind == BINARY:
            frame_bytes += len(content)
        if kind == TEXT and content.startswith(f"43{number}[".encode()):
            return frame_bytes, names
        if kind == TEXT and content[:2] in {b"42", b"45"}:
            names.append(json.loads(content[content.index(b"[") :])[0])


def test_little_is_kept_for_a_stalled_client_and_it_is_told_to_ask_anew(server: Server) -> None:
    watcher = CanvasClient(server)
    try:
        command(server, "seed", "--png", str(server.data_dir.parent / "red.png"))
        watcher.connect()
        with raw_socket(server.port, receive_buffer_bytes=4096) as stalled:
            stalled.enter()
            joined = stalled.command("canvas:join", {})
            command(server, "clear", f"0,0,{SIDE},{SIDE}")
            seq, digest = server_digest(server)
            assert seq == joined["seq"] + SIDE * SIDE
            watcher.wait_for(seq)
            assert (watcher.digest(), watcher.resyncs) == (digest, 0), "nobody waits for the other"
            stalled.send_text('427["canvas:leave",{}]')
            frame_bytes, names = read_up_to_the_answer(stalled, 7)
            assert frame_bytes <= 2 * SEND_BUFFER_BYTES + BEHIND_BYTES + 3 * AT_ONCE_BYTES < SENT_BYTES / 1.8
            assert [name for name in names if name.startswith("canvas:")][-1] == "canvas:resync"
            assert names.count("canvas:resync") == 1, "it has left the room"
            again = stalled.command("canvas:join", {"epoch": joined["epoch"], "seq": joined["seq"]})
            assert (again["outcome"], again["seq"]) == ("refetch", seq)
    finally:
        watcher.cut()
        server.stop()
