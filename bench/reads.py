"""How long each read call takes in an installation with a history, at rest and while two posters render."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from sqlalchemy import insert, select, update

from bench.effort import by_effort
from bench.report import percentile, print_table, tail
from bench.scenes import porto
from mural.jobs.states import JobState
from services.db.models import GALLERY_STREAM, JobRow, PosterRow, StreamRow
from services.db.session import Database
from services.filenames import search_key
from tests.support.server import Server

POSTERS = 10_000
JOBS = by_effort(quick=10_000, full=100_000)
OWN_EVERY = 5
ROUNDS = by_effort(quick=8, full=100)
TAIL, TAIL_SHARE = tail(ROUNDS)
BAR_MS = 50
CITIES = ("Helsinki", "Porto", "New York", "東京", "São Paulo", "Kraków", "Nairobi", "Lima")
THEMES = ("noir", "ocean", "forest", "sunset", "blueprint", "terracotta")
LARGE = {"size": "a2"}


def run() -> None:
    """Print the times of every read call."""
    scene = porto()
    with tempfile.TemporaryDirectory() as folder:
        often = "100000 per minute"
        server = Server(Path(folder) / "data", RENDER_WORKERS="2", RATE_LIMIT_POSTERS=often, RATE_LIMIT_GEOCODE=often)
        try:
            scene.lend_to(server.data_dir)
            visitor = requests.Session()
            made = server.wait_for(server.submit(visitor)["job_id"], "completed", "failed")
            write_history(server.data_dir, made["job_id"], range(POSTERS), range(JOBS))
            calls = _calls(made)
            resting = measured(server, visitor, calls)
            with _rendering(server, scene.body()) as waiting:
                calls["/jobs/{id} in the queue"] = f"/jobs/{waiting}"
                busy = measured(server, visitor, calls)
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


def measured(
    server: Server, visitor: requests.Session, calls: dict[str, str], rounds: int = ROUNDS
) -> dict[str, list[float]]:
    """Make the calls in rounds, one after the other, as one client does."""
    times_ms: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, path in calls.items():
            began = time.perf_counter()
            answer = visitor.get(server.api + path, timeout=60)
            times_ms[name].append((time.perf_counter() - began) * 1000)
            answer.raise_for_status()
    return times_ms


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
        while not done.wait(0.2):
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


def write_history(data_dir: Path, job_id: str, posters: range, jobs: range) -> None:
    """Fill the database with what years of use leave behind, by number, all of it like the one poster that was made."""
    database = Database(f"sqlite:///{data_dir / 'mural.db'}")
    job_table, poster_table = JobRow.__table__, PosterRow.__table__
    with database.write() as session:
        job = dict(session.execute(select(job_table).where(job_table.c.id == job_id)).mappings().one())
        poster = dict(session.execute(select(poster_table).where(poster_table.c.job_id == job_id)).mappings().one())
        session.execute(insert(PosterRow), [_poster_like(poster, number) for number in posters])
        session.execute(insert(JobRow), [_job_like(job, number) for number in jobs])
        seq = {"seq": posters.stop + 1}
        session.execute(update(StreamRow).where(StreamRow.name == GALLERY_STREAM).values(**seq))
    database.close()


def _poster_like(poster: dict[str, Any], number: int) -> dict[str, Any]:
    city = CITIES[number % len(CITIES)]
    return poster | {
        "id": uuid4().hex,
        "job_id": f"{number:032x}",
        "owner": poster["owner"] if number % OWN_EVERY == 0 else f"visitor {number % 500}",
        "gallery_seq": number + 2,
        "fingerprint": uuid4().hex * 2,
        "city": city,
        "city_key": search_key(city),
        "theme": THEMES[number % len(THEMES)],
        "created_at": _moment(number),
    }


def _job_like(job: dict[str, Any], number: int) -> dict[str, Any]:
    state = (JobState.COMPLETED, JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED)[number % 4]
    began = _moment(number / 10)
    return job | {
        "id": f"{number:032x}",
        "owner": f"visitor {number % 500}",
        "state": state,
        "poster_id": None,
        "created_at": began,
        "started_at": began + timedelta(seconds=1),
        "ended_at": began + timedelta(seconds=9),
    }


def _moment(number: float) -> datetime:
    return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=90 * number)
