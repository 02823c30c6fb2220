"""How reading grows with the number of posters on the wall."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import requests

from bench.effort import by_effort
from bench.plots import Curve, Panel, draw
from bench.reads import measured, write_history
from bench.report import percentile, print_table, tail
from tests.support.server import Server

SIZES: Final = (100, 1_000, 10_000)
JOBS_PER_POSTER: Final = 2
ROUNDS: Final = by_effort(quick=15, full=200)
TAIL, TAIL_SHARE = tail(ROUNDS)
SHARES: Final = {"p50": 0.5, TAIL: TAIL_SHARE}


def run() -> None:
    """Print the times of the calls that list posters, and draw their growth."""
    by_size = _growing_wall()
    names = list(by_size[SIZES[0]])
    rows = [
        (name, *(f"{percentile(by_size[size][name], share):.1f}" for size in SIZES for share in SHARES.values()))
        for name in names
    ]
    header = ("ms", *(f"{size:,} {name}" for size in SIZES for name in SHARES))
    print_table(f"reads by the number of posters, {ROUNDS} of each", header, rows)
    panels = (
        Panel(title, "posters", "ms", [_curve(name, by_size, share) for name in names[:4]], log_x=True)
        for title, share in (("median of a read", 0.5), (f"{TAIL} of {ROUNDS} reads", TAIL_SHARE))
    )
    draw("walls", *panels)


def _curve(name: str, by_size: dict[int, dict[str, list[float]]], share: float) -> Curve:
    return Curve(name, SIZES, [percentile(by_size[size][name], share) for size in SIZES])


def _growing_wall() -> dict[int, dict[str, list[float]]]:
    """Measure one wall at each of the sizes that it grows through."""
    by_size = {}
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data")
        try:
            visitor = requests.Session()
            made = server.wait_for(server.submit(visitor)["job_id"], "completed")
            for before, size in pairwise((0, *SIZES)):
                posters, jobs = range(before, size), range(before * JOBS_PER_POSTER, size * JOBS_PER_POSTER)
                write_history(server.data_dir, made["job_id"], posters, jobs)
                calls = _calls(made, size)
                measured(server, visitor, calls, rounds=2)  # warms up
                by_size[size] = measured(server, visitor, calls, ROUNDS)
        finally:
            server.stop()
    return by_size


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
