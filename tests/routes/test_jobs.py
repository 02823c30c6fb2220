"""Jobs: watched, cancelled and repeated."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from mural.errors import NoStreets
from routes.posters.schemas.jobs import CancelledOut, JobOut, RetriedOut
from tests.support.api import ADMIN_TOKEN, V1, Api, Visitor

JOBS = f"{V1}/jobs"
NOBODY = uuid4().hex


@pytest.fixture
def held(api: Api) -> Iterator[Api]:
    """No drawing ends before the test does."""
    with api.holding():
        yield api


@pytest.fixture
def failed(api: Api, ann: Visitor) -> dict:
    """A job of Ann's that failed."""
    api.renderer.troubles.append(NoStreets("There are no streets there."))
    job = ann.submit(distance=900)
    api.wait(job["job_id"])
    body: dict = ann.get(f"{JOBS}/{job['job_id']}").get_json()
    return body


def job_of(visitor: Visitor, job_id: str) -> dict:
    body: dict = visitor.get(f"{JOBS}/{job_id}").get_json()
    JobOut.model_validate(body)
    return body


def test_a_completed_job_tells_its_times_and_its_result(api: Api, ann: Visitor, ben: Visitor) -> None:
    job_id = ann.submit(theme="forest")["job_id"]
    api.wait(job_id)
    body = job_of(ben, job_id)
    assert (body["status"], body["progress"]) == ("completed", 100)
    for name in ("created_at", "started_at", "completed_at"):
        assert body[name].endswith("Z")
    assert body["duration"] >= 0
    assert "/download?v=" in body["result"]["download_url"]
    assert not {"error", "failed_at", "queue_position"} & body.keys()


def test_a_waiting_job_tells_its_place_and_when_it_will_be_done(held: Api, ann: Visitor) -> None:
    ann.submit(distance=801)
    second, third = (ann.submit(distance=802 + number)["job_id"] for number in range(2))
    first_waiting, next_waiting = job_of(ann, second), job_of(ann, third)
    assert (first_waiting["status"], first_waiting["progress"]) == ("pending", 0)
    assert (first_waiting["queue_position"], next_waiting["queue_position"]) == (1, 2)
    assert first_waiting["estimated_completion"] <= next_waiting["estimated_completion"]
    for job_id in (third, second):
        assert ann.post(f"{JOBS}/{job_id}/cancel").status_code == 200


def test_a_failed_job_says_why_in_a_sentence_and_whether_a_retry_can_help(failed: dict) -> None:
    assert (failed["status"], failed["error"], failed["retry_allowed"]) == ("failed", "NoStreets", False)
    assert failed["error_message"] == "There are no streets there."
    assert failed["failed_at"].endswith("Z")


def test_a_job_that_is_not_there_is_a_404(ann: Visitor) -> None:
    for answer in (
        ann.get(f"{JOBS}/{NOBODY}"),
        ann.post(f"{JOBS}/{NOBODY}/cancel"),
        ann.post(f"{JOBS}/{NOBODY}/retry"),
    ):
        assert (answer.status_code, answer.get_json()["error"]) == (404, "Job not found")
        assert answer.get_json()["id"] == NOBODY


def test_a_job_is_cancelled_by_its_owner_or_an_admin_and_nobody_else(held: Api, ann: Visitor, ben: Visitor) -> None:
    mine, other = (ann.submit(distance=810 + number)["job_id"] for number in range(2))
    refused = ben.post(f"{JOBS}/{mine}/cancel")
    assert (refused.status_code, refused.get_json()["error"]) == (403, "Not allowed")
    answer = ann.post(f"{JOBS}/{mine}/cancel")
    assert answer.status_code == 200
    CancelledOut.model_validate(answer.get_json())
    assert (answer.get_json()["job_id"], answer.get_json()["status"]) == (mine, "cancelled")
    admin = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    assert ben.post(f"{JOBS}/{other}/cancel", headers=admin).status_code == 200
    assert job_of(ben, mine)["cancelled_at"].endswith("Z")
    again = ann.post(f"{JOBS}/{mine}/cancel")
    assert (again.status_code, again.get_json()["status"]) == (409, "cancelled")


def test_a_failed_job_is_repeated_as_a_new_one(api: Api, ann: Visitor, ben: Visitor, failed: dict) -> None:
    assert ben.post(f"{JOBS}/{failed['job_id']}/retry").status_code == 403
    answer = ann.post(f"{JOBS}/{failed['job_id']}/retry")
    body = answer.get_json()
    assert answer.status_code == 202
    RetriedOut.model_validate(body)
    assert body["original_job_id"] == failed["job_id"] != body["job_id"]
    api.wait(body["job_id"])
    assert job_of(ann, body["job_id"])["original_job_id"] == failed["job_id"]
    refused = ann.post(f"{JOBS}/{body['job_id']}/retry")
    assert (refused.status_code, refused.get_json()["status"]) == (409, "completed")


@pytest.mark.parametrize("what", ["cancel", "retry"])
def test_a_form_of_a_page_is_not_taken_for_a_command(ann: Visitor, what: str) -> None:
    assert ann.post(f"{JOBS}/{NOBODY}/{what}", data={"a": "b"}).status_code == 415
    assert ann.get(f"{JOBS}/{NOBODY}/{what}").status_code == 405
