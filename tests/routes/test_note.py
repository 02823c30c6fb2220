"""A note: what a poster's maker says of it, for whoever sees the poster."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from infra.db.models import PosterRow
from mural.errors import NoStreets
from mural.fingerprint import design_from_json, design_to_json
from mural.poster import Remarks
from mural.wording import poster_texts
from services.accounts.actors import HOUSE
from services.themes.files import ThemeFiles
from services.upkeep.backup import write_backup
from services.upkeep.reindex import reindex
from services.upkeep.restore import restore
from tests.support.api import HELSINKI, V1, Api, Visitor
from tests.support.designs import design
from tests.support.installation import Installation

NOTE = "Where we met, <b>in the rain</b>"
DISTANCES: Iterator[int] = iter(range(5000, 6000))
"""Every poster of these tests is of another wish."""


@pytest.fixture
def noted(api: Api, ann: Visitor) -> dict[str, Any]:
    """A poster of ann's on the wall, with a note."""
    return api.made(ann, note=NOTE, distance=next(DISTANCES))


def note_of(api: Api, visitor: Visitor, submission: dict[str, Any]) -> str | None:
    """Wait for a poster, and tell what is said of it."""
    api.wait(submission["job_id"])
    job = visitor.get(f"{V1}/jobs/{submission['job_id']}").get_json()
    note: str | None = visitor.get(f"{V1}/posters/{job['result']['poster_id']}").get_json().get("note")
    return note


def test_whoever_sees_the_poster_reads_its_note_as_plain_words(ben: Visitor, noted: dict[str, Any]) -> None:
    assert noted["note"] == NOTE
    assert ben.get(f"{V1}/posters/{noted['id']}").get_json()["note"] == NOTE
    page = ben.get(noted["url"]).text
    assert html.escape(NOTE) in page
    assert NOTE not in page


def test_its_maker_finds_it_among_the_facts_of_their_posters(ann: Visitor, noted: dict[str, Any]) -> None:
    [listed] = ann.get(f"{V1}/posters").get_json()["posters"]
    assert listed["note"] == NOTE


def test_the_wall_and_its_news_do_not_tell_it(api: Api, ben: Visitor, noted: dict[str, Any]) -> None:
    [card] = [card for card in ben.get(f"{V1}/gallery?limit=100").get_json()["posters"] if card["id"] == noted["id"]]
    assert "note" not in card
    assert "in the rain" not in ben.get("/").text
    assert all("in the rain" not in json.dumps(event.payload) for event in api.listener.events)


def test_nobody_reads_the_note_of_a_poster_that_is_its_owners_alone(api: Api, ann: Visitor, ben: Visitor) -> None:
    private = api.made(ann, note=NOTE, visibility="private", distance=next(DISTANCES))
    assert ann.get(private["url"]).status_code == HTTPStatus.OK
    assert ben.get(private["url"]).status_code == HTTPStatus.NOT_FOUND
    assert "note" not in ben.get(f"{V1}/posters/{private['id']}").get_json()


def test_a_poster_of_which_nothing_is_said_has_no_note(api: Api, ann: Visitor) -> None:
    assert "note" not in api.made(ann, distance=next(DISTANCES))
    assert "note" not in api.made(ann, note="  \n ", distance=next(DISTANCES))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\r\n\r\n  two ", "one two"),
        ("Zu\u0308rich", "Zürich"),
        ("a\u202eb", "ab"),
        ("م" * 300, "م" * 300),
    ],
    ids=["lines", "composed letters", "what turns the writing around it", "as long as it may be"],
)
def test_a_note_is_one_line_of_plain_words(api: Api, ann: Visitor, typed: str, kept: str) -> None:
    assert api.made(ann, note=typed, distance=next(DISTANCES))["note"] == kept


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("x" * 301, "“note” may have 300 characters at most."),
        ("a\x00b", "“note” may hold no control characters."),
        (5, "“note” must be text."),
        (None, "“note” must be text."),
    ],
)
def test_what_is_no_note_is_refused_by_name(ann: Visitor, note: object, sentence: str) -> None:
    answer = ann.post(f"{V1}/posters", json=HELSINKI | {"note": note})
    assert (answer.status_code, answer.get_json()["field"]) == (HTTPStatus.BAD_REQUEST, "note")
    assert answer.get_json()["message"] == sentence


def test_the_form_of_the_page_brings_it_and_keeps_one_that_is_too_long_to_be_shortened(api: Api, ann: Visitor) -> None:
    form = {name: str(value) for name, value in HELSINKI.items()} | {"full": "1", "place": "Helsinki, Finland"}
    sent = ann.post("/create", data=form | {"note": "By the\r\nsea", "distance": str(next(DISTANCES))})
    assert note_of(api, ann, {"job_id": sent.headers["Location"].rpartition("/")[2]}) == "By the sea"
    refused = ann.post("/create", data=form | {"note": "long " * 100})
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert "long long long" in refused.text
    assert "By the sea" in ann.get("/create", query_string=form | {"note": "By the sea"}).text


def test_its_owner_who_changes_something_or_makes_it_anew_has_the_note_again(
    api: Api, ann: Visitor, noted: dict[str, Any]
) -> None:
    assert html.escape(NOTE) in ann.get(f"/create?like={noted['id']}").text
    again = ann.post("/create", data={"like": noted["id"], "theme": "ocean"}).headers["Location"]
    assert note_of(api, ann, {"job_id": again.rpartition("/")[2]}) == NOTE
    exported = ann.post(f"{V1}/posters/{noted['id']}/export", json={"format": "webp"}).get_json()
    assert note_of(api, ann, exported) == NOTE


def test_nobody_else_who_builds_upon_the_poster_is_given_the_note(
    api: Api, ben: Visitor, noted: dict[str, Any]
) -> None:
    assert "in the rain" not in ben.get(f"/create?like={noted['id']}").text
    again = ben.post("/create", data={"like": noted["id"], "theme": "ocean"}).headers["Location"]
    assert note_of(api, ben, {"job_id": again.rpartition("/")[2]}) is None
    exported = ben.post(f"{V1}/posters/{noted['id']}/export", json={"format": "pdf"}).get_json()
    assert note_of(api, ben, exported) is None


def test_a_job_that_is_run_again_still_has_it(api: Api, ann: Visitor) -> None:
    api.renderer.troubles.append(NoStreets("None here."))
    failed = ann.submit(note=NOTE, distance=next(DISTANCES))["job_id"]
    api.wait(failed)
    assert html.escape(NOTE) in ann.get(f"/create?job={failed}").text
    assert note_of(api, ann, ann.post(f"{V1}/jobs/{failed}/retry").get_json()) == NOTE


def test_equal_pictures_of_which_other_things_are_said_are_other_posters(api: Api, ann: Visitor, ben: Visitor) -> None:
    distance = next(DISTANCES)
    first = api.made(ann, note=NOTE, distance=distance)
    assert ben.submit(note=NOTE, distance=distance)["result"]["poster_id"] == first["id"]
    assert "result" not in ben.submit(note="Mine", distance=distance)
    assert "result" not in ben.submit(distance=distance)


def test_it_is_neither_printed_nor_drawn(ann: Visitor) -> None:
    said = replace(design(), remarks=Remarks(note=NOTE))
    assert poster_texts(said) == poster_texts(design())
    live = [ann.post(f"{V1}/preview.png", json=HELSINKI | note) for note in ({}, {"note": NOTE})]
    assert live[0].headers["ETag"] == live[1].headers["ETag"]


def test_designs_from_before_there_were_notes_are_read_and_written_as_they_were() -> None:
    assert "remarks" not in design_to_json(design())
    assert design_from_json(design_to_json(design())).remarks == Remarks()
    said = replace(design(), remarks=Remarks(note=NOTE))
    assert design_from_json(design_to_json(said)) == said


def without_remarks(sidecar: bytes) -> bytes:
    """Write a sidecar as it was before there were notes."""
    facts = json.loads(sidecar)
    del facts["design"]["remarks"]
    return json.dumps(facts).encode()


def test_backups_and_sidecars_keep_it_and_older_sidecars_have_none(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    noted = installation.made(remarks=Remarks(note=NOTE))
    write_backup(installation.data_paths, tmp_path / "backup.tar")
    installation.studio.services.posters.delete(noted, HOUSE)
    installation.stop()
    restore(installation.data_paths, tmp_path / "backup.tar")
    installation.start()
    services = installation.studio.services
    assert services.posters.get(noted, HOUSE).remarks == {"note": NOTE}
    services.files.rewrite(installation.first, without_remarks(services.files.sidecar(installation.first)))
    with services.database.write() as session:
        session.execute(delete(PosterRow))
    assert reindex(services.database, services.files, ThemeFiles(installation.config.own_themes_dir)).broken == {}
    notes = [services.posters.get(poster, HOUSE).remarks for poster in (noted, installation.first)]
    assert notes == [{"note": NOTE}, {"note": ""}]
    installation.stop()
