"""Posters: wished for, shown, listed, sent and taken down."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from routes.posters.schemas.jobs import JobOut, SubmittedOut
from routes.posters.schemas.posters import PosterOut, PostersOut
from tests.support.api import ADMIN_TOKEN, HELSINKI, V1, Api, Visitor

POSTERS = f"{V1}/posters"
ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
NOBODY = "0" * 32


@pytest.fixture(scope="module")
def maker(api: Api) -> Visitor:
    return api.visitor()


@pytest.fixture(scope="module")
def poster(api: Api, maker: Visitor) -> dict:
    """A finished poster of the maker's."""
    return api.made(maker, theme="ocean")


# POST /posters


def test_a_wish_is_answered_with_a_job_to_watch(api: Api, ann: Visitor) -> None:
    answer = ann.post(POSTERS, json=HELSINKI | {"theme": "autumn"})
    assert answer.status_code == 202
    body = answer.get_json()
    SubmittedOut.model_validate(body)
    assert body.keys() == {"job_id", "status", "created_at", "estimated_duration", "status_url"}
    assert body["status"] in {"pending", "processing"}
    assert body["created_at"].endswith("Z")
    assert body["status_url"] == f"{V1}/jobs/{body['job_id']}"
    api.wait(body["job_id"])
    JobOut.model_validate(ann.get(body["status_url"]).get_json())


def test_an_equal_finished_poster_is_given_at_once(api: Api, poster: dict, ben: Visitor) -> None:
    answer = ben.post(POSTERS, json=HELSINKI | {"theme": "ocean"})
    assert answer.status_code == 200
    result = answer.get_json()["result"]
    assert result["poster_id"] == poster["id"]
    assert result.keys() == {
        "poster_id",
        "download_url",
        "thumbnail_url",
        "preview_url",
        "filename",
        "file_size",
        "dimensions",
    }


def test_a_preview_is_a_job_of_its_own_kind_and_does_not_hang_on_the_wall(api: Api, ann: Visitor) -> None:
    for path, more in (("/preview", {}), ("", {"preview_mode": True})):
        answer = ann.post(POSTERS + path, json=HELSINKI | {"theme": "forest", "rotation": 5} | more)
        assert answer.get_json()["job_id"].startswith("preview-")
        api.wait(answer.get_json()["job_id"])
    assert "forest" not in {shown["theme"] for shown in ann.get(f"{V1}/gallery").get_json()["posters"]}


def test_a_theme_that_is_not_there_is_a_404_that_lists_what_is(ann: Visitor) -> None:
    answer = ann.post(POSTERS, json=HELSINKI | {"theme": "no_such"})
    assert (answer.status_code, answer.get_json()["error"]) == (404, "Theme not found")
    assert {"noir", "ocean"} <= set(answer.get_json()["available_themes"])


def test_a_place_without_coordinates_is_looked_up(api: Api, ann: Visitor) -> None:
    wish = {"city": "Helsinki", "country": "Finland", "theme": "noir", "distance": 700}
    submitted = ann.post(POSTERS, json=wish).get_json()
    api.wait(submitted["job_id"])
    design = api.renderer.requests[-1].design
    assert (round(design.place.latitude), round(design.place.longitude)) == (60, 25)


def test_an_ambiguous_place_is_answered_with_candidates(ann: Visitor) -> None:
    wish = {"city": "Springfield", "country": "United States", "theme": "noir"}
    answer = ann.post(POSTERS, json=wish)
    body = answer.get_json()
    assert (answer.status_code, body["error"], body["field"]) == (400, "Validation error", "city")
    assert len(body["candidates"]) > 1
    assert body["candidates"][0].keys() == {"display_name", "latitude", "longitude"}


def test_a_place_that_nobody_knows_is_a_404(ann: Visitor) -> None:
    answer = ann.post(POSTERS, json={"city": "Xyzzyqwv", "country": "Finland", "theme": "noir"})
    assert (answer.status_code, answer.get_json()["error"]) == (404, "Location not found")


def test_everything_that_can_be_wished_for_reaches_the_drawing(api: Api, ann: Visitor) -> None:
    wish = HELSINKI | {
        "size": {"width": 30, "height": 20, "unit": "cm"},
        "orientation": "portrait",
        "dpi": 150,
        "format": "pdf",
        "bleed_mm": 3,
        "crop_marks": True,
        "rotation": 45,
        "layers": {"buildings": False, "rail": True},
        "texts": {"title": "東京", "subtitle": "", "lines": ["one"]},
        "furniture": {"frame": True},
        "tracks": [{"points": [[60.17, 24.94], [60.18, 24.95]], "label": "Walk"}],
        "markers": [{"latitude": 60.17, "longitude": 24.94, "shape": "heart"}],
        "visibility": "unlisted",
    }
    api.wait(ann.post(POSTERS, json=wish).get_json()["job_id"])
    design = api.renderer.requests[-1].design
    assert (design.page.width_mm, design.page.height_mm, design.page.dpi) == (200, 300, 150)
    assert (design.page.bleed_mm, design.page.crop_marks, design.format, design.rotation_deg) == (3, True, "pdf", 45)
    assert "buildings" not in design.layers
    assert "rail" in design.layers
    assert (design.texts.title, design.texts.subtitle, design.texts.lines) == ("東京", "", ("one",))
    assert design.furniture.frame
    assert design.tracks[0].points == ((60.17, 24.94), (60.18, 24.95))
    assert design.markers[0].shape == "heart"


# GET and DELETE /posters


def test_the_list_holds_ones_own_posters_only(api: Api) -> None:
    owner, other = api.visitor(), api.visitor()
    mine = [api.made(owner, theme=theme, rotation=7)["id"] for theme in ("noir", "sunset", "terracotta")]
    body = owner.get(POSTERS).get_json()
    PostersOut.model_validate(body)
    assert [shown["id"] for shown in body["posters"]] == mine[::-1]
    expected = {"page": 1, "per_page": 20, "total": 3, "pages": 1, "has_next": False, "has_prev": False}
    assert body["pagination"] == expected
    by_theme = owner.get(f"{POSTERS}?sort=theme&order=asc&per_page=2&page=2").get_json()
    assert [shown["theme"] for shown in by_theme["posters"]] == ["terracotta"]
    assert (by_theme["pagination"]["has_prev"], by_theme["pagination"]["pages"]) == (True, 2)
    assert owner.get(f"{POSTERS}?theme=sunset").get_json()["pagination"]["total"] == 1
    assert owner.get(f"{POSTERS}?city=helsinki").get_json()["pagination"]["total"] == 3
    assert owner.get(f"{POSTERS}?city=Oslo").get_json()["pagination"]["pages"] == 0
    assert other.get(POSTERS).get_json()["posters"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("per_page=101", "per_page"),
        ("per_page=0", "per_page"),
        ("sort=price", "sort"),
        ("order=up", "order"),
        ("theme=", "theme"),
        ("owner=ann", "owner"),
    ],
)
def test_a_list_that_cannot_be_had_says_why(ann: Visitor, query: str, field: str) -> None:
    answer = ann.get(f"{POSTERS}?{query}")
    assert (answer.status_code, answer.get_json()["field"]) == (400, field)


def test_a_poster_tells_all_its_facts_to_everybody(poster: dict, ben: Visitor) -> None:
    body = ben.get(f"{POSTERS}/{poster['id']}").get_json()
    PosterOut.model_validate(body)
    facts = {"latitude", "longitude", "job_id", "filename", "file_size", "dimensions", "download_url", "created_at"}
    assert facts <= body.keys()
    assert "owner" not in body
    assert body["dimensions"] == {"width": 3600, "height": 4800, "dpi": 300}


def test_a_poster_that_is_not_there_is_a_404(ann: Visitor) -> None:
    for path in ("", "/download", "/thumbnail", "/preview"):
        answer = ann.get(f"{POSTERS}/{NOBODY}{path}")
        assert (answer.status_code, answer.get_json()["error"]) == (404, "Poster not found")
    assert ann.delete(f"{POSTERS}/{NOBODY}").status_code == 404


def test_a_poster_is_taken_down_by_its_owner_or_an_admin_and_nobody_else(api: Api, ben: Visitor) -> None:
    owner = api.visitor()
    first, second = (api.made(owner, theme=theme, rotation=9)["id"] for theme in ("noir", "ocean"))
    refused = ben.delete(f"{POSTERS}/{first}")
    assert (refused.status_code, refused.get_json()["error"]) == (403, "Not allowed")
    assert ben.delete(f"{POSTERS}/{first}", headers={"Authorization": "Bearer wrong"}).status_code == 403
    gone = owner.delete(f"{POSTERS}/{first}")
    assert (gone.status_code, gone.data) == (204, b"")
    assert ben.delete(f"{POSTERS}/{second}", headers=ADMIN).status_code == 204
    for ident in (first, second):
        assert ben.get(f"{POSTERS}/{ident}").status_code == 404
        assert ben.get(f"{POSTERS}/{ident}/download").status_code == 404


# The files


def test_a_download_is_an_attachment_that_caches_keep(poster: dict, ben: Visitor) -> None:
    answer = ben.get(poster["download_url"])
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={poster['filename']}"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, s-maxage=300"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "Set-Cookie" not in answer.headers
    assert int(answer.headers["Content-Length"]) == len(answer.data) == poster["file_size"]


def test_a_download_can_be_asked_for_conditionally_and_in_parts(poster: dict, ben: Visitor) -> None:
    whole = ben.get(poster["download_url"])
    etag = whole.headers["ETag"]
    unchanged = ben.get(poster["download_url"], headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    part = ben.get(poster["download_url"], headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.data) == (206, whole.data[2:6])
    assert part.headers["Content-Range"] == f"bytes 2-5/{len(whole.data)}"
    assert ben.get(poster["download_url"], headers={"Range": "bytes=-3"}).data == whole.data[-3:]
    rest = ben.get(poster["download_url"], headers={"Range": "bytes=4-", "If-Range": etag})
    assert (rest.status_code, rest.data) == (206, whole.data[4:])
    changed = ben.get(poster["download_url"], headers={"Range": "bytes=4-", "If-Range": '"another"'})
    assert (changed.status_code, changed.data) == (200, whole.data)
    beyond = ben.get(poster["download_url"], headers={"Range": "bytes=99999999-"})
    assert (beyond.status_code, beyond.get_json()["error"]) == (416, HTTPStatus(416).phrase)
    assert beyond.headers["Content-Range"] == f"bytes */{len(whole.data)}"
    assert beyond.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "wanted",
    ["bytes=abc", "lines=1-2", "bytes=5-2", "bytes=0-0,2-3", "bytes=", "bytes=-", "5", "bytes=0-" + "9" * 5000],
)
def test_a_part_that_makes_no_sense_or_is_several_is_the_whole(poster: dict, ben: Visitor, wanted: str) -> None:
    answer = ben.get(poster["download_url"], headers={"Range": wanted})
    assert (answer.status_code, len(answer.data)) == (200, poster["file_size"])


def test_another_version_than_the_one_that_is_meant_is_not_sent(poster: dict, ben: Visitor) -> None:
    answer = ben.get(poster["download_url"], headers={"If-Match": '"another"'})
    assert (answer.status_code, answer.get_json()["error"]) == (412, "Precondition Failed")
    etag = ben.head(poster["download_url"]).headers["ETag"]
    assert ben.get(poster["download_url"], headers={"If-Match": etag}).status_code == 200


def test_head_answers_as_get_does_without_the_file(poster: dict, ben: Visitor) -> None:
    whole, head = ben.get(poster["download_url"]), ben.head(poster["download_url"])
    assert (head.status_code, head.data) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag", "Content-Disposition", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]


def test_another_format_than_the_one_it_was_made_in_is_refused(poster: dict, ben: Visitor) -> None:
    assert ben.get(f"{poster['download_url']}&format=png").status_code == 200
    refused = ben.get(f"{poster['download_url']}&format=pdf")
    assert refused.status_code == 409
    said = refused.get_json()
    assert (said["formats"], said["export_url"]) == (["png"], f"{POSTERS}/{poster['id']}/export")
    assert f'POST {{"format": "pdf"}} to {said["export_url"]}' in said["message"]
    assert refused.headers["Cache-Control"] == "private, no-cache"
    assert ben.get(f"{poster['download_url']}&format=gif").status_code == 400
    assert ben.get(f"{poster['download_url']}&page=1").get_json()["field"] == "page"
    assert ben.get(f"{poster['download_url']}?format=pdf").get_json()["field"] == "v"


def test_a_poster_is_had_in_another_format_without_hanging_twice(api: Api, poster: dict, ben: Visitor) -> None:
    export_url = f"{POSTERS}/{poster['id']}/export"
    on_the_wall = ben.get(f"{V1}/gallery").get_json()["posters"]
    asked = ben.post(export_url, json={"format": "pdf"})
    assert asked.status_code == 202
    api.wait(asked.get_json()["job_id"])
    again = ben.post(export_url, json={"format": "pdf"})
    assert again.status_code == 200, "an equal one is there"
    made = ben.get(f"{POSTERS}/{again.get_json()['result']['poster_id']}").get_json()
    assert (made["format"], made["visibility"]) == ("pdf", "unlisted")
    assert (made["theme"], made["city"], made["distance"]) == (poster["theme"], poster["city"], poster["distance"])
    assert ben.get(f"{made['download_url']}?format=pdf").mimetype == "application/pdf"
    assert ben.get(f"{V1}/gallery").get_json()["posters"] == on_the_wall


def test_a_poster_in_its_own_format_is_there_already(poster: dict, ben: Visitor) -> None:
    answer = ben.post(f"{POSTERS}/{poster['id']}/export", json={"format": poster["format"]})
    assert (answer.status_code, answer.get_json()["result"]["poster_id"]) == (200, poster["id"])


@pytest.mark.parametrize(
    ("poster_id", "body", "status"), [(NOBODY, {"format": "pdf"}, 404), (None, {"format": "gif"}, 400), (None, {}, 400)]
)
def test_an_export_that_cannot_be_says_why(
    poster: dict, ben: Visitor, poster_id: str | None, body: dict, status: int
) -> None:
    assert ben.post(f"{POSTERS}/{poster_id or poster['id']}/export", json=body).status_code == status


def test_thumbnails_and_previews_are_shown_in_place_and_kept(poster: dict, ben: Visitor) -> None:
    etags = set()
    for name in ("thumbnail_url", "preview_url"):
        answer = ben.get(poster[name])
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, s-maxage=300"
        assert "attachment" not in answer.headers.get("Content-Disposition", "")
        etags.add(answer.headers["ETag"])
        assert ben.get(poster[name], headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert len(etags) == 2


@pytest.mark.parametrize(("city", "slug"), [("São Tomé", "sao_tome"), ("Москва", "moskva"), ("東京", "poster")])
def test_a_filename_is_plain_whatever_the_script_of_the_place(api: Api, ann: Visitor, city: str, slug: str) -> None:
    made = api.made(ann, city=city)
    assert made["filename"].startswith(f"{slug}_noir_")
    assert ann.get(made["download_url"]).headers["Content-Disposition"].isascii()


def test_a_poster_taken_down_by_mistake_is_hung_back_by_its_owner_only(api: Api) -> None:
    owner, stranger = api.visitor(), api.visitor()
    ident = api.made(owner)["id"]
    before = owner.get(f"{POSTERS}/{ident}").get_json()
    assert stranger.post(f"{POSTERS}/{ident}/restore").status_code == 404  # it hangs
    owner.delete(f"{POSTERS}/{ident}")
    assert owner.get(f"{POSTERS}/{ident}").status_code == 404
    assert owner.get(f"{POSTERS}/{ident}/download").status_code == 404
    assert stranger.post(f"{POSTERS}/{ident}/restore").status_code == 403
    answer = owner.post(f"{POSTERS}/{ident}/restore")
    assert answer.status_code == 200
    again = answer.get_json()
    files = ("download_url", "thumbnail_url", "preview_url")
    assert {key: again[key] for key in again if key not in files} == {
        key: before[key] for key in before if key not in files
    }
    assert all(again[key].partition("?")[0] == before[key].partition("?")[0] for key in files)
    assert owner.get(f"{POSTERS}/{ident}/download").status_code == 200
    assert stranger.get(f"{V1}/gallery").get_json()["posters"][0]["id"] == ident
    assert owner.post(f"{POSTERS}/{ident}/restore").status_code == 404


@pytest.mark.parametrize(("method", "path"), [("put", ""), ("delete", ""), ("post", f"/{NOBODY}/download")])
def test_a_wrong_method_is_refused(ann: Visitor, method: str, path: str) -> None:
    assert getattr(ann, method)(POSTERS + path).status_code == 405
