"""A disk that fills up: new posters are refused in a sentence, nothing is damaged, and work goes on with new room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from services.upkeep.sqlite_files import check_database
from tests.support.mounts import Ballast, small_disk
from tests.support.server import HELSINKI, QuickServer, Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system

DISK_MB = 180
ENDS = ("completed", "failed")
NO_ROOM = "There is no room left on the disk for the database."


@pytest.fixture
def cramped(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server whose data folder is a small disk with one poster on it; it draws in no time unless told otherwise."""
    make: type[Server] = getattr(request, "param", QuickServer)
    with small_disk(tmp_path / "data", DISK_MB):
        server = make(tmp_path / "data")
        server.wait_for(server.submit(theme="ocean")["job_id"], "completed")
        yield server
        server.stop()


def ask(server: Server, **changes: object) -> requests.Response:
    return requests.post(f"{server.api}/posters", json=HELSINKI | changes, timeout=60)


def wall(server: Server) -> list[dict]:
    posters: list[dict] = requests.get(f"{server.api}/gallery", timeout=30).json()["posters"]
    return posters


def assert_whole(server: Server) -> None:
    """Check that every poster on the wall can be had, that nothing is left over, and that the database is sound."""
    shown = wall(server)
    for poster in shown:
        answer = requests.get(f"{server.api}/posters/{poster['id']}/download", timeout=60)
        assert answer.status_code == 200
        assert answer.content[-8:] == b"IEND\xaeB`\x82", "a PNG that ends as it must"
    folders = {path.name for path in (server.data_dir / "posters").glob("[0-9a-f][0-9a-f]/*")}
    assert folders == {poster["id"] for poster in shown}
    assert not list((server.data_dir / "posters" / ".making").iterdir())
    server.stop()
    check_database(server.data_dir / "mural.db")
    server.start()


def test_hardly_any_room_refuses_new_posters_and_serves_the_others(cramped: Server) -> None:
    ballast = Ballast(cramped.data_dir)
    ballast.leave(free_mb=50)
    refused = ask(cramped)
    assert refused.status_code == 507
    assert "hardly any room left on the disk" in refused.json()["message"]
    health = requests.get(f"{cramped.api}/health", timeout=10).json()
    assert health["status"] == "degraded"
    assert "room" in health["services"]["storage"]
    assert len(wall(cramped)) == 1
    ballast.drop()
    accepted = ask(cramped)
    assert accepted.status_code == 202
    assert cramped.wait_for(accepted.json()["job_id"], *ENDS)["status"] == "completed"
    assert_whole(cramped)


@pytest.mark.parametrize("cramped", [Server], indirect=True, ids=["real drawing"])
def test_a_disk_that_fills_up_in_the_middle_of_a_job_damages_nothing(cramped: Server) -> None:
    ballast = Ballast(cramped.data_dir)
    job_id = cramped.submit(size="a1")["job_id"]
    cramped.wait_for(job_id, "processing")
    ballast.fill()
    refused = ask(cramped, theme="forest")
    assert refused.status_code == 507, refused.text
    # Where there is no room for the database either, how the job ended is written down once there is.
    wait_until(lambda: cramped.job(job_id)["status"] != "processing" or NO_ROOM in cramped.log())
    ballast.drop()
    ended = cramped.wait_for(job_id, *ENDS)
    if ended["status"] == "failed":
        assert "full" in ended["error_message"] or "room" in ended["error_message"], ended
        again = requests.post(f"{cramped.api}/jobs/{job_id}/retry", timeout=30)
        assert again.status_code == 403, "a stranger cannot repeat it"
    assert cramped.wait_for(cramped.submit(theme="forest")["job_id"], *ENDS)["status"] == "completed"
    assert_whole(cramped)


def test_a_full_disk_keeps_no_server_from_starting(cramped: Server) -> None:
    cramped.stop()
    ballast = Ballast(cramped.data_dir)
    ballast.fill()
    cramped.start()
    assert len(wall(cramped)) == 1
    assert ask(cramped).status_code == 507
    ballast.drop()
    assert cramped.wait_for(cramped.submit(theme="forest")["job_id"], *ENDS)["status"] == "completed"
    assert_whole(cramped)
