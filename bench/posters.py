"""From the request to the poster on the wall, beside the yardstick in the same run: from a cold start, and warm."""

from __future__ import annotations

import os
import time
from typing import Any

import requests
import socketio

from bench.effort import by_effort
from bench.installation import installation
from bench.processes import status_mb
from bench.report import print_table
from bench.scenes import Scene, porto
from tests.support.server import HELSINKI, Server, children

REPEAT = by_effort(quick=2, full=3)
"""How often each is measured; the yardstick warms up by its first time as well."""
THEMES = ("ocean", "forest", "sunset", "blueprint")


def run() -> None:
    """Print what the first poster, a new place and another theme of it cost."""
    scene = porto()
    started = time.perf_counter()
    server = installation()
    with server.client() as client:
        client.call("gallery:join", {})
        _poster_s(server, client, HELSINKI | {"theme": "graphite"})
        cold = time.perf_counter() - started
        floor = scene.floor(repeat=REPEAT)
        new = min(_new_place_s(server, client, scene, theme) for theme in THEMES[:REPEAT])
        again = min(_poster_s(server, client, scene.body(theme=theme)) for theme in (*THEMES[-REPEAT:-1], "noir"))
        client.call("gallery:leave", {})
    peak_mb = max(status_mb(pid)["VmHWM"] for pid in children(server.pid))
    redraw = floor["draw"] + floor["encode"] if floor else None
    rows = [
        (f"first poster after the start ({HELSINKI['city']}), 1", f"{cold:.2f}", "-", "-"),
        (f"new place, best of {REPEAT}", f"{new:.2f}", *_ratio(new, floor["total"] if floor else None)),
        (f"another theme, best of {REPEAT}", f"{again:.2f}", *_ratio(again, redraw)),
    ]
    print_table(
        f"12 x 16 in at 300 DPI, {scene.city} {scene.distance_m / 1000:g} km: request to gallery:poster_added",
        ("what", "seconds", "yardstick", "ratio"),
        rows,
    )
    print(f"  largest render process: {peak_mb:.0f} MB at its peak")


def _new_place_s(server: Server, client: socketio.SimpleClient, scene: Scene, theme: str) -> float:
    """Measure a place that nothing remembers: a map file with a new date makes every cache of it worthless."""
    os.utime(server.data_dir / "extracts" / scene.file.name, (time.time(), time.time()))
    return _poster_s(server, client, scene.body(theme=theme))


def _poster_s(server: Server, client: socketio.SimpleClient, body: dict[str, Any]) -> float:
    started = time.perf_counter()
    answer = requests.post(f"{server.api}/posters", json=body, timeout=60)
    answer.raise_for_status()
    while True:
        name, _payload = client.receive(timeout=120)
        if name == "gallery:poster_added":
            return time.perf_counter() - started


def _ratio(seconds: float, yardstick: float | None) -> tuple[str, str]:
    return (f"{yardstick:.2f}", f"{seconds / yardstick:.2f}") if yardstick else ("-", "-")
