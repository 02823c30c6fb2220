"""A poster, made and looked at closely through the whole program."""

from __future__ import annotations

import io

import pytest
import requests
from PIL import Image

from tests.support.server import Server

pytestmark = pytest.mark.system


def test_a_poster_can_be_looked_at_in_tiles(server: Server) -> None:
    job = server.wait_for(server.submit(size="a5")["job_id"], "completed", "failed")
    address = f"{server.api}/posters/{job['result']['poster_id']}/tiles"
    facts = requests.get(address, timeout=30).json()
    assert (facts["width"], facts["height"], facts["max_level"]) == (1748, 2480, 12)
    tile_url = f"http://127.0.0.1:{server.port}{facts['tile_url']}"
    answer = requests.get(tile_url.format(level=12, column=3, row=4), timeout=60)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, s-maxage=300"
    with Image.open(io.BytesIO(answer.content)) as tile:
        assert tile.size == (1748 - 3 * 512 + 1, 2480 - 4 * 512 + 1)
    for level, column, row in ((12, 4, 0), (13, 0, 0), (8, 0, 0)):
        assert requests.get(tile_url.format(level=level, column=column, row=row), timeout=30).status_code == 404
    assert requests.get(f"{server.api}/posters/{'0' * 32}/tiles", timeout=30).status_code == 404
