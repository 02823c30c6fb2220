"""How the shared board grows with its pixels: fetching, drawing and looking back, placing, and memory."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import requests
from PIL import Image

from bench.canvas import load
from bench.canvas_load import Work
from bench.effort import by_effort
from bench.plots import Curve, Panel, draw
from bench.processes import status_mb
from bench.report import percentile, print_table
from mural.canvas.palette import PALETTES
from tests.support.flask_command import run_flask
from tests.support.server import Server

SIDES: Final = by_effort(quick=(256, 4096), full=(256, 512, 1024, 2048, 4096))
PATCH: Final = 4
"""People paint spots, not noise: so many pixels in a row and column have one colour."""

PLACING_S: Final = by_effort(quick=1.0, full=5.0)
REPEAT: Final = 5
HEADER: Final = (
    *("side", "pixels", "first fetch ms", "fetch ms", "MB sent", "PNG ms", "a kept moment ms"),
    *("placing p50 ms", "p99 ms", "any moment ms", "web process MB"),
)


def run() -> None:
    """Print the figures of boards from small to large, and draw them."""
    figures = {side: _figures(side) for side in SIDES}
    print_table("a full board by its size", HEADER, [_row(side, figures[side]) for side in SIDES])
    draw(
        "boards",
        Panel(
            "fetching a board",
            "pixels a side",
            "ms",
            _curves(figures, "first fetch ms", "fetch ms", "a kept moment ms", "any moment ms"),
            log_x=True,
        ),
        Panel("placing a pixel", "pixels a side", "ms", _curves(figures, "placing p50 ms", "p99 ms"), log_x=True),
        Panel("memory", "pixels a side", "MB", _curves(figures, "web process MB", "MB sent"), log_x=True),
    )


def _figures(side: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(
            Path(folder) / "data",
            cold=True,
            CANVAS_WIDTH=f"{side}",
            CANVAS_HEIGHT=f"{side}",
            PIXEL_COOLDOWN="0",
            RATE_LIMIT_PIXELS="1000000 per second",
        )
        try:
            picture = Path(folder) / "full.png"
            _full_board(side).save(picture, compress_level=1)
            seed = ("mural", "canvas", "seed", "--no-dither", "--png", str(picture))
            run_flask(server.data_dir, *seed, CANVAS_WIDTH=f"{side}", CANVAS_HEIGHT=f"{side}")
            return _measured(server)
        finally:
            server.stop()


def _full_board(side: int) -> Image.Image:
    chance = np.random.default_rng(1)
    colours = np.array([colour.rgb for colour in PALETTES["mural32"].colours], np.uint8)
    spots = chance.integers(len(colours), size=(side // PATCH, side // PATCH))
    return Image.fromarray(colours[spots.repeat(PATCH, axis=0).repeat(PATCH, axis=1)])


def _measured(server: Server) -> dict[str, float]:
    session = requests.Session()

    def fetch(path: str, **query: str) -> int:
        answer = session.get(f"{server.api}/canvas/{path}", params=query, stream=True, timeout=120)
        answer.raise_for_status()
        return len(answer.raw.read())  # as it was sent: unpacking is the browser's work

    def look_back() -> float:
        moment = datetime.now(UTC).isoformat()
        return max(_ms(lambda: fetch("history", at=moment)) for _ in range(REPEAT))

    found: dict[str, float] = {"first fetch ms": _ms(lambda: fetch("board"))}
    found["MB sent"] = fetch("board") / 1e6
    found["fetch ms"] = min(_ms(lambda: fetch("board")) for _ in range(REPEAT))
    found["PNG ms"] = _ms(lambda: fetch("board.png"))
    found["a kept moment ms"] = look_back()
    placed = load(server.port, Work(placers=10, in_flight=2, duration_s=PLACING_S))
    found["placing p50 ms"], found["p99 ms"] = (percentile(placed.ack_ms, share) for share in (0.5, 0.99))
    found["any moment ms"] = look_back()
    found["web process MB"] = status_mb(server.pid)["VmRSS"]
    return found


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _row(side: int, found: dict[str, float]) -> tuple[str, ...]:
    return (f"{side}", f"{side * side:,}", *(f"{found[name]:.1f}" for name in HEADER[2:]))


def _curves(figures: dict[int, dict[str, float]], *names: str) -> list[Curve]:
    return [Curve(name, SIDES, [figures[side][name] for side in SIDES]) for name in names]
