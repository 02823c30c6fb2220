"""What strangers can still learn of a poster that was taken down: that it is gone."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from infra.db.models import JobRow, PosterRow, StreamEventRow
from mural.errors import NoStreets
from routes.posters.batches import EXAMPLE
from routes.posters.schemas.batches import BatchOut
from routes.posters.schemas.jobs import JobOut
from services.accounts.actors import HOUSE
from services.posters.files import SIDECAR
from tests.support.api import ADMIN_TOKEN, V1, Api, Visitor
from tests.support.waiting import wait_until

TOLD = {"city": "Łódź Secret", "country": "Polandia", "texts": {"title": "FOR ANNA", "lines": ["met here 2019"]}}
WORDS = ("Łódź", "\\u0141", "Secret", "secret", "Polandia", "FOR ANNA", "met here", "quagga", "Quagga")
"""What a stranger must not find anywhere, in any spelling that answers and rows use."""

Way = Callable[[Api, Visitor, str], None]


def by_its_owner(_api: Api, owner: Visitor, poster_id: str) -> None:
    assert owner.delete(f"{V1}/posters/{poster_id}").status_code == 204


def by_an_admin(api: Api, _owner: Visitor, poster_id: str) -> None:
    admin = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    assert api.visitor().delete(f"{V1}/posters/{poster_id}", headers=admin).status_code == 204


def by_the_plain_form(_api: Api, owner: Visitor, poster_id: str) -> None:
    assert owner.post(f"/posters/{poster_id}/delete").status_code == 303


def by_its_time(api: Api, _owner: Visitor, poster_id: str) -> None:
    database = api.services.posters._database
    with database.write() as session:
        row = session.get(PosterRow, poster_id)
        assert row is not None
        row.expires_at = row.created_at - timedelta(days=1)
    api.services.housekeeping.tidy()


def told(owner: Visitor) -> dict:
    """Say what a poster shows, in a theme of one's own."""
    theme = dict.fromkeys(("bg", "text", "gradient_color", "water", "parks", "road_motorway"), "#101010")
    theme |= {f"road_{kind}": "#e0e0e0" for kind in ("primary", "secondary", "tertiary", "residential", "default")}
    made = owner.post(f"{V1}/themes", json=theme | {"name": "Quagga", "description": "x", "text": "#f0f0f0"})
    assert made.status_code == 201, made.text
    return TOLD | {"theme": made.get_json()["id"]}


def everything_told(api: Api, poster: dict, epoch: str) -> str:
    """Ask for all that a stranger could ask for, and read every row that is left."""
    stranger = api.visitor()
    job_id, ident = poster["job_id"], poster["id"]
    paths = (
        f"{V1}/jobs/{job_id}",
        f"/generate/{job_id}",
        f"{V1}/posters/{ident}",
        f"/posters/{ident}",
        f"/create?like={ident}",
        f"/create?job={job_id}",
        f"{V1}/gallery",
        f"{V1}/gallery?since=0",
        "/",
    )
    answers = [stranger.get(path).text for path in paths]
    gallery = api.services.gallery
    answers.append(json.dumps(gallery.resume(epoch, 0).to_json(gallery.worded), ensure_ascii=False))
    with api.services.posters._database.read() as session:
        for table in (JobRow, StreamEventRow, PosterRow):
            answers += [repr(row) for row in session.execute(select(table.__table__)).all()]
    return "\n".join(answers)


def found_in(text: str) -> list[str]:
    return [word for word in WORDS if word in text]


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
@pytest.mark.parametrize("take_down", [by_its_owner, by_an_admin, by_the_plain_form, by_its_time])
def test_nothing_tells_what_it_showed(fresh_api: Api, take_down: Way, visibility: str) -> None:
    owner = fresh_api.visitor()
    epoch = fresh_api.services.gallery.page().epoch
    poster = fresh_api.made(owner, **told(owner), visibility=visibility)
    assert found_in(everything_told(fresh_api, poster, epoch)), "it is found as long as it is there"
    take_down(fresh_api, owner, poster["id"])
    owner.delete(f"{V1}/themes/{poster['theme']}")
    assert found_in(everything_told(fresh_api, poster, epoch)) == []


def test_the_job_says_that_it_is_gone_and_offers_nothing(api: Api, ann: Visitor, ben: Visitor) -> None:
    poster = api.made(ann, **TOLD)
    ann.delete(f"{V1}/posters/{poster['id']}")
    for visitor in (ann, ben):
        job = visitor.get(f"{V1}/jobs/{poster['job_id']}").get_json()
        JobOut.model_validate(job)
        assert (job["status"], job["result"], job["city"], job["theme"]) == ("completed", None, "", "")
        page = visitor.get(f"/generate/{poster['job_id']}")
        assert page.status_code == 200
        assert "This poster was taken down" in page.text
    assert ann.get(f"/create?job={poster['job_id']}").status_code == 404
    assert ann.post(f"{V1}/jobs/{poster['job_id']}/retry").status_code == 404


def test_earlier_tries_at_the_same_poster_forget_it_too(api: Api, ann: Visitor, ben: Visitor) -> None:
    wish = TOLD | {"distance": 801}
    api.renderer.troubles = [NoStreets("There are no streets in Łódź Secret.")]
    failed = ann.submit(**wish)["job_id"]
    api.wait(failed)
    assert "Łódź Secret" in ben.get(f"{V1}/jobs/{failed}").get_json()["city"]
    poster = api.made(ann, **wish)
    ann.delete(f"{V1}/posters/{poster['id']}")
    job = ben.get(f"{V1}/jobs/{failed}").get_json()
    JobOut.model_validate(job)
    assert found_in(json.dumps(job, ensure_ascii=False)) == []
    assert job["retry_allowed"] is False
    assert ann.post(f"{V1}/jobs/{failed}/retry").status_code == 404
    assert ann.post(f"{V1}/posters/{poster['id']}/restore").status_code == 200
    back = ben.get(f"{V1}/jobs/{failed}").get_json()
    assert (back["city"], back["error_message"]) == ("Łódź Secret", "There are no streets in Łódź Secret.")


def test_second_thoughts_bring_everything_back(api: Api, ann: Visitor, ben: Visitor) -> None:
    poster = api.made(ann, **TOLD, theme="noir", distance=802)
    batch = ann.post(f"{V1}/posters/batch", json=batch_of(TOLD) | {"distance": 802}).get_json()
    assert poster["job_id"] in {job["job_id"] for job in batch["jobs"]}
    api.wait(*(job["job_id"] for job in batch["jobs"]))
    job, done = (ben.get(path).get_json() for path in (f"{V1}/jobs/{poster['job_id']}", batch["status_url"]))
    design = api.services.posters.design_of(poster["id"], HOUSE)
    ann.delete(f"{V1}/posters/{poster['id']}")
    again = ann.post(f"{V1}/posters/{poster['id']}/restore").get_json()
    renamed = {key: again[key] for key in ("download_url", "thumbnail_url", "preview_url")}
    assert again == poster | renamed
    assert ben.get(f"{V1}/jobs/{poster['job_id']}").get_json() == job | {"result": job["result"] | renamed}
    after = ben.get(batch["status_url"]).get_json()
    assert after["completed"] == done["completed"] == 2
    assert [one["city"] for one in after["jobs"]] == [one["city"] for one in done["jobs"]]
    assert api.services.posters.design_of(poster["id"], HOUSE) == design
    assert ann.get(f"/create?job={poster['job_id']}").status_code == 200
    assert ben.get(again["download_url"]).status_code == 200


def batch_of(wish: dict) -> dict:
    place = {"city": wish["city"], "country": wish["country"], "latitude": 60.1715, "longitude": 24.9443}
    return EXAMPLE | {"places": [place], "themes": ["noir", "ocean"], "texts": wish["texts"]}


def test_the_archive_of_a_batch_and_its_list_forget_the_poster(api: Api, ann: Visitor, ben: Visitor) -> None:
    batch = ann.post(f"{V1}/posters/batch", json=batch_of(TOLD) | {"distance": 987}).get_json()
    api.wait(*(job["job_id"] for job in batch["jobs"]))
    done = ben.get(batch["status_url"]).get_json()
    first, second = (job["result"] for job in done["jobs"])
    assert len(names_in(ben, done)) == 2
    ann.delete(f"{V1}/posters/{first['poster_id']}")
    answer = ben.get(done["download_url"])
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert names_in(ben, done) == [second["filename"]]
    left = ben.get(batch["status_url"]).get_json()
    BatchOut.model_validate(left)
    assert [job["city"] for job in left["jobs"]] == ["", TOLD["city"]]
    ann.delete(f"{V1}/posters/{second['poster_id']}")
    assert ben.get(done["download_url"]).status_code == 409
    assert found_in(ben.get(batch["status_url"]).text) == []


def names_in(visitor: Visitor, batch: dict) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(visitor.get(batch["download_url"]).data)).namelist()


def test_its_tiles_leave_the_disk_at_once_and_others_stay(api: Api, ann: Visitor) -> None:
    tiles = api.services.config.data_dir / "cache" / "tiles"
    gone, kept = (api.made(ann, distance=distance)["id"] for distance in (711, 712))
    for poster_id in (gone, kept):
        (tiles / poster_id / "9").mkdir(parents=True)
        (tiles / poster_id / "9" / "0_0.jpg").write_bytes(b"tile")
    ann.delete(f"{V1}/posters/{gone}")
    assert not (tiles / gone).exists()
    wait_until(lambda: [path.name for path in tiles.iterdir() if "leaving" in path.name] == [])
    assert (tiles / kept / "9" / "0_0.jpg").exists()


def test_a_poster_whose_time_has_come_leaves_no_file(api: Api, ann: Visitor) -> None:
    poster = api.made(ann, distance=713)
    by_its_time(api, ann, poster["id"])
    assert ann.get(poster["thumbnail_url"]).status_code == 404
    assert not any(poster["id"] in str(path) for path in api.services.config.posters_dir.rglob(SIDECAR))
