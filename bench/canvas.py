"""The shared board: placements a second, time from placing to seeing, and how long the past takes to read."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from bench.canvas_load import Findings, Work
from bench.canvas_past import past
from bench.effort import by_effort
from bench.fanout import node, rendering, resident_kb
from bench.report import percentile, print_table
from bench.scenes import porto
from tests.support.real_parts import ROOT
from tests.support.server import Server

PLACERS: Final = by_effort(quick=((50, 20),), full=((20, 5), (50, 20), (200, 10)))
"""How many clients place, and how many placements each has in flight."""

PLACING_S: Final = by_effort(quick=2.0, full=5.0)
WATCHERS: Final = by_effort(quick=200, full=1_000)
WATCHING_S: Final = by_effort(quick=3.0, full=8.0)
PLACEMENTS: Final = by_effort(quick=100_000, full=10_000_000)
PLACING: Final = 20
"""How many clients place while the others watch."""


def run() -> None:
    """Print what the board withstands."""
    throughput()
    fan_out()
    past(PLACEMENTS)


def throughput() -> None:
    """Print how many placements a second are committed and acknowledged."""
    rows = []
    for placers, in_flight in PLACERS:
        with _server() as server:
            cpu_s = _cpu_s(server.pid)
            found = load(server.port, Work(placers=placers, in_flight=in_flight, duration_s=PLACING_S))
            cpu_s = _cpu_s(server.pid) - cpu_s
        rate = found.acknowledged / found.elapsed_s
        rows.append((placers, in_flight, f"{rate:,.0f}", *_shares(found.ack_ms), found.refused, f"{cpu_s:.1f}"))
    header = ("clients", "in flight", "acknowledged/s", "p50 ms", "p95 ms", "p99 ms", "refused", "server CPU s")
    print_table("placements, each committed before it is acknowledged", header, rows)


def fan_out() -> None:
    """Print how long a pixel takes to many watchers, beside a Node server that sends the same and keeps nothing."""
    work = Work(watchers=WATCHERS, placers=PLACING, per_second=200, duration_s=WATCHING_S)
    scene = porto()
    with _server() as server:
        scene.lend_to(server.data_dir)
        before_kb = resident_kb(server.pid)
        rows = [_seen("Mural", load(server.port, work), resident_kb(server.pid) - before_kb)]
        for theme in ("ocean", "forest", "sunset"):
            server.submit(**scene.body(theme=theme))
        rows.append(_seen("Mural, rendering posters", load(server.port, work), resident_kb(server.pid) - before_kb))
    for name, busy in (("Node", nullcontext()), ("Node, posters rendering beside it", rendering())):
        with busy, node("canvas") as (port, pid):
            before_kb = resident_kb(pid)
            rows.append(_seen(name, load(port, work), resident_kb(pid) - before_kb))
    header = (
        f"{WATCHERS:,} watchers, 200/s",
        "joined in s",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "resyncs",
        "lost",
        "kB/client",
    )
    print_table("from placing a pixel to seeing it", header, rows)


def load(port: int, work: Work) -> Findings:
    """Let another process do some work on a server."""
    spec = {name: getattr(work, name) for name in work.__slots__}
    done = subprocess.run(
        [sys.executable, "-m", "bench.canvas_load", str(port)],
        input=json.dumps(spec),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return Findings(**found)


@contextmanager
def _server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data", cold=True, PIXEL_COOLDOWN="0", RATE_LIMIT_PIXELS="1000000 per second")
        try:
            yield server
        finally:
            server.stop()


def _seen(name: str, found: Findings, grown_kb: float) -> tuple[object, ...]:
    per_client_kb = grown_kb / (WATCHERS + PLACING)
    figures = (*_shares(found.seen_ms), found.resyncs, found.lost, f"{per_client_kb:.0f}")
    return (name, f"{found.connected_s:.1f}", *figures)


def _shares(values: list[float]) -> tuple[str, ...]:
    return tuple(f"{percentile(values, share):.0f}" for share in (0.5, 0.95, 0.99))


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
