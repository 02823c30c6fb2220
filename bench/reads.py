"""How long each read call takes in an installation with a history, at rest and while two posters render."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests

from bench.effort import by_effort
from bench.history import OWN_EVERY
from bench.report import percentile, print_table, tail
from bench.scenes import porto
from bench.walls import POSTERS, growing, measured, show
from tests.support.server import Server

JOBS = by_effort(quick=10_000, full=100_000)
ROUNDS = by_effort(quick=8, full=100)
TAIL, TAIL_SHARE = tail(ROUNDS)
BAR_MS = 50
LARGE = {"size": "a2"}


def run() -> None:
    """Print the times of every read call."""
    scene = porto()
    with tempfile.TemporaryDirectory() as folder:
        often = "100000 per minute"
        server = Server(
            Path(folder) / "data", cold=True, RENDER_WORKERS="2", RATE_LIMIT_POSTERS=often, RATE_LIMIT_GEOCODE=often
        )
        try:
            scene.lend_to(server.data_dir)
            visitor = requests.Session()
            made = server.wait_for(server.submit(visitor)["job_id"], "completed", "failed")
            show(growing(server, visitor, made, JOBS // POSTERS))
            calls = _calls(made)
            resting = measured(server, visitor, calls, ROUNDS)
            with _rendering(server, scene.body()) as waiting:
                calls["/jobs/{id} in the queue"] = f"/jobs/{waiting}"
                busy = measured(server, visitor, calls, ROUNDS)
        finally:
            server.stop()
    rows = [(name, *_shares(resting.get(name, [])), *_shares(busy[name]), _verdict(busy[name])) for name in calls]
    title = f"reads with {POSTERS:,} posters and {JOBS:,} jobs, {ROUNDS} each, ms; two posters rendering on the right"
    print_table(title, ("call", "p50", TAIL, "p50", TAIL, ""), rows)


def _shares(times_ms: list[float]) -> tuple[str, ...]:
    return tuple(f"{percentile(times_ms, share):.1f}" if times_ms else "" for share in (0.5, TAIL_SHARE))


def _verdict(times_ms: list[float]) -> str:
    return f"over {BAR_MS}" if percentile(times_ms, TAIL_SHARE) > BAR_MS else ""


def _calls(made: dict[str, Any]) -> dict[str, str]:
    poster = f"/posters/{made['result']['poster_id']}"
    return {
        "/gallery": "/gallery",
        "/gallery deep": f"/gallery?before={POSTERS // 2}&limit=100",
        "/gallery of a theme": "/gallery?theme=ocean",
        "/gallery of a city": "/gallery?city=Porto&limit=100",
        "/gallery of both": "/gallery?city=Porto&theme=ocean",
        "/posters": "/posters",
        "/posters by city": "/posters?sort=city&order=asc&per_page=100",
        "/posters, last page": f"/posters?page={POSTERS // OWN_EVERY // 20}",
        "/posters of a theme": "/posters?theme=noir",
        "/posters/{id}": poster,
        "/posters/{id}/thumbnail": f"{poster}/thumbnail",
        "/posters/{id}/download": f"{poster}/download",
        "/jobs/{id}": f"/jobs/{made['job_id']}",
        "/themes": "/themes",
        "/themes/{id}": "/themes/noir",
        "/geocode": "/geocode?city=Helsinki&country=Finland",
        "/geocode/suggest": "/geocode/suggest?q=san",
        "/geocode/reverse": "/geocode/reverse?lat=60.17&lon=24.94",
        "/health": "/health",
        "/ready": "/ready",
        "/stats": "/stats",
        "/openapi.json": "/openapi.json",
    }


@contextmanager
def _rendering(server: Server, body: dict[str, Any]) -> Iterator[str]:
    """Keep two render processes drawing large posters, and a queue behind them; give a job that stays in it."""
    done = threading.Event()
    people = [requests.Session() for _ in range(4)]
    for person in people:
        person.get(f"{server.api}/posters", timeout=60)

    def submit(person: requests.Session) -> str:
        return str(server.submit(person, **body, **LARGE, rotation=uuid4().int % 360_000 / 1000)["job_id"])

    def keep_up() -> None:
        while not done.wait(1.0):  # a large poster takes longer, and others wait
            active = requests.get(f"{server.api}/stats", timeout=60).json()["active_jobs"]
            for person in people[: max(0, 10 - active)]:
                submit(person)

    for person in people * 2:
        submit(person)
    last = [submit(people[0]) for _ in range(9)][-1]
    feeding = threading.Thread(target=keep_up)
    feeding.start()
    try:
        yield last
    finally:
        done.set()
        feeding.join()
