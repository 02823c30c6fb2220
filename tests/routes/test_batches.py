"""Posters asked for together."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from mural.errors import NoStreets
from routes.posters.batches import EXAMPLE
from routes.posters.schemas.batches import BatchOut
from tests.support.api import V1, Api, Visitor, running_api

BATCH = f"{V1}/posters/batch"
HERE = {"city": "Helsinki", "country": "Finland", "latitude": 60.1715, "longitude": 24.9443}


def ask(visitor: Visitor, **changes: object) -> dict:
    answer = visitor.post(BATCH, json=EXAMPLE | changes)
    assert answer.status_code == 202, answer.text
    body: dict = answer.get_json()
    BatchOut.model_validate(body)
    return body


def ended(api: Api, visitor: Visitor, batch: dict) -> dict:
    api.wait(*(job["job_id"] for job in batch["jobs"]))
    body: dict = visitor.get(batch["status_url"]).get_json()
    BatchOut.model_validate(body)
    return body


def archive_of(visitor: Visitor, batch: dict) -> zipfile.ZipFile:
    answer = visitor.get(batch["download_url"])
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    return archive


def test_one_place_in_many_themes_makes_one_job_each_and_one_archive(api: Api, ann: Visitor, ben: Visitor) -> None:
    batch = ask(ann, themes=["noir", "ocean", "sunset"])
    assert batch["total"] == len({job["job_id"] for job in batch["jobs"]}) == 3
    done = ended(api, ben, batch)
    assert (done["status"], done["completed"], done["failed"], done["progress"]) == ("completed", 3, 0, 100)
    assert [job["theme"] for job in done["jobs"]] == ["noir", "ocean", "sunset"]
    archive = archive_of(ben, done)
    assert sorted(archive.namelist()) == sorted(job["result"]["filename"] for job in done["jobs"])
    for job in done["jobs"]:
        assert archive.read(job["result"]["filename"]) == ben.get(job["result"]["download_url"]).data
    head = ben.head(done["download_url"])
    assert (head.status_code, head.data, head.headers["Content-Type"]) == (200, b"", "application/zip")


def test_many_places_of_one_name_get_names_of_their_own(api: Api, ann: Visitor) -> None:
    places = [HERE | {"longitude": 24.9 + number / 100} for number in range(4)]
    done = ended(api, ann, ask(ann, places=places, themes=["noir"]))
    assert len(set(archive_of(ann, done).namelist())) == 4


def test_equal_wishes_are_made_once_and_finished_ones_are_taken(api: Api, ann: Visitor) -> None:
    before = api.made(ann, theme="forest", distance=777)
    drawn = len(api.renderer.requests)
    batch = ask(ann, themes=["forest", "noir", "forest"], distance=777)
    assert batch["total"] == 2
    done = ended(api, ann, batch)
    assert done["jobs"][0]["result"]["poster_id"] == before["id"]
    assert len(api.renderer.requests) == drawn + 1


def test_the_archive_waits_for_every_job_and_leaves_out_what_failed(fresh_api: Api) -> None:
    ann = fresh_api.visitor()
    fresh_api.renderer.troubles.append(NoStreets("There are no streets there."))
    with fresh_api.holding():
        batch = ask(ann)
        assert batch["status"] == "processing"
        assert "download_url" not in batch
        early = ann.get(f"{batch['status_url']}/download")
        assert (early.status_code, early.get_json()["error"]) == (409, "Conflict")
    done = ended(fresh_api, ann, batch)
    assert (done["status"], done["completed"], done["failed"]) == ("completed", 1, 1)
    assert len(archive_of(ann, done).namelist()) == 1
    failed = next(job for job in done["jobs"] if job["status"] == "failed")
    assert failed["error_message"] == "There are no streets there."
    again = ann.post(f"{V1}/jobs/{failed['job_id']}/retry").get_json()
    fresh_api.wait(again["job_id"])
    whole = ann.get(batch["status_url"]).get_json()
    assert (whole["completed"], whole["failed"]) == (2, 0)


def test_a_batch_of_which_nothing_came_has_no_archive(fresh_api: Api) -> None:
    ann = fresh_api.visitor()
    fresh_api.renderer.troubles += [NoStreets("There are no streets there.")] * 2
    done = ended(fresh_api, ann, ask(ann))
    assert (done["status"], "download_url" in done) == ("failed", False)
    assert ann.get(f"{done['status_url']}/download").status_code == 409


def test_a_poster_that_was_taken_down_leaves_the_archive(api: Api) -> None:
    owner = api.visitor()
    done = ended(api, owner, ask(owner, distance=888))
    assert owner.delete(f"{V1}/posters/{done['jobs'][0]['result']['poster_id']}").status_code == 204
    assert len(archive_of(owner, done).namelist()) == 1


def test_a_batch_is_taken_whole_or_not_at_all(tmp_path: Path, gazetteer: Path) -> None:
    with running_api(tmp_path, gazetteer, SESSION_QUEUE="3") as small, small.holding():
        ann = small.visitor()
        refused = ann.post(BATCH, json=EXAMPLE | {"themes": ["noir", "ocean", "sunset", "forest"]})
        assert (refused.status_code, refused.get_json()["error"]) == (429, "Too many requests")
        assert int(refused.headers["Retry-After"]) == refused.get_json()["retry_after"] > 0
        assert ann.get(f"{V1}/stats").get_json()["active_jobs"] == 0
        assert ask(ann, themes=["noir", "ocean", "sunset"])["total"] == 3


def test_a_batch_counts_as_its_posters(tmp_path: Path, gazetteer: Path) -> None:
    with running_api(tmp_path, gazetteer, RATE_LIMIT_POSTERS="4 per minute") as small, small.holding():
        ask(small.visitor(), themes=["noir", "ocean", "sunset"])
        ask(small.visitor(), themes=["noir"], distance=600)
        refused = small.visitor().post(BATCH, json=EXAMPLE | {"distance": 700})
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"themes": []}, 400, "themes"),
        ({"themes": ["noir", "no_such"]}, 404, None),
        ({"places": []}, 400, "places"),
        ({"places": [HERE | {"latitude": None}]}, 400, "places.0"),
        ({"places": [{"city": "Springfield", "country": "United States"}]}, 400, "city"),
        ({"places": [HERE] * 21}, 400, "places"),
        ({"places": [HERE | {"longitude": float(number)} for number in range(11)]}, 400, "themes"),
        ({"city": "Helsinki"}, 400, "city"),
        ({"preview_mode": True}, 400, "preview_mode"),
    ],
)
def test_a_batch_with_a_fault_is_refused_before_anything_is_queued(
    fresh_api: Api, change: dict, status: int, field: str | None
) -> None:
    ann = fresh_api.visitor()
    answer = ann.post(BATCH, json=EXAMPLE | change)
    assert (answer.status_code, answer.get_json().get("field")) == (status, field)
    assert ann.get(f"{V1}/stats").get_json()["total_jobs"] == 0


def test_a_batch_that_is_not_there_is_a_404(ann: Visitor) -> None:
    for path in ("", "/download"):
        answer = ann.get(f"{BATCH}/{'0' * 32}{path}")
        assert (answer.status_code, answer.get_json()["error"]) == (404, "Batch not found")
    assert ann.get(BATCH).status_code in {404, 405}
