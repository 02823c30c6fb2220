"""Who a visitor is, whatever other sites' pages and the machine's clock do: asked as browsers and programs ask."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from werkzeug.test import TestResponse

from routes.web.identity import COOKIE, HOST_COOKIE, PATH_COOKIE
from tests.support.api import HELSINKI, V1, Api, Visitor, running_api

POSTERS = f"{V1}/posters"
OWN = "http://localhost"
EVIL = "https://evil.example"
FRIEND = "https://friend.example"
DAY_S = 24 * 3600

FOREIGN = [
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": f"{OWN}:9000", "Sec-Fetch-Site": "same-site"},
    {"Origin": f"{OWN}:9000"},
    {"Origin": f"{OWN}.evil.example"},
    {"Origin": "https://localhost"},
    {"Origin": "file://"},
    {"Origin": "null", "Sec-Fetch-Site": "none"},
]
"""What a stranger's page makes a browser send."""

OURS = [
    {},  # a program
    {"Origin": OWN},
    {"Origin": OWN, "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": "null", "Sec-Fetch-Site": "same-origin"},  # a browser that hides the origin from everybody
    {"Origin": OWN, "Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
]

WRITES = [("POST", POSTERS), ("DELETE", f"{POSTERS}/{'0' * 32}"), ("PUT", f"{V1}/themes/x"), ("PATCH", POSTERS)]
FORMS = [
    "/create",
    "/appearance",
    "/language",
    f"/posters/{'0' * 32}/delete",
    f"/posters/{'0' * 32}/restore",
    f"/generate/{'0' * 32}/cancel",
    f"/generate/{'0' * 32}/retry",
]
LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.fixture
def behind_tls(tmp_path: Path, gazetteer: Path) -> Iterator[Api]:
    """An installation behind a proxy that speaks https to the world."""
    with running_api(tmp_path, gazetteer, TRUSTED_PROXIES="1") as running:
        yield running


def known(visitor: Visitor) -> str:
    """Let a visitor get a cookie, and give its line."""
    line: str = visitor.get(POSTERS).headers["Set-Cookie"]
    return line


def who(api: Api, answer: TestResponse) -> str:
    """Tell whom the cookie of an answer names."""
    value = answer.headers["Set-Cookie"].split("=", 1)[1].split(";")[0]
    return str(URLSafeTimedSerializer(api.app.config["SECRET_KEY"], salt="visitor").loads(value))


def signed(api: Api, user_id: str, age_s: float) -> str:
    """Sign a cookie as the server did so many seconds ago, or will."""

    class Then(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(time.time() - age_s)

    return URLSafeTimedSerializer(api.app.config["SECRET_KEY"], salt="visitor", signer=Then).dumps(user_id)


def jarless(api: Api) -> FlaskClient:
    """Let somebody come who sends the cookies of the test, and keeps none."""
    return api.app.test_client(use_cookies=False)


def posters_of(api: Api, cookie: str, **headers: str) -> TestResponse:
    """Ask for one's own posters with a cookie from somewhere else."""
    return jarless(api).get(POSTERS, headers={"Cookie": cookie} | headers)


# Other sites


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("has_cookie", [True, False])
def test_a_strangers_page_writes_nothing_with_or_without_the_cookie(
    ann: Visitor, headers: dict[str, str], *, has_cookie: bool
) -> None:
    if has_cookie:
        known(ann)
    for method, path in WRITES:
        answer = ann.open(path, method=method, json={}, headers=headers)
        assert answer.status_code == 403, (method, answer.text)
        assert "Set-Cookie" not in answer.headers
    for path in FORMS:
        answer = ann.post(path, data={"appearance": "dark", "language": "de", "place": "Helsinki"}, headers=headers)
        assert answer.status_code == 403, path
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("headers", OURS)
@pytest.mark.parametrize("has_cookie", [True, False])
def test_our_own_pages_and_programs_write(ann: Visitor, headers: dict[str, str], *, has_cookie: bool) -> None:
    if has_cookie:
        known(ann)
    for method, path in WRITES:
        assert ann.open(path, method=method, json={}, headers=headers).status_code != 403
    assert ann.post("/appearance", data={"appearance": "dark"}, headers=headers).status_code == 303
    made = ann.post(POSTERS, json=HELSINKI, headers=headers)
    assert made.status_code in {200, 202}
    assert ("Set-Cookie" in made.headers) is (not has_cookie)


def test_a_strangers_form_leaves_a_visitor_with_their_posters(api: Api, ann: Visitor) -> None:
    poster = api.made(ann, texts={"title": "Kept from strangers"})
    bare = api.visitor()  # the browser sends no Lax cookie with it
    form = bare.post("/create", data={"place": "Helsinki"}, headers={"Origin": EVIL, "Sec-Fetch-Site": "cross-site"})
    for line in form.headers.getlist("Set-Cookie"):
        name, value = line.split(";")[0].split("=", 1)
        ann.set_cookie(name, value)
    assert [mine["id"] for mine in ann.get(POSTERS).get_json()["posters"]] == [poster["id"]]


@pytest.mark.parametrize("path", ["/", "/create", "/gallery", "/themes.css", POSTERS, f"{V1}/themes"])
@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"} | LINK, True),
        ({"Sec-Fetch-Site": "cross-site"} | LINK, True),
        ({"Sec-Fetch-Site": "same-site"} | LINK, True),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "style"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, False),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"}, False),
        ({"Origin": EVIL}, False),
        ({"Origin": "null"}, False),
    ],
)
def test_what_a_strangers_page_loads_makes_nobody_new_but_a_link_does(
    ann: Visitor, path: str, headers: dict[str, str], *, named: bool
) -> None:
    answer = ann.get(path, headers=headers)
    assert answer.status_code == 200
    assert ("Set-Cookie" in answer.headers) is named


def test_a_strangers_page_does_not_renew_a_cookie(api: Api) -> None:
    old = f"{COOKIE}={signed(api, str(uuid4()), 40 * DAY_S)}"
    assert "Set-Cookie" in posters_of(api, old).headers
    assert "Set-Cookie" not in posters_of(api, old, **{"Sec-Fetch-Site": "cross-site"}).headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/generate/nothing", 404),
        ("GET", "/posters/nothing", 404),
        ("POST", POSTERS, 400),
        ("DELETE", f"{POSTERS}/{'0' * 32}", 404),
        ("POST", "/create", 400),
    ],
)
def test_no_refusal_names_a_visitor(ann: Visitor, method: str, path: str, status: int) -> None:
    body = {"json": {}} if path.startswith("/api/") and method == "POST" else {}
    answer = ann.open(path, method=method, **body)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (status, False)


@pytest.mark.parametrize("has_cookie", [True, False])
def test_a_page_of_a_site_that_the_host_allows_may_write(tmp_path: Path, gazetteer: Path, *, has_cookie: bool) -> None:
    with running_api(tmp_path, gazetteer, CORS_ORIGINS=FRIEND) as open_to_one:
        ann = open_to_one.visitor()
        if has_cookie:
            known(ann)
        friend = {"Origin": FRIEND, "Sec-Fetch-Site": "cross-site"}
        answer = ann.post(POSTERS, json=HELSINKI, headers=friend)
        assert answer.status_code == 202
        assert answer.headers["Access-Control-Allow-Origin"] == FRIEND
        assert "Set-Cookie" not in answer.headers
        asked = ann.options(POSTERS, headers=friend | {"Access-Control-Request-Method": "POST"})
        assert (asked.status_code, asked.headers["Access-Control-Allow-Headers"]) == (
            200,
            "Content-Type, Authorization",
        )
        assert "POST" in asked.headers["Access-Control-Allow-Methods"]
        stranger = ann.get(POSTERS, headers={"Origin": EVIL})
        assert "Access-Control-Allow-Origin" not in stranger.headers
        assert ann.post(POSTERS, json=HELSINKI, headers={"Origin": EVIL}).status_code == 403


def test_where_all_sites_may_write_they_do_so_as_nobody_in_particular(tmp_path: Path, gazetteer: Path) -> None:
    with running_api(tmp_path, gazetteer, CORS_ORIGINS="*") as open_to_all:
        ann, bare = open_to_all.visitor(), open_to_all.visitor()
        known(ann)
        evil = {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}
        answer = bare.post(POSTERS, json=HELSINKI, headers=evil)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (202, False)
        assert ann.post(POSTERS, json=HELSINKI, headers=evil).status_code == 403
        assert bare.post("/appearance", data={"appearance": "dark"}, headers=evil).status_code == 403


@pytest.mark.parametrize(
    ("host", "scheme", "origin", "allowed"),
    [
        ("mural.example", "https", "https://mural.example", True),
        ("mural.example:443", "https", "https://mural.example", True),
        ("mural.example:80", "http", "http://mural.example", True),
        ("mural.example:8443", "https", "https://mural.example:8443", True),
        ("mural_box:8000", "http", "http://mural_box:8000", True),
        ("[::1]:8000", "http", "http://[::1]:8000", True),
        ("mural.example", "https", "http://mural.example", False),
        ("mural.example:8443", "https", "https://mural.example", False),
        ("mural.example", "https", "https://www.mural.example", False),
    ],
)
def test_behind_a_proxy_our_origin_is_the_one_that_people_see(
    behind_tls: Api, host: str, scheme: str, origin: str, *, allowed: bool
) -> None:
    headers = {"X-Forwarded-Proto": scheme, "X-Forwarded-Host": host, "X-Forwarded-For": "192.0.2.1", "Origin": origin}
    answer = behind_tls.visitor().post(POSTERS, json=HELSINKI, headers=headers)
    assert (answer.status_code != 403) is allowed


# The visitor's cookie


def test_the_cookie_is_kept_from_scripts_and_other_sites_for_a_year(ann: Visitor) -> None:
    line = known(ann)
    assert line.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={365 * DAY_S}"} <= set(line.split("; "))
    assert "Secure" not in line
    assert "Set-Cookie" not in ann.get(POSTERS).headers  # a young one is left alone


def test_the_host_says_for_how_long_a_visitor_is_known(tmp_path: Path, gazetteer: Path) -> None:
    with running_api(tmp_path, gazetteer, VISITOR_DAYS="1") as brief:
        ann = brief.visitor()
        assert f"Max-Age={DAY_S}" in known(ann)
        assert "for 1 day after" in ann.get("/gallery").text
        half_a_day = f"{COOKIE}={signed(brief, str(uuid4()), DAY_S / 2)}"
        assert "Set-Cookie" in posters_of(brief, half_a_day).headers, "in time to live on"


def test_the_pages_say_for_how_long_a_visitor_is_known(ann: Visitor) -> None:
    for path in ("/gallery", "/about"):
        assert "365 days after" in ann.get(path).text


@pytest.mark.parametrize("age_s", [-400 * DAY_S, -3600, -5, 0, 3600])
def test_a_cookie_of_a_clock_that_was_set_back_is_good(api: Api, age_s: float) -> None:
    user_id = str(uuid4())
    answer = posters_of(api, f"{COOKIE}={signed(api, user_id, age_s)}")
    renewed = "Set-Cookie" in answer.headers
    assert renewed is (abs(age_s) > DAY_S)
    assert not renewed or who(api, answer) == user_id


@pytest.mark.parametrize("age_s", [DAY_S + 60, 40 * DAY_S, 364 * DAY_S, 3 * 365 * DAY_S])
def test_a_good_signature_is_never_replaced_only_renewed(api: Api, age_s: float) -> None:
    user_id = str(uuid4())
    answer = posters_of(api, f"{COOKIE}={signed(api, user_id, age_s)}")
    assert who(api, answer) == user_id
    assert answer.cache_control.private


def test_who_comes_back_after_a_month_finds_their_posters(api: Api, ann: Visitor) -> None:
    poster = api.made(ann, texts={"title": "Kept for a month"})
    cookie = ann.get_cookie(COOKIE)
    assert cookie is not None
    user_id = URLSafeTimedSerializer(api.app.config["SECRET_KEY"], salt="visitor").loads(cookie.value)
    later = posters_of(api, f"{COOKIE}={signed(api, user_id, 30 * DAY_S)}")
    assert [mine["id"] for mine in later.get_json()["posters"]] == [poster["id"]]


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "é", "IjEyMyI.Zm9v.YmFy", "x" * 5000])
def test_a_forged_cookie_makes_a_new_visitor(api: Api, forged: str) -> None:
    answer = posters_of(api, f"{COOKIE}={forged}")
    assert (answer.status_code, answer.get_json()["pagination"]["total"]) == (200, 0)
    assert "Set-Cookie" in answer.headers


def test_of_two_cookies_of_one_name_the_good_one_counts(api: Api) -> None:
    good = f"{COOKIE}={signed(api, str(uuid4()), 60)}"
    for line in (f"{COOKIE}=of.another.mural; {good}", f"{good}; {COOKIE}=of.another.mural"):
        assert "Set-Cookie" not in posters_of(api, line).headers


def test_reading_what_is_everybodys_sets_no_cookie(api: Api) -> None:
    old = {"Cookie": f"{COOKIE}={signed(api, str(uuid4()), 40 * DAY_S)}"}
    for path in ("/gallery", "/health", "/stats", "/geocode/suggest?q=Hel", "/openapi.json"):
        assert "Set-Cookie" not in jarless(api).get(V1 + path, headers=old).headers, path


@pytest.mark.parametrize(
    ("scheme", "prefix", "name", "path"),
    [
        ("http", "", COOKIE, "/"),
        ("http", "/maps/mural", COOKIE, "/maps/mural"),
        ("https", "", HOST_COOKIE, "/"),
        ("https", "/maps/mural", PATH_COOKIE, "/maps/mural"),
    ],
)
def test_the_cookie_has_the_safest_name_that_the_address_allows(
    tmp_path: Path, gazetteer: Path, scheme: str, prefix: str, name: str, path: str
) -> None:
    with running_api(tmp_path, gazetteer, TRUSTED_PROXIES="1", URL_PREFIX=prefix) as running:
        proxied = {"X-Forwarded-Proto": scheme, "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": "mural.example"}
        line = running.visitor().get(prefix + POSTERS, headers=proxied).headers["Set-Cookie"]
        assert line.startswith(f"{name}=")
        parts = set(line.split("; "))
        assert f"Path={path}" in parts
        assert ("Secure" in parts) is (scheme == "https")
        assert "Domain" not in line
        user_id = str(uuid4())
        fresh = signed(running, user_id, 60)
        ask = jarless(running).get
        again = ask(prefix + POSTERS, headers=proxied | {"Cookie": f"{name}={fresh}"})
        assert "Set-Cookie" not in again.headers
        if name != COOKIE:
            moved = ask(prefix + POSTERS, headers=proxied | {"Cookie": f"{COOKIE}={fresh}"})
            assert moved.headers["Set-Cookie"].startswith(f"{name}=")
            assert who(running, moved) == user_id
            both = f"{COOKIE}={signed(running, str(uuid4()), 60)}; {name}={fresh}"
            assert "Set-Cookie" not in ask(prefix + POSTERS, headers=proxied | {"Cookie": both}).headers
        look = ask(f"{prefix}/about", headers=proxied | {"Origin": EVIL})
        assert "Set-Cookie" not in look.headers


def test_a_choice_of_appearance_is_secure_behind_tls(behind_tls: Api) -> None:
    for path, form in (("/appearance", {"appearance": "dark"}), ("/language", {"language": "de"})):
        for scheme in ("http", "https"):
            headers = {"X-Forwarded-Proto": scheme}
            line = behind_tls.visitor().post(path, data=form, headers=headers).headers["Set-Cookie"]
            assert ("Secure" in line) is (scheme == "https")
