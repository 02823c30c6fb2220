"""An installation of the last version starts into this one: a copy of its data folder, as a kill left it.

It was made by that version's own server: two posters that it drew (their JPEGs shrunk), pixels on the board, a theme,
one poster in work, and in the queue a batch, a poster in that theme and one that somebody else follows.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import text

from infra.db.session import Database
from tests.support.server import QuickServer

pytestmark = pytest.mark.system

KEPT = Path(__file__).resolve().parents[1] / "data" / "last_version"
KNOWN: dict[str, Any] = json.loads((KEPT / "known.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickServer]:
    """This version's server on a copy of that folder."""
    folder = tmp_path_factory.mktemp("upgraded")
    with tarfile.open(KEPT / "data.tar.gz") as kept:
        kept.extractall(folder, filter="data")
    server = QuickServer(folder, CANVAS_WIDTH="32", CANVAS_HEIGHT="32", SECRET_KEY="")
    yield server
    server.stop()


def visitor(name: str) -> requests.Session:
    session = requests.Session()
    for cookie, value in KNOWN[name].items():
        session.cookies.set(cookie, value)
    return session


def get(server: QuickServer, path: str, session: requests.Session | None = None) -> Any:
    answer = (session or requests).get(f"http://127.0.0.1:{server.port}/api/v1{path}", timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_job_runs_to_its_end(upgraded: QuickServer) -> None:
    for name in ("in_work", "queued", "followed"):
        job = upgraded.wait_for(KNOWN[name], "completed", "failed")
        assert job["status"] == "completed", job
    drawn = upgraded.drawn()
    assert sorted(drawn) == sorted({KNOWN["in_work"], KNOWN["queued"], KNOWN["followed"], KNOWN["batch_jobs"][1]})
    for name in ("first", "second"):
        owner = visitor("bob" if name == "second" else "ann")
        assert get(upgraded, f"/jobs/{KNOWN[name]}", owner)["result"]["poster_id"] == KNOWN[f"{name}_poster"]


def test_the_batch_is_whole(upgraded: QuickServer) -> None:
    ann = visitor("ann")
    for job_id in KNOWN["batch_jobs"]:
        upgraded.wait_for(job_id, "completed", "failed")
    batch = get(upgraded, f"/posters/batch/{KNOWN['batch']}", ann)
    assert (batch["status"], batch["total"], batch["completed"]) == ("completed", 2, 2)
    assert [job["job_id"] for job in batch["jobs"]] == KNOWN["batch_jobs"]


def test_posters_and_whose_they_are_stay(upgraded: QuickServer) -> None:
    wall = [poster["id"] for poster in get(upgraded, "/gallery")["posters"]]
    assert KNOWN["first_poster"] in wall
    assert KNOWN["second_poster"] not in wall, "it was its maker's alone"
    assert get(upgraded, f"/posters/{KNOWN['second_poster']}", visitor("bob"))["visibility"] == "private"
    hidden = f"http://127.0.0.1:{upgraded.port}/api/v1/posters/{KNOWN['second_poster']}"
    assert visitor("ann").get(hidden, timeout=60).status_code == 404
    file = f"http://127.0.0.1:{upgraded.port}/api/v1/posters/{KNOWN['first_poster']}/download"
    assert requests.get(file, timeout=60).content.startswith(b"\x89PNG")


def test_the_theme_and_the_board_stay(upgraded: QuickServer) -> None:
    own = [theme["id"] for theme in get(upgraded, "/themes", visitor("ann"))["themes"] if theme["own"]]
    assert own == [KNOWN["theme"]]
    colours = [get(upgraded, f"/canvas/pixel?x={x}&y={y}")["color"] for x, y in ((3, 4), (7, 8))]
    palette = get(upgraded, "/canvas")["palette"]
    assert colours == [palette[5]["color"], palette[9]["color"]]


def test_the_follower_still_follows(upgraded: QuickServer) -> None:
    database = Database(f"sqlite:///{upgraded.data_dir / 'mural.db'}")
    with database.read() as session:
        followed = session.execute(text("SELECT job_id FROM job_followers")).scalars().all()
    database.close()
    assert followed == [KNOWN["followed"]]
