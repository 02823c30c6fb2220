"""The pages as plain HTML: what they answer, and what they never do."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
import requests

from mural.errors import NoStreets
from routes.posters import fields
from tests.support.api import Api, Visitor, running_api
from tests.support.server import Server

NOT_FOUND = ("/posters/nothing", "/generate/nothing", "/create?like=nothing", "/nowhere")


@pytest.mark.parametrize(
    "path", ["/", "/create", "/gallery", "/themes", "/themes/new", "/about", "/status", "/offline", "/?kiosk=1"]
)
def test_a_page_is_there_for_a_stranger(server: Server, path: str) -> None:
    answer = requests.get(server.base_url + path, timeout=30)
    assert answer.status_code == 200
    assert "<h1" in answer.text


def test_every_plain_value_of_a_wish_has_a_control_on_the_workbench(server: Server) -> None:
    page = requests.get(server.base_url + "/create", timeout=30).text
    controls = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', page))
    assert controls >= fields.NAMES


@pytest.mark.parametrize("path", NOT_FOUND)
def test_a_page_that_is_not_there_says_so_in_its_own_words(server: Server, path: str) -> None:
    answer = requests.get(server.base_url + path, timeout=30)
    assert answer.status_code == 404
    assert "Nothing hangs here" in answer.text


@pytest.mark.parametrize(
    "query", ["", "before=", "page=&sort=", "distance=&dpi=&theme=", "city=%3Cb%3E", "utm_source=x&a[]=1"]
)
@pytest.mark.parametrize("path", ["/", "/create", "/gallery", "/themes/new"])
def test_an_address_with_more_or_less_behind_it_is_no_fault(server: Server, path: str, query: str) -> None:
    answer = requests.get(f"{server.base_url}{path}?{query}", timeout=30)
    assert answer.status_code == 200
    assert "<b>" not in answer.text


@pytest.mark.parametrize(
    ("address", "language", "sentence"),
    [
        ("/?before=x", "en", "“before” must be a whole number."),
        ("/?before=-1", "es", "«before»"),
        ("/?before=9999999999999999999999999", "de", "„before“"),
        ("/?kiosk=maybe", "en", "“kiosk” must be true or false."),
        ("/gallery?page=9999999999999999999999999", "en", "“page” must be 1000000 or less."),
        ("/gallery?page=0", "en", "“page” must be 1 or more."),
        ("/gallery?sort=owner", "en", "“sort” must be created_at, city, or theme."),
        ("/gallery?first_day=2026-02-30", "en", "“first_day” must be a day such as 2026-01-31."),
        ("/themes/new?start=%00", "en", "“start” must hold something to read and no control characters."),
        ("/create?rotation=inf", "en", "“rotation” must be a finite number."),
        ("/create?rotation=361", "en", "“rotation” must be 360 or less."),
        ("/create?dpi=x", "en", "“dpi” must be a whole number."),
        ("/create?size=8furlongs", "en", "“size” must be 11x14in, "),
        ("/create?marker=95,0,pin,", "en", "“marker.0.latitude” must be 85 or less."),
        ("/create?hide=ghosts", "en", "“hide” must be any of "),
    ],
)
def test_an_address_that_holds_what_is_not_allowed_is_told_which_field_it_is(
    ann: Visitor, address: str, language: str, sentence: str
) -> None:
    answer = ann.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 400
    assert sentence in html.unescape(answer.text)


def test_a_link_that_is_wrong_somewhere_opens_the_workbench_with_what_is_right(ann: Visitor) -> None:
    page = ann.get("/create?city=Oslo&country=Norway&title=Hjem&rotation=inf&distance=far&theme=long_gone&dpi=150").text
    assert 'value="Oslo, Norway"' in page
    assert 'value="Hjem"' in page
    assert 'name="rotation" min="0" max="355" step="5" value="0"' in page
    assert '<option value="150" selected>' in page
    assert re.search(r'value="noir"[^>]* checked', page)


@pytest.mark.parametrize(
    ("field", "value"), [("distance", "far"), ("rotation", "inf"), ("dpi", "1e400"), ("marker", "x"), ("hide", "x")]
)
def test_a_form_that_holds_what_is_not_allowed_makes_no_other_poster_instead(
    ann: Visitor, field: str, value: str
) -> None:
    form = {"full": "1", "place": "Helsinki, Finland", "theme": "noir", "layers": "roads", field: value}
    answer = ann.post("/create", data=form)
    assert answer.status_code == 400
    assert f"“{field}" in html.unescape(answer.text)


@pytest.mark.parametrize(("path", "field"), [("/appearance", "appearance"), ("/language", "language")])
@pytest.mark.parametrize("value", ["", "tlh", "%00"])
def test_what_is_not_offered_is_not_remembered(ann: Visitor, path: str, field: str, value: str) -> None:
    answer = ann.post(path, data={field: value, "back": "/about"})
    assert answer.status_code == 400
    assert f"“{field}” " in html.unescape(answer.text)
    assert ann.get_cookie(field) is None


@pytest.mark.parametrize(("host", "told"), [("mural.example:8000", True), ("localhost:8000", False)])
def test_the_kiosk_tells_where_to_make_one_if_others_understand_the_address(
    server: Server, host: str, told: bool
) -> None:
    page = requests.get(f"{server.base_url}/?kiosk=1", headers={"Host": host}, timeout=30).text
    assert (f"Make yours at \u2066{host}\u2069" in page) is told
    assert "Make yours" not in requests.get(server.base_url, headers={"Host": host}, timeout=30).text


def test_a_link_to_a_poster_brings_its_picture(server: Server) -> None:
    result = server.wait_for(server.submit(city="<b>Böle & co</b>")["job_id"], "completed")["result"]
    page = requests.get(f"{server.base_url}/posters/{result['poster_id']}", timeout=30).text
    assert f'property="og:image" content="{result["preview_url"]}"' in page
    assert 'property="og:title" content="&lt;b&gt;Böle &amp; co&lt;/b&gt;, Finland"' in page
    assert "<b>Böle" not in page
    assert "OpenStreetMap contributors" in page


@pytest.mark.parametrize("prefix", ["", "/mural"])
def test_links_for_others_begin_with_the_address_that_the_host_has_given(
    tmp_path: Path, gazetteer: Path, prefix: str
) -> None:
    settings = {"PUBLIC_URL": "https://posters.example", "URL_PREFIX": prefix}
    with running_api(tmp_path, gazetteer, **settings) as running:
        poster = running.made(running.visitor())
        as_asked = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        page = running.visitor().get(poster["url"], headers=as_asked).text
        for link in (
            f'property="og:url" content="https://posters.example{poster["url"]}"',
            f'property="og:image" content="https://posters.example{poster["preview_url"]}"',
            f'data-share="https://posters.example{poster["url"]}"',
        ):
            assert link in page
        assert poster["url"].startswith(f"{prefix}/posters/")
        assert "evil" not in page
        kiosk = running.visitor().get(f"{prefix}/?kiosk=1", headers=as_asked).text
        assert f"Make yours at \u2066posters.example{prefix}\u2069" in kiosk
        assert "evil" not in kiosk


def test_a_poster_is_had_in_another_format_by_one_button_and_hangs_once(server: Server) -> None:
    poster_id = server.wait_for(server.submit(city="One of a kind")["job_id"], "completed")["result"]["poster_id"]
    visitor = requests.Session()
    button = {"like": poster_id, "format": "pdf"}
    made = visitor.post(f"{server.base_url}/create", data=button, timeout=30)
    assert "/generate/" in made.url
    result = server.wait_for(made.url.rpartition("/")[2], "completed")["result"]
    assert result["filename"].endswith(".pdf")
    again = visitor.post(f"{server.base_url}/create", data=button, timeout=30)
    assert again.url == f"{server.base_url}/posters/{result['poster_id']}"
    wall = requests.get(f"{server.api}/gallery", {"city": "One of a kind"}, timeout=30).json()["posters"]
    assert [poster["id"] for poster in wall] == [poster_id]
    refused = visitor.post(f"{server.base_url}/create", data=button | {"format": "gif"}, timeout=30)
    assert refused.status_code == 400
    assert "Posters are not made as that." in refused.text


def test_a_form_that_is_wrong_comes_back_with_a_sentence(server: Server) -> None:
    form = {"full": "1", "place": "Helsinki, Finland", "theme": "no such theme"}
    answer = requests.post(f"{server.base_url}/create", data=form, timeout=30)
    assert answer.status_code == 404
    assert "no such theme" in answer.text
    assert 'value="Helsinki, Finland"' in answer.text


def test_the_form_leads_to_the_job(server: Server) -> None:
    form = {"place": "Helsinki, Finland", "theme": "noir"}
    answer = requests.post(f"{server.base_url}/create", data=form, timeout=30, allow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/generate/")


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", ""])
def test_choosing_an_appearance_leads_nobody_elsewhere(server: Server, back: str) -> None:
    form = {"appearance": "coffee", "back": back}
    answer = requests.post(f"{server.base_url}/appearance", data=form, timeout=30, allow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["Location"] in {"/", "/elsewhere.example"}
    assert answer.cookies["appearance"] == "coffee"


def test_an_unknown_appearance_follows_the_system(server: Server) -> None:
    form = {"appearance": '"><script>', "back": "/about"}
    answer = requests.post(f"{server.base_url}/appearance", data=form, timeout=30)
    assert 'data-appearance="system"' in answer.text


def test_the_colours_of_the_themes_are_fetched_once(server: Server) -> None:
    first = requests.get(f"{server.base_url}/themes.css", timeout=30)
    assert ".theme-noir{" in first.text
    again = requests.get(f"{server.base_url}/themes.css", headers={"If-None-Match": first.headers["ETag"]}, timeout=30)
    assert again.status_code == 304


def test_a_stranger_cannot_stop_or_repeat_a_job(server: Server) -> None:
    owner = requests.Session()
    owner.get(server.base_url, timeout=30)
    job_id = server.submit(owner, city="Null Island", country="Nowhere", latitude=0, longitude=0)["job_id"]
    server.wait_for(job_id, "failed")
    assert requests.post(f"{server.base_url}/generate/{job_id}/retry", timeout=30).status_code == 403
    again = owner.post(f"{server.base_url}/generate/{job_id}/retry", timeout=30, allow_redirects=False)
    assert again.status_code in {303, 409}


def test_the_manifest_names_the_start(server: Server) -> None:
    assert requests.get(f"{server.base_url}/manifest.webmanifest", timeout=30).json()["start_url"] == "/"


@pytest.fixture
def failed(api: Api, ann: Visitor) -> str:
    """A job of ann's that did not work out, with wishes that are not the usual ones."""
    api.renderer.troubles = [NoStreets("There are no streets there.")]
    texts = {"title": "Hjem", "subtitle": "", "lines": ["since 1952"]}
    marks = [{"latitude": 60.17, "longitude": 24.94, "label": "Here", "shape": "heart"}]
    track = {"label": "Walk", "points": [[60.17, 24.94], [60.18, 24.95]]}
    wishes = {"theme": "ocean", "size": "a3", "orientation": "landscape", "texts": texts, "markers": marks}
    job_id: str = ann.submit(**wishes, tracks=[track], visibility="unlisted", layers={"rail": False})["job_id"]
    api.wait(job_id)
    return job_id


def test_a_job_that_did_not_work_out_leads_to_its_whole_design(ann: Visitor, failed: str) -> None:
    page = ann.get(f"/generate/{failed}").text
    assert "Change something" in page
    assert f'href="/create?job={failed}"' in page
    form = ann.get(f"/create?job={failed}").text
    for control in (
        'name="city" value="Helsinki"',
        'value="ocean" data-name="Ocean" checked',
        'value="landscape" checked',
        'name="title" value="Hjem"',
        "since 1952</textarea>",
        'name="marker" value="60.17000,24.94000,heart,Here"',
        "[[60.17,24.94],[60.18,24.95]]",
        'name="visibility" value="unlisted" checked',
    ):
        assert control in form.replace("&#34;", '"'), control
    assert re.search(r'<option value="a3"[^>]* selected', form)
    assert 'value="rail">' in form


def test_a_job_of_somebody_else_shows_no_more_than_how_it_stands(ben: Visitor, failed: str) -> None:
    page = ben.get(f"/generate/{failed}").text
    assert "This one did not work out" in page
    assert not re.search("Change something|Try again", page)
    assert ben.get(f"/create?job={failed}").status_code == 403


def test_a_poster_off_the_wall_stays_off_it_when_something_is_changed(api: Api, ann: Visitor) -> None:
    poster_id = api.made(ann, visibility="unlisted", rotation=11)["id"]
    assert 'name="visibility" value="unlisted" checked' in ann.get(f"/create?like={poster_id}").text


def test_ones_own_posters_are_found_by_place_theme_and_day(api: Api) -> None:
    owner = api.visitor()
    made = api.made(owner, theme="sunset", rotation=13)
    day = made["created_at"][:10]
    for query, found in (
        ("", True),
        ("city=helsinki&theme=sunset", True),
        (f"first_day={day}&last_day={day}", True),
        ("last_day=1999-12-31", False),
        ("first_day=9999-12-31", False),
    ):
        page = owner.get(f"/gallery?{query}").text
        assert (made["id"] in page) == found, query
        assert ("None of your posters is like that" in page) != found
    assert f'name="last_day" type="date" value="{day}"' in owner.get(f"/gallery?last_day={day}").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"distance": "5"}, "„distance“ muss mindestens 500 sein."),
        ({"orientation": "sideways"}, "„orientation“ muss portrait oder landscape sein."),
        ({"title": "x" * 201}, "„texts.title“ darf höchstens 200 Zeichen haben."),
        ({"size": "a0", "dpi": "600"}, "Das Papier ist zu groß"),
        ({"size": "a99"}, "„size“ muss 11x14in,"),
    ],
)
def test_what_is_wrong_with_a_field_is_said_in_the_language_of_the_page(
    ann: Visitor, change: dict[str, str], sentence: str
) -> None:
    form = {"full": "1", "show": "title", "place": "Helsinki, Finland", "theme": "noir"} | change
    answer = ann.post("/create", data=form, headers={"Accept-Language": "de"})
    assert answer.status_code == 400
    assert sentence in answer.text
