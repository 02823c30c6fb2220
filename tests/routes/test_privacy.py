"""Who sees a poster, and who is told what its maker added of their own: its owner, an admin, and strangers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule

from mural.errors import NoStreets
from services.accounts.actors import HOUSE
from tests.support.api import ADMIN_TOKEN, HELSINKI, V1, Api, Visitor, running_api

ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
WALK = {"label": "Way to school", "points": [[60.170111, 24.940222], [60.175, 24.945], [60.180333, 24.950444]]}
DOOR = {"latitude": 60.171555, "longitude": 24.944666, "label": "Our door"}
WORDS = {"title": "Hjem", "subtitle": "", "coordinates": "with Anna", "lines": ["since 1952"], "font": "bitter"}
OWN = {"tracks": [WALK], "markers": [DOOR], "texts": WORDS}
TOLD = ("Way to school", "60.170111", "24.940222", "60.180333", "Our door", "60.171555", "Hjem", "Anna", "since 1952")
"""What only the maker of such a poster is told."""


def told(text: str) -> list[str]:
    return [words for words in TOLD if words in text]


@pytest.fixture
def ann_s(api: Api, ann: Visitor) -> dict[str, Any]:
    """A poster of ann's with a track and a mark, of which she has not said who sees it."""
    return api.made(ann, **OWN, distance=next(DISTANCES))


DISTANCES: Iterator[int] = iter(range(3000, 4000))
"""Every poster of these tests is of another wish."""


# Who finds a poster that is its owner's alone


def bodies(rule: Rule, method: str) -> dict[str, Any]:
    """Fill in what an address wants, so that nothing but the poster's owner can be wrong about it."""
    if method not in {"POST", "PATCH", "PUT"}:
        return {}
    if not rule.rule.startswith("/api/"):
        return {"data": {"visibility": "public"}}
    return {
        "json": {"export_poster": {"format": "pdf"}, "change_poster": {"visibility": "public"}}.get(
            rule.endpoint.rpartition(".")[2], {}
        )
    }


def test_a_private_poster_is_not_there_for_strangers_under_any_address_that_carries_its_id(api: Api) -> None:
    owner, stranger = api.visitor(), api.visitor()
    batch = owner.post(
        f"{V1}/posters/batch",
        json={
            "places": [{key: HELSINKI[key] for key in ("city", "country", "latitude", "longitude")}],
            "themes": ["noir"],
            "distance": next(DISTANCES),
            **OWN,
        },
    ).get_json()
    job_id = batch["jobs"][0]["job_id"]
    api.wait(job_id)
    poster_id = owner.get(f"{V1}/jobs/{job_id}").get_json()["result"]["poster_id"]
    ids = {"poster_id": poster_id, "job_id": job_id, "batch_id": batch["batch_id"], "level": 9, "column": 0, "row": 0}
    asked = 0
    for rule in api.app.url_map.iter_rules():
        if not rule.arguments & {"poster_id", "job_id", "batch_id"}:
            continue
        _, address = rule.build({name: ids[name] for name in rule.arguments}) or ("", "")
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            answer = stranger.open(address, method=method, **bodies(rule, method))
            assert answer.status_code == HTTPStatus.NOT_FOUND, (method, address, answer.text)
            assert not told(answer.text)
            asked += 1
    assert asked >= 20
    for address in (f"/create?like={poster_id}", f"/create?job={job_id}"):
        assert stranger.get(address).status_code == HTTPStatus.NOT_FOUND
    for wish in ({"theme": "ocean"}, {"format": "pdf"}):
        assert stranger.post("/create", data={"like": poster_id} | wish).status_code == HTTPStatus.NOT_FOUND
    assert owner.get(f"{V1}/posters/{poster_id}").get_json()["visibility"] == "private", "nothing was done to it"


def test_a_private_poster_is_there_for_its_owner(api: Api, ann: Visitor, ann_s: dict[str, Any]) -> None:
    assert ann_s["visibility"] == "private"
    addresses = [ann_s[name] for name in ("url", "download_url", "thumbnail_url", "preview_url")]
    addresses += [f"{V1}/jobs/{ann_s['job_id']}", f"/generate/{ann_s['job_id']}", f"{V1}/posters/{ann_s['id']}/tiles"]
    for address in addresses:
        assert ann.get(address).status_code == HTTPStatus.OK, address
    for name in ("download_url", "thumbnail_url", "preview_url"):
        assert "private" in ann.get(ann_s[name]).headers["Cache-Control"]
        assert "public" not in ann.get(ann_s[name]).headers["Cache-Control"]
    assert ann_s["id"] in ann.get("/gallery").text
    assert "Only me" in ann.get("/gallery").text
    assert set(told(ann.get(f"/create?like={ann_s['id']}").text)) == set(TOLD)
    exported = ann.post(f"{V1}/posters/{ann_s['id']}/export", json={"format": "pdf"}).get_json()
    api.wait(exported["job_id"])
    pdf = ann.get(f"{V1}/jobs/{exported['job_id']}").get_json()["result"]["poster_id"]
    assert ann.get(f"{V1}/posters/{pdf}").get_json()["visibility"] == "private"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_guesses_the_validator_of_a_private_file_learns_no_more(
    ann: Visitor, ben: Visitor, ann_s: dict[str, Any], method: str
) -> None:
    for name in ("download_url", "thumbnail_url", "preview_url"):
        etag = ann.get(ann_s[name]).headers["ETag"]
        for header in ({"If-None-Match": etag}, {"If-Match": '"another"'}, {"Range": "bytes=0-0"}):
            answer = ben.open(ann_s[name], method=method, headers=header)
            assert answer.status_code == HTTPStatus.NOT_FOUND, header
            assert "ETag" not in answer.headers


def test_an_admin_may_take_a_private_poster_down_and_is_not_told_where_its_maker_lives(
    api: Api, ann_s: dict[str, Any]
) -> None:
    admin = api.visitor()
    address = f"{V1}/posters/{ann_s['id']}"
    assert admin.get(address, headers=ADMIN).status_code == HTTPStatus.OK
    assert admin.get(ann_s["download_url"], headers=ADMIN).status_code == HTTPStatus.OK
    assert not told(admin.get(f"/create?like={ann_s['id']}", headers=ADMIN).text)
    assert not told(admin.get(f"/create?job={ann_s['job_id']}", headers=ADMIN).text)
    hung = admin.patch(address, json={"visibility": "public"}, headers=ADMIN)
    assert hung.status_code == HTTPStatus.FORBIDDEN
    assert admin.delete(address, headers=ADMIN).status_code == HTTPStatus.NO_CONTENT


def test_an_admin_is_offered_no_file_of_a_private_poster_that_would_be_refused(api: Api, ann: Visitor) -> None:
    poster = api.made(ann, visibility="private", distance=next(DISTANCES))
    admin = api.visitor()
    export = admin.post(f"{V1}/posters/{poster['id']}/export", json={"format": "pdf"}, headers=ADMIN)
    assert export.status_code == HTTPStatus.NOT_FOUND
    assert "The same poster as" not in admin.get(poster["url"], headers=ADMIN).text
    assert "The same poster as" in ann.get(poster["url"]).text


def test_a_private_poster_that_was_taken_down_is_nobody_elses_to_hang_back(
    ann: Visitor, ben: Visitor, ann_s: dict[str, Any]
) -> None:
    address = f"{V1}/posters/{ann_s['id']}"
    assert ben.delete(address).status_code == HTTPStatus.NOT_FOUND
    assert ann.delete(address).status_code == HTTPStatus.NO_CONTENT
    assert ben.post(f"{address}/restore").status_code == HTTPStatus.NOT_FOUND
    assert ann.post(f"{address}/restore").get_json()["visibility"] == "private"
    assert ann_s["id"] not in ben.get(f"{V1}/gallery?limit=100").text


def test_a_private_job_that_failed_is_its_owners_alone(api: Api, ann: Visitor, ben: Visitor) -> None:
    api.renderer.troubles = [NoStreets("There are no streets there.")]
    job_id = ann.submit(**OWN, distance=next(DISTANCES))["job_id"]
    api.wait(job_id)
    for method, address in (
        ("GET", f"{V1}/jobs/{job_id}"),
        ("GET", f"/generate/{job_id}"),
        ("GET", f"/create?job={job_id}"),
        ("POST", f"{V1}/jobs/{job_id}/retry"),
        ("POST", f"/generate/{job_id}/retry"),
    ):
        assert ben.open(address, method=method).status_code == HTTPStatus.NOT_FOUND, address
    assert set(told(ann.get(f"/create?job={job_id}").text)) == set(TOLD)
    again = ann.post(f"{V1}/jobs/{job_id}/retry").get_json()["job_id"]
    assert ben.get(f"{V1}/jobs/{again}").status_code == HTTPStatus.NOT_FOUND
    api.wait(again)


# What others build upon


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
def test_a_stranger_who_changes_something_gets_the_place_and_the_look_and_nothing_of_its_maker(
    api: Api, ann: Visitor, ben: Visitor, visibility: str
) -> None:
    look = {"size": "a3", "orientation": "landscape", "rotation": 15, "furniture": {"frame": True}}
    poster = api.made(ann, **OWN, **look, visibility=visibility, theme="ocean", distance=next(DISTANCES))
    page = ben.get(f"/create?like={poster['id']}").text
    assert not told(page)
    for control in (
        'name="city" value="Helsinki"',
        'value="ocean" data-name="Ocean" checked',
        'value="landscape" checked',
        'name="add" value="frame" checked',
        'name="show" value="title" checked',
        'name="show" value="subtitle">',
        '<option value="bitter" selected',
        f'value="{float(poster["distance"])}"',
    ):
        assert control in page, control
    remade = ben.post("/create", data={"like": poster["id"], "theme": "sunset"})
    api.wait(remade.headers["Location"].rpartition("/")[2])
    design = api.renderer.requests[-1].design
    assert (design.theme.id, design.distance_m, design.rotation_deg) == ("sunset", poster["distance"], 15)
    assert (design.tracks, design.markers, design.texts.lines) == ((), (), ())
    assert (design.texts.title, design.texts.subtitle, design.texts.coordinates) == (None, "", None)


def test_no_answer_about_a_poster_on_the_wall_tells_its_tracks(api: Api, ann: Visitor, ben: Visitor) -> None:
    poster = api.made(ann, **OWN, visibility="public", distance=next(DISTANCES))
    for address in (
        poster["url"],
        f"{V1}/posters/{poster['id']}",
        f"{V1}/jobs/{poster['job_id']}",
        f"/generate/{poster['job_id']}",
        f"/create?like={poster['id']}",
        f"{V1}/gallery?limit=100",
        f"{V1}/posters/{poster['id']}/tiles",
        "/",
    ):
        answer = ben.get(address)
        assert answer.status_code == HTTPStatus.OK, address
        assert not told(answer.text), address
    assert not told(str([event.payload for event in api.listener.events]))


def test_a_poster_with_a_track_is_made_as_another_kind_of_file_for_its_maker_only(
    api: Api, ann: Visitor, ben: Visitor
) -> None:
    for more in ({"tracks": [WALK]}, {"markers": [DOOR]}):
        poster = api.made(ann, **more, visibility="public", distance=next(DISTANCES))
        drawn = len(api.renderer.requests)
        refused = ben.post(f"{V1}/posters/{poster['id']}/export", json={"format": "svg"})
        assert (refused.status_code, refused.get_json()["error"]) == (HTTPStatus.FORBIDDEN, "Not allowed")
        assert "for its maker only" in refused.get_json()["message"]
        assert ben.post("/create", data={"like": poster["id"], "format": "svg"}).status_code == HTTPStatus.FORBIDDEN
        assert len(api.renderer.requests) == drawn
        assert "The same poster as" not in ben.get(poster["url"]).text
        assert "The same poster as" in ann.get(poster["url"]).text
    plain = api.made(ann, texts={"title": '"markers":[] "tracks":[]}'}, distance=next(DISTANCES))
    assert ben.post(f"{V1}/posters/{plain['id']}/export", json={"format": "svg"}).status_code == HTTPStatus.ACCEPTED


# Who sees it where nothing is said, and equal wishes


@pytest.mark.parametrize(
    ("wish", "visibility"),
    [
        ({}, "public"),
        ({"texts": {"title": "Hjem"}}, "public"),
        ({"tracks": [WALK]}, "private"),
        ({"markers": [DOOR]}, "private"),
        ({"markers": [DOOR], "visibility": "public"}, "public"),
        ({"tracks": [WALK], "visibility": "unlisted"}, "unlisted"),
        ({"visibility": "private"}, "private"),
        ({"tracks": [WALK], "visibility": None}, "private"),
    ],
)
def test_a_poster_with_a_track_or_a_mark_is_private_unless_something_else_was_chosen(
    api: Api, ann: Visitor, ben: Visitor, wish: dict[str, Any], visibility: str
) -> None:
    poster = api.made(ann, **wish, distance=next(DISTANCES))
    assert poster["visibility"] == visibility
    assert (poster["id"] in ben.get(f"{V1}/gallery?limit=100").text) == (visibility == "public")
    assert (ben.get(poster["url"]).status_code == HTTPStatus.OK) == (visibility != "private")


def test_a_visibility_that_is_none_is_refused_by_name(ann: Visitor) -> None:
    refused = ann.post(f"{V1}/posters", json=HELSINKI | {"visibility": "friends"})
    assert (refused.status_code, refused.get_json()["field"]) == (HTTPStatus.BAD_REQUEST, "visibility")
    form = {"full": "1", "place": "Helsinki, Finland", "theme": "noir", "visibility": "friends"}
    assert ann.post("/create", data=form).status_code == HTTPStatus.BAD_REQUEST
    assert ann.get("/create?visibility=friends").status_code == HTTPStatus.BAD_REQUEST


def test_the_form_that_works_without_a_script_chooses_who_sees_a_poster(api: Api, ann: Visitor) -> None:
    assert 'name="visibility" value="public" checked' in ann.get("/create").text
    marked = ann.get("/create?marker=60.17,24.94,pin,Here").text
    assert 'name="visibility" value="private" checked' in marked
    assert "unless you choose otherwise" in marked
    assert 'name="visibility" value="unlisted" checked' in ann.get("/create?unlisted=true").text, "an older address"
    form = {"full": "1", "place": "Helsinki, Finland", "theme": "noir", "layers": "roads", "visibility": "private"}
    form |= {"city": "Helsinki", "country": "Finland", "latitude": "60.1715", "longitude": "24.9443"}
    made = ann.post("/create", data=form | {"distance": str(next(DISTANCES))})
    job_id = made.headers["Location"].rpartition("/")[2]
    api.wait(job_id)
    assert api.services.jobs.get(job_id, HOUSE).visibility == "private"


def test_an_equal_wish_of_somebody_else_neither_gets_a_private_poster_nor_learns_of_it(
    api: Api, ann: Visitor, ben: Visitor
) -> None:
    wish = {"distance": next(DISTANCES), "visibility": "private"}
    with api.holding():
        hers = ann.submit(**wish)
        for visibility in ("private", "unlisted", "public"):
            his = ben.submit(**wish | {"visibility": visibility})
            assert his["job_id"] != hers["job_id"]
        assert ann.submit(**wish)["job_id"] == hers["job_id"]
        listed = ben.get(f"{V1}/gallery").get_json()
        assert hers["job_id"] not in ben.get("/").text
        assert listed["posters"] == [] or hers["job_id"] not in str(listed)
        assert ann.post(f"{V1}/jobs/{hers['job_id']}/cancel").status_code == HTTPStatus.OK, "nobody else waits for it"
    hers_now = api.made(ann, **wish)
    assert "result" in ann.submit(**wish), "she has it already"
    again = api.visitor().submit(**wish)
    assert "result" not in again
    assert hers_now["id"] not in str(again)
    api.wait(again["job_id"])


def test_what_is_being_made_for_one_person_is_not_on_the_wall(fresh_api: Api) -> None:
    owner, stranger = fresh_api.visitor(), fresh_api.visitor()
    with fresh_api.holding():
        hers = owner.submit(tracks=[WALK])["job_id"]
        fresh_api.listener.wait_for("generation:progress")
        assert fresh_api.services.gallery.making() == []
        assert hers not in stranger.get("/").text
    fresh_api.wait(hers)
    for event in fresh_api.listener.events:
        if hers in str(event.payload):
            rooms = {room.partition(":")[0] for room in event.rooms}
            assert rooms == {"job", "session"}, "the watchers of a job are checked when they come"


# Changing who sees it


def test_who_sees_a_poster_can_be_changed_and_the_wall_changes_at_once(fresh_api: Api) -> None:
    ann, ben = fresh_api.visitor(), fresh_api.visitor()
    first, second = (fresh_api.made(ann, theme=theme, **OWN, visibility="public") for theme in ("noir", "ocean"))
    knew = ben.get(f"{V1}/gallery").get_json()
    gallery = fresh_api.services.gallery

    def change(poster: dict[str, Any], visibility: str) -> None:
        answer = ann.patch(f"{V1}/posters/{poster['id']}", json={"visibility": visibility})
        assert (answer.status_code, answer.get_json()["visibility"]) == (HTTPStatus.OK, visibility)

    def wall() -> list[str]:
        return [shown["id"] for shown in ben.get(f"{V1}/gallery").get_json()["posters"]]

    change(first, "private")
    removed = fresh_api.listener.wait_for("gallery:poster_removed")[-1]
    assert removed.payload == {"seq": knew["seq"] + 1, "id": first["id"]}
    assert wall() == [second["id"]]
    assert ben.get(first["url"]).status_code == HTTPStatus.NOT_FOUND
    assert ben.get(f"{V1}/jobs/{first['job_id']}").status_code == HTTPStatus.NOT_FOUND
    replayed = gallery.resume(knew["epoch"], 0)
    assert replayed.outcome == "replay"
    assert "thumbnail_url" not in str([event for event in replayed.events if first["id"] in str(event)])

    change(first, "private")
    assert len(fresh_api.listener.named("gallery:poster_removed")) == 1, "it was so already"
    change(first, "public")
    added = fresh_api.listener.wait_for("gallery:poster_added", 3)[-1]
    assert (added.payload["poster"]["id"], added.payload["poster"]["visibility"]) == (first["id"], "public")
    assert wall() == [first["id"], second["id"]], "it hangs as the newest"
    assert ben.get(f"{V1}/jobs/{first['job_id']}").status_code == HTTPStatus.OK

    change(first, "unlisted")
    assert wall() == [second["id"]]
    assert ben.get(first["url"]).status_code == HTTPStatus.OK


def test_only_its_owner_decides_who_sees_a_poster(api: Api, ann: Visitor, ben: Visitor) -> None:
    poster = api.made(ann, distance=next(DISTANCES))
    address, page = f"{V1}/posters/{poster['id']}", f"/posters/{poster['id']}/visibility"
    assert ben.patch(address, json={"visibility": "private"}).status_code == HTTPStatus.FORBIDDEN
    assert ben.post(page, data={"visibility": "private"}).status_code == HTTPStatus.FORBIDDEN
    assert "Only me" not in ben.get(poster["url"]).text
    assert 'value="public" aria-pressed="true">On the wall' in ann.get(poster["url"]).text
    for body in ({}, {"visibility": "friends"}, {"visibility": None}, {"visibility": "public", "theme": "noir"}):
        assert ann.patch(address, json=body).status_code == HTTPStatus.BAD_REQUEST, body
    assert ann.post(page, data={"visibility": "friends"}).status_code == HTTPStatus.BAD_REQUEST
    assert ann.post(page, data={"visibility": "private"}).status_code == HTTPStatus.SEE_OTHER
    assert ben.get(poster["url"]).status_code == HTTPStatus.NOT_FOUND
    assert ben.patch(address, json={"visibility": "public"}).status_code == HTTPStatus.NOT_FOUND
    assert ann.patch(f"{V1}/posters/{'0' * 32}", json={"visibility": "public"}).status_code == HTTPStatus.NOT_FOUND


def test_a_poster_is_taken_off_the_wall_as_often_as_anybody_likes_and_hung_no_more_often_than_posters_are_made(
    tmp_path: Path, gazetteer: Path
) -> None:
    with running_api(tmp_path, gazetteer, RATE_LIMIT_POSTERS="3 per minute") as api:
        ann = api.visitor()
        poster = api.made(ann, visibility="unlisted")
        address = f"{V1}/posters/{poster['id']}"
        hung = [ann.patch(address, json={"visibility": "public"}).status_code for _ in range(4)]
        assert hung == [HTTPStatus.OK] * 3 + [HTTPStatus.TOO_MANY_REQUESTS]
        for visibility in ("private", "unlisted") * 4:
            assert ann.patch(address, json={"visibility": visibility}).status_code == HTTPStatus.OK


def test_a_preview_never_hangs_on_the_wall_whoever_may_see_it(api: Api, ann: Visitor, ben: Visitor) -> None:
    preview = api.made(ann, preview_mode=True, visibility="private", distance=next(DISTANCES))
    assert ben.get(preview["url"]).status_code == HTTPStatus.NOT_FOUND
    assert ann.patch(f"{V1}/posters/{preview['id']}", json={"visibility": "public"}).status_code == HTTPStatus.OK
    assert preview["id"] not in ben.get(f"{V1}/gallery?limit=100").text
    assert ben.get(preview["url"]).status_code == HTTPStatus.OK


def test_a_batch_leaves_out_what_has_become_somebody_elses_alone(api: Api, ann: Visitor, ben: Visitor) -> None:
    place = {key: HELSINKI[key] for key in ("city", "country", "latitude", "longitude")}
    distance = next(DISTANCES)
    hers = api.made(ann, theme="noir", distance=distance)
    wish = {"places": [place], "themes": ["noir", "ocean"], "distance": distance}
    batch = ben.post(f"{V1}/posters/batch", json=wish).get_json()
    api.wait(*(job["job_id"] for job in batch["jobs"]))
    assert ben.get(batch["status_url"]).get_json()["total"] == 2
    ann.patch(f"{V1}/posters/{hers['id']}", json={"visibility": "private"})
    for visitor in (ben, api.visitor()):
        seen = visitor.get(batch["status_url"])
        assert seen.get_json()["total"] == 1
        assert hers["id"] not in seen.text
        assert hers["filename"].encode() not in visitor.get(f"{batch['status_url']}/download").data


# Hidden ends


LONG_WALK = {"label": "Run", "points": [[60.171234 + step * 0.001, 24.944321] for step in range(60)]}


def test_hidden_ends_of_a_track_are_in_no_file_no_row_no_preview_and_no_log(
    tmp_path: Path, gazetteer: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    home, goal = LONG_WALK["points"][0], LONG_WALK["points"][-1]  # type: ignore[index]  # points are a list
    with running_api(tmp_path, gazetteer) as api:
        ann = api.visitor()
        wish = HELSINKI | {"tracks": [LONG_WALK], "hide_ends_m": 500, "distance": 5000}
        assert ann.post(f"{V1}/preview.png", json=wish).status_code == HTTPStatus.OK
        poster = api.made(ann, tracks=[LONG_WALK], hide_ends_m=500, distance=5000)
        (track,) = api.renderer.requests[-1].design.tracks
        page = ann.get(f"/create?like={poster['id']}").text
    assert track.label == "Run"
    nearest_m = min(abs(north - end[0]) * 111_320 for north, _ in track.points for end in (home, goal))
    assert nearest_m >= 500
    ends = [str(end[0]).encode() for end in (home, goal)]
    kept = [file for file in tmp_path.rglob("*") if file.is_file() and not file.is_symlink()]
    assert any(b'"Run"' in file.read_bytes() for file in kept), "the rest of it is kept"
    for file in kept:
        if file.resolve().is_relative_to(tmp_path):
            assert not any(end in file.read_bytes() for end in ends), file
    assert not any(end.decode() in caplog.text + page for end in ends)


@pytest.mark.parametrize(
    ("hide_ends_m", "sentence"), [(-1, "must be"), (5001, "must be"), ("far", "must be"), (3000, "nothing left")]
)
def test_ends_that_cannot_be_hidden_say_why(ann: Visitor, hide_ends_m: Any, sentence: str) -> None:
    refused = ann.post(f"{V1}/posters", json=HELSINKI | {"tracks": [WALK], "hide_ends_m": hide_ends_m})
    assert (refused.status_code, refused.get_json()["field"]) == (HTTPStatus.BAD_REQUEST, "hide_ends_m")
    assert sentence in refused.get_json()["message"]
