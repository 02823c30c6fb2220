"""The board and files: begun from a poster, and written to canvas_data.json."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import requests
from PIL import Image

from mural.canvas.board import Board
from mural.canvas.palette import PALETTES
from mural.canvas.reduce import board_from_picture
from tests.support.canvas_client import server_digest
from tests.support.flask_command import run_flask
from tests.support.server import HELSINKI, Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system


def test_a_season_begins_with_a_poster_that_was_made_here(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    try:
        job_id = server.submit(**HELSINKI)["job_id"]
        server.wait_for(job_id, "completed")
        poster_id = requests.get(f"{server.api}/jobs/{job_id}", timeout=30).json()["result"]["poster_id"]
        epoch = requests.get(f"{server.api}/canvas", timeout=30).json()["epoch"]
        for dither in (True, False):
            how = "--dither" if dither else "--no-dither"
            run_flask(server.data_dir, "mural", "canvas", "seed", "--poster", poster_id, how)
            preview = requests.get(f"{server.api}/posters/{poster_id}/preview", timeout=30)
            with Image.open(io.BytesIO(preview.content)) as picture:
                expected = board_from_picture(picture, 256, 256, PALETTES["mural32"], dither=dither)
            assert len(set(expected.pixels.tolist())) > 3, "a map has several colours"
            assert server_digest(server)[1] == expected.digest()
        told = requests.get(f"{server.api}/canvas", timeout=30).json()
        assert told["epoch"] > epoch
        assert told["seq"] == 0, "nobody has placed any of it"
    finally:
        server.stop()


def test_canvas_data_json_says_who_placed_what(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", CANVAS_JSON="1", PIXEL_COOLDOWN="0")
    file = server.data_dir / "canvas_data.json"
    try:
        placed = {"x": 5, "y": 6, "color": 7}
        assert requests.post(f"{server.api}/canvas/pixels", json=placed, timeout=30).status_code == 201
        server.stop()
        server.start()  # a server that has just started writes at once, then each minute
        wait_until(lambda: file.exists() and "5,6" in json.loads(file.read_text("utf-8")), server.log)
        told = requests.get(f"{server.api}/canvas/pixel", params={"x": 5, "y": 6}, timeout=30).json()
        written = json.loads(file.read_text("utf-8"))
        assert written == {"5,6": {name: told[name] for name in ("color", "timestamp", "user_id")}}
        assert not list(server.data_dir.glob(".canvas_data*")), "it appears complete"
    finally:
        server.stop()


def test_the_json_of_another_board_is_read_back_in_its_own_colours(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", PIXEL_COOLDOWN="0")
    try:
        pixels = {"1,2": {"color": "#BE0039", "timestamp": "2020-01-01T00:00:00", "user_id": "1" * 32}}
        (tmp_path / "theirs.json").write_text(json.dumps(pixels), encoding="utf-8")
        run_flask(server.data_dir, "mural", "canvas", "import", str(tmp_path / "theirs.json"))
        expected = Board(256, 256)
        expected.pixels[2 * 256 + 1] = 6
        assert server_digest(server)[1] == expected.digest()
    finally:
        server.stop()
