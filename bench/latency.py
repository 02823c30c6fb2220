"""How long a socket waits for an answer while posters are being made."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

import socketio

from bench.effort import by_effort
from bench.installation import installation
from bench.report import percentile, print_table
from bench.scenes import porto
from tests.support.server import Server

CLIENTS = 20
RESTING_S = by_effort(quick=2, full=5)
POSTERS = by_effort(quick=1, full=3)
THEMES = ("saffron", "denim", "lichen")
"""None of them is among those of other benchmarks: a poster that is there already would take no time."""


def run() -> None:
    """Print the latency of acknowledgements at rest and while posters render."""
    scene, server = porto(), installation()
    with ExitStack() as stack:
        clients = [stack.enter_context(server.client()) for _ in range(CLIENTS)]
        resting = _latencies_ms(clients, time.monotonic() + RESTING_S)
        jobs = [server.submit(**scene.body(theme=theme))["job_id"] for theme in THEMES[:POSTERS]]
        busy = _latencies_while(clients, server, jobs)
    rows = [
        (name, len(values), *(f"{percentile(values, share):.1f}" for share in (0.5, 0.95, 0.99)), f"{max(values):.1f}")
        for name, values in (("at rest", resting), (f"while posters render, {POSTERS}", busy))
    ]
    title = f"acknowledgement of a command, {CLIENTS} clients, ms"
    print_table(title, ("when", "commands", "p50", "p95", "p99", "max"), rows)


def _latencies_while(clients: list[socketio.SimpleClient], server: Server, jobs: list[str]) -> list[float]:
    values: list[float] = []
    while any(server.job(job_id)["status"] in {"pending", "processing"} for job_id in jobs):
        values += _latencies_ms(clients, time.monotonic() + 0.5)
    return values


def _latencies_ms(clients: list[socketio.SimpleClient], deadline: float) -> list[float]:
    """Let every client ask and wait, at a person's pace, until the deadline."""
    values: list[float] = []

    def ask(client: socketio.SimpleClient) -> None:
        while time.monotonic() < deadline:
            started = time.perf_counter()
            client.call("gallery:leave", {})
            values.append((time.perf_counter() - started) * 1000)
            time.sleep(0.05)

    threads = [threading.Thread(target=ask, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return values
