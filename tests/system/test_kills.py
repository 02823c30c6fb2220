"""What is left after a render process or the whole server was killed in the middle of a job."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
import requests
from PIL import Image

from tests.support.server import Server, children

pytestmark = pytest.mark.system


def exists(pid: int) -> bool:
    """Tell whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def working_on(server: Server) -> int:
    """Wait for a render process to be busy, and name it: the one that has used the processor most just now."""
    before = {pid: _cpu_ticks(pid) for pid in children(server.pid)}
    time.sleep(0.15)
    return max(before, key=lambda pid: _cpu_ticks(pid) - before[pid])


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def begin(server: Server, **changes: object) -> str:
    """Ask for a large poster and wait until it is being drawn."""
    server.wait_for(server.submit(theme="ocean")["job_id"], "completed")  # warm
    job_id = str(server.submit(size="a1", **changes)["job_id"])
    server.wait_for(job_id, "processing")
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
    os.kill(working_on(own_server), signal.SIGKILL)
    job = own_server.wait_for(job_id, "completed", "failed")
    assert job["status"] == "completed", job
    assert_whole(own_server, job)


def test_a_killed_server_finishes_its_job_after_a_restart_and_serves_nothing_half_written(own_server: Server) -> None:
    job_id = begin(own_server)
    waiting = own_server.submit(theme="forest")["job_id"]
    processes = children(own_server.pid)
    own_server.kill()
    deadline = time.monotonic() + 30
    while any(exists(pid) for pid in processes) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(exists(pid) for pid in processes), "render processes outlive the server"
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
    own_server.wait_for(own_server.submit(theme="ocean")["job_id"], "completed")
    job_id = own_server.submit(session, size="a1")["job_id"]
    own_server.wait_for(job_id, "processing")
    answer = session.post(f"{own_server.api}/jobs/{job_id}/cancel", timeout=10)
    assert answer.json()["status"] == "cancelled", answer.text
    assert own_server.job(job_id)["status"] == "cancelled"
    assert session.post(f"{own_server.api}/jobs/{job_id}/cancel", timeout=10).status_code == 409
    following = own_server.wait_for(own_server.submit(theme="sunset")["job_id"], "completed")
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


def test_a_second_signal_ends_at_once_and_loses_nothing(own_server: Server) -> None:
    job_id = begin(own_server)
    own_server.send(signal.SIGTERM)
    while "Stopping" not in own_server.log():
        time.sleep(0.02)
    own_server.send(signal.SIGTERM)
    assert own_server.wait() == 128 + signal.SIGTERM
    own_server.start()
    assert own_server.wait_for(job_id, "completed", "failed")["status"] == "completed"


@pytest.mark.parametrize("mode", ["gevent", "threading"])
def test_every_kind_of_server_stops_well(tmp_path: Path, mode: str) -> None:
    server = Server(tmp_path / "data", ASYNC_MODE=mode)
    server.wait_for(server.submit()["job_id"], "completed")
    assert server.stop() == 0
    assert "Traceback" not in server.log()
