"""How reading grows with the number of posters on the wall: a part of the benchmark of reads."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any, Final

import requests

from bench.effort import by_effort
from bench.history import write_history
from bench.plots import Curve, Panel, draw
from bench.report import percentile, print_table, tail
from tests.support.server import Server

POSTERS: Final = 10_000
SIZES: Final = (100, 1_000, POSTERS)
ROUNDS: Final = by_effort(quick=15, full=200)
TAIL, TAIL_SHARE = tail(ROUNDS)
SHARES: Final = {"p50": 0.5, TAIL: TAIL_SHARE}

BySize = dict[int, dict[str, list[float]]]
"""Milliseconds of each call, by the number of posters."""


def show(by_size: BySize) -> None:
    """Print the times of the calls that list posters, and draw their growth."""
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
    draw("reads", *panels)


def _curve(name: str, by_size: BySize, share: float) -> Curve:
    return Curve(name, SIZES, [percentile(by_size[size][name], share) for size in SIZES])


def growing(server: Server, visitor: requests.Session, made: dict[str, Any], jobs_per_poster: int) -> BySize:
    """Let a wall grow, all of it like the poster that was made, and read it at each of its sizes."""
    by_size = {}
    for before, size in pairwise((0, *SIZES)):
        posters, jobs = range(before, size), range(before * jobs_per_poster, size * jobs_per_poster)
        write_history(server.data_dir, made["job_id"], posters, jobs)
        calls = _calls(made, size)
        measured(server, visitor, calls, rounds=2)  # warms up
        by_size[size] = measured(server, visitor, calls, ROUNDS)
    return by_size


def measured(server: Server, visitor: requests.Session, calls: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Make the calls in rounds, one after the other, as one client does."""
    times_ms: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, path in calls.items():
            began = time.perf_counter()
            answer = visitor.get(server.api + path, timeout=60)
            times_ms[name].append((time.perf_counter() - began) * 1000)
            answer.raise_for_status()
    return times_ms


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
