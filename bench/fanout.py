"""A small event to many sockets: how late it arrives beside a Node socket.io server, and what each socket costs."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from bench.effort import by_effort
from bench.installation import installation
from bench.plots import Curve, Panel, draw
from bench.report import percentile, print_table
from bench.scenes import Scene, porto
from tests.support.real_parts import ROOT, free_port
from tests.support.server import Server

EVERY_MS: Final = 250
PADDING: Final = 40
LISTEN_S: Final = by_effort(quick=2, full=8)
ROUNDS: Final = by_effort(quick=1, full=2)
CROWD: Final = 1_000
PER_PROCESS: Final = 2_500
"""So many clients one process can play without being what is measured."""

MOST: Final = by_effort(quick=(), full=(10_000,))
"""Crowds that both servers get, one after the other."""

LET_IN: Final = 500
"""Node's server lets 511 wait to be accepted; of more at once, who come in several processes, some would be cut off."""

SELDOM_MS: Final = 1_000
"""Four events a second to so many are more than two cores can send and receive, whoever sends them."""

CURVE: Final = by_effort(quick=(100, CROWD), full=(100, 500, CROWD, 2_000, 5_000))


@dataclass(frozen=True, slots=True)
class Figures:
    """What one crowd saw of one server."""

    storm_s: float
    heard: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    kb_per_client: float

    def cells(self) -> tuple[str, ...]:
        """Write the figures into a row."""
        delays = (f"{value:.0f}" for value in (self.p50_ms, self.p99_ms, self.max_ms))
        return (f"{self.storm_s:.1f}", f"{self.heard:,}", *delays, f"{self.kb_per_client:.0f}")


HEADER: Final = ("server", "clients", "all joined after s", "heard", "p50 ms", "p99 ms", "max ms", "KB a client")


def run() -> None:
    """Print the delays at rest and while posters render, and the curve over the number of clients."""
    by_clients = {clients: _measured(mural("eventlet"), clients) for clients in CURVE}
    at_rest = [("Node", peer()), *by_effort(quick=(), full=(("Mural (gevent)", mural("gevent")),))]
    figures = [("Mural (eventlet)", by_clients[CROWD])]
    figures += [(name, _measured(serving, CROWD)) for name, serving in at_rest]
    with rendering():
        for _round in range(ROUNDS):
            for name, serving in (("Mural, posters rendering", mural("eventlet")), ("Node, likewise", peer())):
                figures.append((name, _measured(serving, CROWD)))
    rows = [(name, CROWD, *found.cells()) for name, found in figures]
    print_table("an event of about 100 bytes, four times a second", HEADER, rows)
    curve = [("Mural (eventlet)", clients, *found.cells()) for clients, found in by_clients.items()]
    print_table("the same by number of clients", HEADER, curve)
    for clients in MOST:
        both = (("Mural (eventlet)", mural("eventlet", SELDOM_MS)), ("Node", peer(SELDOM_MS)))
        rows = [(name, clients, *_measured(serving, clients).cells()) for name, serving in both]
        print_table("the same event once a second, to as many as one machine can play", HEADER, rows)
    plot(by_clients)


def _measured(serving: AbstractContextManager[tuple[int, int]], clients: int) -> Figures:
    with serving as (port, pid):
        return measure(port, pid, clients)


def plot(by_clients: dict[int, Figures]) -> None:
    """Draw how the figures grow with the crowd."""

    def curve(name: str, attribute: str) -> Curve:
        return Curve(name, list(by_clients), [getattr(figures, attribute) for figures in by_clients.values()])

    draw(
        "fanout",
        Panel("how late an event arrives", "clients", "ms", [curve("p50", "p50_ms"), curve("p99", "p99_ms")]),
        Panel("all at once", "clients", "s until all have joined", [curve("connect storm", "storm_s")]),
        Panel("memory", "clients", "KB a client", [curve("web process", "kb_per_client")]),
    )


def measure(port: int, pid: int, clients: int) -> Figures:
    """Send a crowd to a server, in several processes where it is large."""
    before_kb = resident_kb(pid)
    firsts = range(0, clients, PER_PROCESS)
    at_once = clients if len(firsts) == 1 else LET_IN // len(firsts)
    with ExitStack() as stack:
        crowds = [
            stack.enter_context(_crowd(port, min(PER_PROCESS, clients - first), number, at_once))
            for number, first in enumerate(firsts)
        ]
        storm_s = max(_told(crowd)["storm_s"] for crowd in crowds)
        for crowd in crowds:
            print("go", file=crowd.stdin, flush=True)
        time.sleep(LISTEN_S / 2)
        cost_kb = (resident_kb(pid) - before_kb) / clients
        delays_ms = sorted(delay for crowd in crowds for delay in _told(crowd)["delays_ms"])
    p50, p99 = percentile(delays_ms, 0.5), percentile(delays_ms, 0.99)
    return Figures(storm_s, len(delays_ms), p50, p99, delays_ms[-1], cost_kb)


def _crowd(port: int, clients: int, number: int, at_once: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.crowd", *map(str, (port, clients, LISTEN_S, number, at_once))]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _told(crowd: subprocess.Popen[str]) -> Any:
    return json.loads(crowd.stdout.readline() if crowd.stdout else "")


@contextmanager
def mural(mode: str, every_ms: int = EVERY_MS) -> Iterator[tuple[int, int]]:
    """Run Mural; give its port and its process."""
    with tempfile.TemporaryDirectory() as folder:
        program = ("-m", "bench.fanout_program", str(every_ms), str(PADDING))
        server = Server(Path(folder) / "data", cold=True, program=program, ASYNC_MODE=mode)
        try:
            yield server.port, server.pid
        finally:
            server.stop()


def peer(every_ms: int = EVERY_MS) -> AbstractContextManager[tuple[int, int]]:
    """Run the Node server that sends what ours sends."""
    return node("fanout", every_ms, PADDING)


@contextmanager
def node(program: str, *arguments: int) -> Iterator[tuple[int, int]]:
    """Run a Node server of bench/node; give its port and its process."""
    interpreter = shutil.which("node")
    if interpreter is None:
        sys.exit("This benchmark compares with Node: install it, and run `npm ci`.")
    port = free_port()
    command = [interpreter, f"bench/node/{program}.mjs", str(port), *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT) as server:
        _wait_for(port)
        try:
            yield port, server.pid
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return


@contextmanager
def rendering() -> Iterator[None]:
    """Keep a render process busy, that of a Mural which nobody listens to meanwhile."""
    stopped = threading.Event()
    thread = threading.Thread(target=_keep_busy, args=(installation(), porto(), stopped))
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _keep_busy(server: Server, scene: Scene, stopped: threading.Event) -> None:
    for number in count():
        if stopped.is_set():
            return
        wish = scene.body(distance=scene.distance_m + number, texts={"title": str(time.time_ns())})  # never made before
        job_id = server.submit(**wish)["job_id"]
        server.wait_for(job_id, "completed", "failed")


def resident_kb(pid: int) -> float:
    """Read how much memory a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024
