"""The shared board: placements a second, time from placing to seeing, and how long the past takes to read."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench.canvas_load import Findings, Work
from bench.canvas_past import past
from bench.effort import by_effort
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
            found = load(server, Work(placers=placers, in_flight=in_flight, duration_s=PLACING_S))
            cpu_s = _cpu_s(server.pid) - cpu_s
        rate = found.acknowledged / found.elapsed_s
        rows.append((placers, in_flight, f"{rate:,.0f}", *_shares(found.ack_ms), found.refused, f"{cpu_s:.1f}"))
    header = ("clients", "in flight", "acknowledged/s", "p50 ms", "p95 ms", "p99 ms", "refused", "server CPU s")
    print_table("placements, each committed before it is acknowledged", header, rows)


def fan_out() -> None:
    """Print how long a pixel takes to many watchers, at rest and while posters render."""
    scene = porto()
    rows = []
    work = Work(watchers=WATCHERS, placers=20, per_second=200, duration_s=WATCHING_S)
    with _server() as server:
        scene.lend_to(server.data_dir)
        before_mb = _resident_mb(server.pid)
        rows.append(_seen("at rest", load(server, work), server, before_mb))
        for theme in ("ocean", "forest", "sunset"):
            server.submit(**scene.body(theme=theme))
        rows.append(_seen("while posters render", load(server, work), server, before_mb))
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


def load(server: Server, work: Work) -> Findings:
    """Let another process do some work on a server."""
    spec = {name: getattr(work, name) for name in work.__slots__}
    done = subprocess.run(
        [sys.executable, "-m", "bench.canvas_load", str(server.port)],
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
        server = Server(Path(folder) / "data", PIXEL_COOLDOWN="0", RATE_LIMIT_PIXELS="1000000 per second")
        try:
            yield server
        finally:
            server.stop()


def _seen(name: str, found: Findings, server: Server, before_mb: float) -> tuple[object, ...]:
    per_client_kb = (_resident_mb(server.pid) - before_mb) * 1024 / (WATCHERS + 20)
    return (
        name,
        f"{found.connected_s:.1f}",
        *_shares(found.seen_ms),
        found.resyncs,
        found.lost,
        f"{per_client_kb:.0f}",
    )


def _shares(values: list[float]) -> tuple[str, ...]:
    return tuple(f"{percentile(values, share):.0f}" for share in (0.5, 0.95, 0.99))


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * 4096 / 2**20
