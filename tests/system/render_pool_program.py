"""A server-like program that uses the render pool: ``python -m tests.system.render_pool_program MODE FOLDER [ACT]``.

It patches the standard library as wsgi.py does for MODE (eventlet, gevent or threading), acts, and prints one line of
JSON with what happened. The act "linger" starts a job that never ends and says which processes there are.
"""

# ruff: noqa: E402 - patching comes before every other import
from __future__ import annotations

import sys

MODE = sys.argv[1]
if MODE == "eventlet":
    import eventlet

    eventlet.monkey_patch()
elif MODE == "gevent":
    import gevent.monkey

    gevent.monkey.patch_all()

import json
import logging
import os
import signal
import statistics
import time
from pathlib import Path
from typing import Any

import socketio

from infra.processes.cancellation import CancelToken
from infra.processes.render_process import WorkerCommand, worker_environment
from mural.errors import MuralError
from mural.worker.protocol import Progress
from services.drawing.pool import RenderPool
from tests.render_requests import make_request

FOLDER = Path(sys.argv[2])
SCRIPTED = (sys.executable, "-m", "tests.support.scripted_worker")
SERVER = socketio.Server(async_mode=MODE)


def make_pool(timeout_s: float) -> RenderPool:
    """Start a pool of one scripted process a lane."""
    command = WorkerCommand(argv=SCRIPTED, env=worker_environment(os.environ, FOLDER), fonts_dir=FOLDER)
    pool = RenderPool(workers=1, background=SERVER, command=command, timeout_s=timeout_s, memory_mb=1024)
    pool.start()
    return pool


class Run:
    """One job in the background and what came of it."""

    def __init__(self, pool: RenderPool, job_id: str) -> None:
        self.token = CancelToken()
        self.progress: list[Progress] = []
        self.outcome = ""
        self._pool = pool
        self._job_id = job_id
        SERVER.start_background_task(self._run)

    def _run(self) -> None:
        request = make_request(self._job_id, FOLDER)
        try:
            self.outcome = self._pool.render(request, self.progress.append, self.token).poster
        except MuralError as error:
            self.outcome = f"{error.kind} {error.facts.get('signal', '')}".strip()

    def begun(self) -> Run:
        """Wait until the process has said that it works on it."""
        while not self.progress:
            SERVER.sleep(0.002)
        return self

    def ended(self) -> str:
        """Wait for the end."""
        while not self.outcome:
            SERVER.sleep(0.002)
        return self.outcome


class Ticker:
    """Looks how late a background task is that wants to run every two milliseconds."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._going = True
        SERVER.start_background_task(self._tick)

    def _tick(self) -> None:
        while self._going:
            due = time.perf_counter() + 0.002
            SERVER.sleep(0.002)
            self.late_ms.append((time.perf_counter() - due) * 1000)

    def worst_ms(self) -> float:
        """Stop and tell the longest delay."""
        self._going = False
        return round(max(self.late_ms), 1)


def pid_of_job(pool: RenderPool) -> int:
    """Name the one process of the jobs' lane."""
    return int(pool.status()["lanes"]["jobs"]["pids"][0])


def killed(pool: RenderPool) -> str:
    """Kill the process of a job from outside."""
    run = Run(pool, "slow").begun()
    os.kill(pid_of_job(pool), signal.SIGKILL)
    return run.ended()


def cancelled(pool: RenderPool) -> str:
    """Cancel a job that is being drawn."""
    run = Run(pool, "slow").begun()
    run.token.cancel()
    return run.ended()


def timed_out() -> str:
    """Let a job take longer than it may."""
    pool = make_pool(timeout_s=0.3)
    outcome = Run(pool, "slow").ended()
    pool.stop()
    return outcome


def open_files() -> int:
    """Count our file descriptors."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def settled_files(pool: RenderPool) -> int:
    """Count our file descriptors once every process that is on its way out has gone."""
    while len(pool.status()["lanes"]["jobs"]["pids"]) != 1 or pool.status()["status"] != "ok":
        SERVER.sleep(0.01)
    SERVER.sleep(0.1)
    return open_files()


def many_leases(pool: RenderPool) -> dict[str, Any]:
    """Draw fifty pictures and lose five processes between them; count descriptors and measure what the pool costs."""
    Run(pool, "ok").ended()
    before = settled_files(pool)
    durations_ms = []
    for number in range(50):
        began = time.perf_counter()
        pool.render(make_request(f"ok:{number}", FOLDER), lambda _: None, CancelToken())
        durations_ms.append((time.perf_counter() - began) * 1000)
        if number % 10 == 0:
            cancelled(pool)
            Run(pool, "ok").ended()
    return {
        "files_before": before,
        "files_after": settled_files(pool),
        "overhead_ms": round(statistics.median(durations_ms), 2),
    }


def lag_while_drawing(pool: RenderPool) -> float:
    """Measure how late others run while a process computes."""
    ticker = Ticker()
    Run(pool, "busy").ended()
    return ticker.worst_ms()


def lag_while_replacing(pool: RenderPool) -> float:
    """Measure how late others run while a process is killed and another one started."""
    ticker = Ticker()
    cancelled(pool)
    Run(pool, "ok").ended()
    return ticker.worst_ms()


def act() -> dict[str, Any]:
    """Do everything once and say what came of it."""
    pool = make_pool(timeout_s=60)
    report: dict[str, Any] = {
        "drawn": Run(pool, "ok").ended(),
        "killed": killed(pool),
        "cancelled": cancelled(pool),
        "crashed": Run(pool, "segv").ended(),
        "hungry": Run(pool, "hungry").ended(),
        "garbage": Run(pool, "garbage").ended(),
        "timed_out": timed_out(),
        "lag_ms": lag_while_drawing(pool),
        "replacing_lag_ms": lag_while_replacing(pool),
        **many_leases(pool),
    }
    began = time.perf_counter()
    report["cancel_again"] = cancelled(pool)
    report["cancel_ms"] = round((time.perf_counter() - began) * 1000, 1)
    pids = pool.status()["lanes"]["jobs"]["pids"] + pool.status()["lanes"]["interactive"]["pids"]
    pool.stop()
    report["left_over"] = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    return report


def linger() -> None:
    """Leave processes at work and at rest until somebody kills this program."""
    pool = make_pool(timeout_s=600)
    Run(pool, "slow").begun()
    while pool.status()["status"] != "ok":
        SERVER.sleep(0.01)
    lanes = pool.status()["lanes"]
    print(json.dumps({"pids": lanes["jobs"]["pids"] + lanes["interactive"]["pids"]}), flush=True)  # noqa: T201
    SERVER.sleep(600)


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    if sys.argv[3:] == ["linger"]:
        linger()
    print(json.dumps(act()))  # noqa: T201
