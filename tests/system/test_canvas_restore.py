"""A backup brought back while people have the board open: nobody goes on from what was undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.canvas_client import CanvasClient, server_digest
from tests.support.flask_command import run_flask
from tests.support.server import QuickServer

pytestmark = pytest.mark.system


def test_clients_fetch_the_board_anew_after_a_restore(tmp_path: Path) -> None:
    server = QuickServer(tmp_path / "data", PIXEL_COOLDOWN="0", RATE_LIMIT_PIXELS="100000 per second")
    ann = CanvasClient(server)
    try:
        ann.connect()
        kept = [ann.place(number, 0, 3)["seq"] for number in range(5)]
        run_flask(server.data_dir, "mural", "backup", str(tmp_path / "kept.tar"))
        undone = [ann.place(number, 1, 5)["seq"] for number in range(3)]
        ann.wait_for(undone[-1])
        before = ann.epoch, ann.seq
        ann.cut()
        server.stop()
        run_flask(server.data_dir, "mural", "restore", str(tmp_path / "kept.tar"))
        server.start()
        # As many as were undone: by their numbers alone the client would take its copy for right.
        ben = CanvasClient(server)
        ben.connect()
        assert [ben.place(number, 2, 7)["seq"] for number in range(3)] == undone
        ben.cut()
        ann.connect()
        assert (ann.seq, ann.epoch == before[0]) == (before[1], False)
        assert ann.digest() == server_digest(server)[1]
        assert [ann.board[256 * y + x] for x, y in ((0, 0), (0, 1), (0, 2))] == [3, 0, 7]
        assert kept == [1, 2, 3, 4, 5]
    finally:
        ann.cut()
        server.stop()
