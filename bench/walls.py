"""How reading grows with the number of posters on the wall."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

import requests

from bench.effort import by_effort
from bench.plots import Curve, Panel, draw
from bench.reads import measured, write_history
from bench.report import percentile, print_table
from tests.support.server import Server

SIZES: Final = (100, 1_000, 10_000)
JOBS_PER_POSTER: Final = 2
ROUNDS: Final = by_effort(quick=15, full=200)
SHARES: Final = (0.5, 0.99)


def run() -> None:
    """Print the times of the calls that list posters, and draw their growth."""
    by_size = {size: _times_ms(size) for size in SIZES}
    names = list(by_size[SIZES[0]])
    rows = [
        (name, *(f"{percentile(by_size[size][name], share):.1f}" for size in SIZES for share in SHARES))
        for name in names
    ]
    header = ("ms", *(f"{size:,} {share}" for size in SIZES for share in ("p50", "p99")))
    print_table(f"reads by the number of posters, {ROUNDS} of each", header, rows)
    panels = (
        Panel(title, "posters", "ms", [_curve(name, by_size, share) for name in names[:4]], log_x=True)
        for title, share in (("median of a read", 0.5), ("99 of 100 reads are quicker", 0.99))
    )
    draw("walls", *panels)


def _curve(name: str, by_size: dict[int, dict[str, list[float]]], share: float) -> Curve:
    return Curve(name, SIZES, [percentile(by_size[size][name], share) for size in SIZES])


def _times_ms(posters: int) -> dict[str, list[float]]:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data")
        try:
            visitor = requests.Session()
            made = server.wait_for(server.submit(visitor)["job_id"], "completed")
            write_history(server.data_dir, made["job_id"], posters, posters * JOBS_PER_POSTER)
            calls = _calls(made, posters)
            measured(server, visitor, calls, rounds=2)  # warms up
            return measured(server, visitor, calls, ROUNDS)
        finally:
            server.stop()


def _calls(made: dict[str, Any], posters: int) -> dict[str, str]:
    """Name the calls that look at many posters; the first four are drawn."""
    return {
        "/gallery": "/gallery?limit=100",
        "/gallery in its middle": f"/gallery?before={posters // 2}&limit=100",
        "/gallery of a city and theme": "/gallery?city=Porto&theme=ocean&limit=100",
        "/posters by city": "/posters?sort=city&order=asc&per_page=100",
        "/posters/{id}": f"/posters/{made['result']['poster_id']}",
        "/stats": "/stats",
    }
