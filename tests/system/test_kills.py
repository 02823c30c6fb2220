"""What is left after a render process or the whole server was killed in the middle of a job."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import requests
from PIL import Image

from mural.jobs.progress import Step, percentage
from tests.support.server import Server, children, runs
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system

DRAWING_FROM = percentage(Step.DRAWING)


def process_of_posters(server: Server) -> int:
    """Name the render process that draws posters: it steps back further than the one that draws previews."""
    return max(children(server.pid), key=lambda pid: os.getpriority(os.PRIO_PROCESS, pid))


def begin(server: Server, session: requests.Session | None = None) -> str:
    """Ask for a large poster and wait until it is being drawn."""
    server.wait_for(server.submit_new()["job_id"], "completed")  # warm
    job_id = str(server.submit_new(session, size="a2")["job_id"])
    wait_until(lambda: server.job(job_id)["progress"] > DRAWING_FROM)
    return job_id


def assert_whole(server: Server, job: dict) -> None:
    """Check that the poster of a completed job can be fetched and decoded."""
    content = requests.get(f"http://127.0.0.1:{server.port}{job['result']['download_url']}", timeout=60).content
    file = server.data_dir / "fetched.png"
    file.write_bytes(content)
    with Image.open(file) as image:
        image.load()
        assert image.size == (job["result"]["dimensions"]["width"], job["result"]["dimensions"]["height"])


def test_a_killed_render_process_costs_an_attempt_and_not_the_job(own_server: Server) -> None:
    job_id = begin(own_server)
    os.kill(process_of_posters(own_server), signal.SIGKILL)
    job = own_server.wait_for(job_id, "completed", "failed")
    assert job["status"] == "completed", job
    assert_whole(own_server, job)


def test_a_killed_server_finishes_its_job_after_a_restart_and_serves_nothing_half_written(own_server: Server) -> None:
    job_id = begin(own_server)
    waiting = own_server.submit_new()["job_id"]
    processes = children(own_server.pid)
    own_server.kill()
    wait_until(lambda: not any(runs(pid) for pid in processes), lambda: "render processes outlive the server")
    own_server.start()
    for known in (job_id, waiting):
        job = own_server.wait_for(known, "completed", "failed")
        assert job["status"] == "completed", job
        assert_whole(own_server, job)
    assert not list((own_server.data_dir / "posters" / ".making").iterdir())


def test_a_stopped_server_takes_its_jobs_up_again(own_server: Server) -> None:
    job_id = begin(own_server)
    own_server.stop()
    own_server.start()
    assert own_server.wait_for(job_id, "completed", "failed")["status"] == "completed"


def test_a_cancelled_job_ends_at_once_and_leaves_no_poster(own_server: Server) -> None:
    session = requests.Session()
    session.get(f"{own_server.base_url}/api/v1/posters", timeout=10)  # the visitor's cookie
    job_id = begin(own_server, session)
    answer = session.post(f"{own_server.api}/jobs/{job_id}/cancel", timeout=10)
    assert answer.json()["status"] == "cancelled", answer.text
    assert own_server.job(job_id)["status"] == "cancelled"
    assert session.post(f"{own_server.api}/jobs/{job_id}/cancel", timeout=10).status_code == 409
    following = own_server.wait_for(own_server.submit_new()["job_id"], "completed")
    assert_whole(own_server, following)


def test_a_stop_is_announced_and_ends_well(own_server: Server) -> None:
    client = own_server.client()
    own_server.send(signal.SIGTERM)
    events = []
    while not events or events[-1][0] != "system:maintenance":
        events.append(client.receive(timeout=30))
    assert set(events[-1][1]) == {"message", "scheduled_time", "duration_minutes"}
    assert own_server.wait() == 0
    client.disconnect()
    own_server.start()


def test_a_second_signal_ends_at_once_and_loses_nothing(own_server: Server) -> None:
    job_id = begin(own_server)
    stops = own_server.log().count("Stopping")
    own_server.send(signal.SIGTERM)
    wait_until(lambda: own_server.log().count("Stopping") > stops)
    own_server.send(signal.SIGTERM)
    assert own_server.wait() == 128 + signal.SIGTERM
    own_server.start()
    assert own_server.wait_for(job_id, "completed", "failed")["status"] == "completed"


@pytest.mark.parametrize("mode", ["gevent", "threading"])
def test_every_kind_of_server_stops_well(tmp_path: Path, mode: str) -> None:
    server = Server(tmp_path / "data", cold=True, ASYNC_MODE=mode)
    server.wait_for(server.submit()["job_id"], "completed")
    assert server.stop() == 0
    assert "Traceback" not in server.log()
