"""A disk that fills up: new posters are refused in a sentence, nothing is damaged, and work goes on with new room."""

from __future__ import annotations

import re
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


def pages_and_routes(server: Server, poster_id: str, job_id: str) -> list[str]:
    """List everything that can be looked at, with ids that exist."""
    known = {"poster_id": poster_id, "job_id": job_id, "theme_id": "noir", "level": "1", "column": "0", "row": "0"}
    known |= {"batch_id": "0" * 32, "place": "1,1", "x": "1", "y": "1"}
    spec = requests.get(f"{server.api}/openapi.json", timeout=60).json()
    routes = [path for path, methods in spec["paths"].items() if "get" in methods]
    filled = [re.sub(r"{(\w+)}", lambda found: known.get(found[1], "1"), path) for path in routes]
    pages = [
        "/",
        "/create",
        "/gallery",
        "/canvas",
        "/themes",
        "/themes/new",
        "/about",
        "/status",
        "/offline",
        "/themes.css",
    ]
    pages += [f"/posters/{poster_id}", f"/posters/{poster_id}/delete", f"/generate/{job_id}"]
    pictures = [f"board.png?scale={scale}" for scale in (1, 3)]
    pictures += ["heatmap.png", "timelapse.gif", "timelapse.webp", "timelapse.mp4"]
    return [*filled, *pages, *(f"/api/v1/canvas/{picture}" for picture in pictures)]


def test_nothing_that_can_be_looked_at_breaks_on_a_full_disk(cramped: Server) -> None:
    job_id = cramped.submit(theme="ocean")["job_id"]
    poster_id = wall(cramped)[0]["id"]
    ballast = Ballast(cramped.data_dir)
    ballast.fill()
    broken: dict[str, str] = {}
    for path in pages_and_routes(cramped, poster_id, job_id):
        answer = requests.get(cramped.base_url + path, timeout=120, headers={"Accept-Language": "en"})
        if answer.status_code == 500:
            broken[path] = answer.text[:200]
    for path, body in (
        ("/posters", HELSINKI | {"theme": "forest"}),
        ("/posters/preview", HELSINKI),
        ("/preview.png", HELSINKI),
        ("/themes", {"name": "Full"}),
        (f"/posters/{poster_id}/export", {"format": "pdf"}),
    ):
        answer = requests.post(f"{cramped.api}{path}", json=body, timeout=60)
        if answer.status_code == 500:
            broken[path] = answer.text[:200]
    assert broken == {}
    assert "unexpected error" not in cramped.log()
    ballast.drop()
    assert_whole(cramped)


def test_a_picture_of_the_board_tells_of_the_full_disk(cramped: Server) -> None:
    ballast = Ballast(cramped.data_dir)
    ballast.fill()
    refused = requests.get(f"{cramped.api}/canvas/board.png", timeout=120)
    assert refused.status_code == 507, refused.text
    assert "no room left on the disk" in refused.json()["message"]
    ballast.drop()
    assert requests.get(f"{cramped.api}/canvas/board.png", timeout=120).ok
    ballast.fill()
    ahead = requests.get(f"{cramped.api}/canvas/board.png", timeout=120)
    assert ahead.ok, "an older picture is better than none"


def test_posters_can_be_deleted_on_a_full_disk(cramped: Server) -> None:
    with requests.Session() as owner:
        requests_made = [cramped.submit(owner, theme=theme)["job_id"] for theme in ("noir", "forest", "denim", "kraft")]
        made = [cramped.wait_for(job_id, "completed")["result"]["poster_id"] for job_id in requests_made]
        ballast = Ballast(cramped.data_dir)
        ballast.fill()
        for poster_id in made:
            assert owner.delete(f"{cramped.api}/posters/{poster_id}", timeout=60).status_code == 204
            ballast.fill()
        assert {poster["id"] for poster in wall(cramped)}.isdisjoint(made)
    cramped.kill()
    cramped.start()
    assert {poster["id"] for poster in wall(cramped)}.isdisjoint(made), "what was acknowledged holds"
    ballast.drop()
    assert_whole(cramped)
