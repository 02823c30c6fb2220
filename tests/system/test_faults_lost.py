"""A database, or a posters' folder, that somebody takes away from the running server: nothing is promised any more."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.support.server import HELSINKI, QuickServer, Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = QuickServer(tmp_path / "data", PIXEL_COOLDOWN="0")
    server.wait_for(server.submit()["job_id"], "completed")
    yield server
    server.stop()


def deleted(data_dir: Path) -> None:
    (data_dir / "mural.db").unlink()


def replaced(data_dir: Path) -> None:
    shutil.copyfile(data_dir / "mural.db", data_dir / "other.db")
    (data_dir / "other.db").replace(data_dir / "mural.db")


def all_gone(data_dir: Path) -> None:
    data_dir.rename(data_dir.with_name("aside"))


@pytest.mark.parametrize("harm", [deleted, replaced, all_gone])
def test_without_its_database_a_server_promises_nothing_and_says_why(
    server: Server, harm: Callable[[Path], None]
) -> None:
    board = server.client()
    assert board.call("canvas:place", {"x": 1, "y": 1, "color": 4})["ok"]
    harm(server.data_dir)
    refused = board.call("canvas:place", {"x": 2, "y": 2, "color": 4})
    assert not refused["ok"], "a pixel that is not kept is not acknowledged"
    assert "nothing can be saved" in refused["message"]
    board.disconnect()
    asked = requests.post(f"{server.api}/posters", json=HELSINKI | {"theme": "forest"}, timeout=60)
    assert asked.status_code == 503
    assert "Put it back" in asked.json()["message"]
    for path in ("/api/v1/gallery", "/api/v1/posters", "/", "/gallery"):
        assert requests.get(server.base_url + path, timeout=60).status_code == 503, path
    health = requests.get(f"{server.api}/health", timeout=60)
    assert (health.status_code, health.json()["status"]) == (503, "unhealthy")
    assert "deleted, moved or replaced" in health.json()["services"]["database"]
    assert str(server.data_dir) not in health.text
    assert str(server.data_dir) in server.log()
    assert server.stop() == 0


def test_work_goes_on_once_everything_is_back(server: Server) -> None:
    all_gone(server.data_dir)
    assert requests.get(f"{server.api}/health", timeout=60).status_code == 503
    if server.data_dir.exists():  # caches are made anew anywhere
        shutil.rmtree(server.data_dir)
    server.data_dir.with_name("aside").rename(server.data_dir)
    wait_until(lambda: requests.get(f"{server.api}/health", timeout=60).status_code == 200)
    assert server.wait_for(server.submit(theme="forest")["job_id"], "completed", "failed")["status"] == "completed"


def test_without_the_posters_folder_no_poster_is_taken_or_said_to_be_unknown(server: Server) -> None:
    poster = requests.get(f"{server.api}/gallery", timeout=30).json()["posters"][0]
    (server.data_dir / "posters").rename(server.data_dir / "aside")
    asked = requests.post(f"{server.api}/posters", json=HELSINKI | {"theme": "forest"}, timeout=60)
    assert asked.status_code == 503
    assert "posters' folder" in asked.json()["message"]
    assert requests.get(f"{server.api}/posters/{poster['id']}/download", timeout=60).status_code == 503
    health = requests.get(f"{server.api}/health", timeout=60)
    assert (health.status_code, health.json()["status"]) == (503, "unhealthy")
    (server.data_dir / "aside").rename(server.data_dir / "posters")
    assert requests.get(f"{server.api}/posters/{poster['id']}/download", timeout=60).ok
    assert requests.get(f"{server.api}/health", timeout=60).ok
