"""Every view and every command against whoever may come: rows from the program, answers kept by hand."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pytest
from flask import Flask
from flask_socketio import SocketIO, SocketIOTestClient
from werkzeug.routing import Rule

from infra.delivery.fanout import NAMESPACE
from mural.errors import NotAllowed
from routes.permissions import COMMANDS, ENDPOINTS
from routes.themes.rest import EXAMPLE
from routes.web.guard import init_guard, require_named
from services.accounts.actors import HOUSE, Actor
from services.accounts.permissions import Permission, Role
from tests.support.api import ADMIN_TOKEN, HELSINKI, V1, Api, Visitor, running_api

ADMIN: Final = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
OWN_METHODS: Final = frozenset({"OPTIONS", "HEAD"})
NO_COMMANDS: Final = frozenset({"*", "disconnect"})
"""What is heard of a socket without anything being asked: a name that is none, and that it is gone."""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, gazetteer: Path) -> Iterator[Api]:
    with running_api(tmp_path_factory.mktemp("api"), gazetteer, METRICS="true") as running:
        yield running


def endpoints(api: Api) -> set[str]:
    return {rule.endpoint for rule in api.app.url_map.iter_rules()}


def commands(api: Api) -> set[str]:
    handlers = api.app.extensions["socketio"].server.handlers
    assert handlers.keys() == {NAMESPACE}
    return set(handlers[NAMESPACE]) - NO_COMMANDS


# Each has a row


def test_every_view_names_what_one_needs_for_it_and_every_name_is_of_a_view(api: Api) -> None:
    assert endpoints(api) == ENDPOINTS.keys()


def test_every_command_names_what_one_needs_for_it_and_every_name_is_of_a_command(api: Api) -> None:
    assert commands(api) == COMMANDS.keys()


def test_one_view_does_one_thing(api: Api) -> None:
    for rule in api.app.url_map.iter_rules():
        assert len((rule.methods or set()) - OWN_METHODS) == 1, f"{rule} needs one permission for each method"


def test_a_view_that_names_nothing_is_refused_to_everybody(api: Api) -> None:
    shown = api.app.view_functions
    app = Flask("tests")
    app.extensions = api.app.extensions
    app.config.update(SECRET_KEY=api.app.config["SECRET_KEY"])
    app.add_url_rule("/new", "new", lambda: "done")
    app.add_url_rule("/about", "about_pages.about", lambda: "done")
    init_guard(app, ENDPOINTS)
    app.register_error_handler(NotAllowed, lambda error: (error.message, HTTPStatus.FORBIDDEN))
    asking = app.test_client()
    assert "new" not in shown
    for headers in ({}, ADMIN):
        assert asking.get("/new", headers=headers).status_code == HTTPStatus.FORBIDDEN
        assert asking.get("/about", headers=headers).text == "done"
        assert asking.get("/nowhere", headers=headers).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("actor", [Actor("ann"), Actor("root", Role.ADMIN), HOUSE])
def test_a_name_without_a_row_is_refused_to_everybody(actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        require_named(COMMANDS, "gallery:burn", actor)
    require_named(COMMANDS, "gallery:join", actor)


def test_a_role_that_lacks_a_permission_is_refused_the_views_and_commands_that_need_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.accounts import actors  # noqa: PLC0415  # the table of this test alone

    less = {needed: reach for needed, reach in actors.GRANTS[Role.VISITOR].items() if needed.name != "BOARD_PAINT"}
    monkeypatch.setattr(actors, "GRANTS", MappingProxyType({**actors.GRANTS, Role.VISITOR: less}))
    wish = {"x": 1, "y": 1, "color": 1}
    refused = api.visitor().post(f"{V1}/canvas/pixels", json=wish)
    assert (refused.status_code, refused.get_json()["error"]) == (HTTPStatus.FORBIDDEN, "Not allowed")
    assert "Set-Cookie" not in refused.headers
    assert api.visitor().get(f"{V1}/canvas").status_code == HTTPStatus.OK
    with pytest.raises(NotAllowed):
        require_named(COMMANDS, "canvas:place", Actor("ann"))


def test_asking_who_may_gives_nobody_a_cookie(api: Api) -> None:
    for address in ("/about", "/static/css/web/base.css", "/themes/noir.css", f"{V1}/gallery", f"{V1}/health"):
        before = api.visitor().get(address)
        assert ("Set-Cookie" in before.headers) == (address == "/about"), address


# What each is answered, kept by hand

ASKED: Final = ("owner", "stranger", "admin", "nobody")
"""Nobody: a program that keeps no cookie."""

ANYBODY: Final = "200 200 200 200"
VIEWS: Final = {
    # The site
    "static": ANYBODY,
    "assets.other_static": ANYBODY,
    "openapi.spec": ANYBODY,
    "docs.docs": ANYBODY,
    "about_pages.about": ANYBODY,
    "site.set_appearance": "303 303 303 303",
    "site.set_language": "303 303 303 303",
    "site.manifest": ANYBODY,
    "site.service_worker": ANYBODY,
    "site.offline": ANYBODY,
    # How it is doing; ready it is not, for the render processes of this test were not started
    "health.health": ANYBODY,
    "health.ready": "503 503 503 503",
    "health.stats": ANYBODY,
    "status_pages.status": ANYBODY,
    "metrics.metrics": ANYBODY,
    # The wall
    "wall_pages.wall": ANYBODY,
    "gallery.get_gallery": ANYBODY,
    # What needs no poster
    "poster_pages.create": ANYBODY,
    "previews.live_preview": ANYBODY,
    "previews.draw_now": ANYBODY,
    "poster_pages.create_poster": "400 400 400 400",
    "posters.create_poster": "400 400 400 400",
    "posters.create_preview": "400 400 400 400",
    "batches.create_batch": "400 400 400 400",
    "poster_pages.mine": ANYBODY,
    "posters.list_own_posters": ANYBODY,
    # A poster that is its owner's alone. An admin sees it and takes it down, and neither shows nor exports it.
    "poster_pages.poster": "200 404 200 404",
    "posters.get_poster": "200 404 200 404",
    "posters.download_poster": "200 404 200 404",
    "posters.get_thumbnail": "200 404 200 404",
    "posters.get_preview": "200 404 200 404",
    "tiles.describe_tiles": "200 404 200 404",
    "tiles.get_tile": "404 404 404 404",
    "posters.export_poster": "202 404 404 404",
    "poster_pages.change_visibility": "303 404 403 404",
    "posters.change_poster": "200 404 403 404",
    "poster_pages.ask_to_delete": "200 404 200 404",
    "poster_pages.delete_poster": "303 404 303 404",
    "posters.delete_poster": "204 404 204 404",
    "poster_pages.restore_poster": "303 404 303 404",
    "posters.restore_poster": "200 404 200 404",
    # Its job, which has ended, and its batch
    "poster_pages.generate": "200 404 200 404",
    "jobs.get_job": "200 404 200 404",
    "poster_pages.cancel_job": "409 404 409 404",
    "jobs.cancel_job": "409 404 409 404",
    "poster_pages.retry_job": "409 404 409 404",
    "jobs.retry_job": "409 404 409 404",
    "batches.get_batch": "200 404 200 404",
    "batches.download_batch": "200 404 200 404",
    # A theme of the owner's, which everybody sees who knows its name
    "theme_pages.themes": ANYBODY,
    "themes.list_themes": ANYBODY,
    "themes.get_theme": ANYBODY,
    "previews.theme_preview": ANYBODY,
    "stylesheets.theme_colours": ANYBODY,
    "stylesheets.colours_of": ANYBODY,
    "theme_pages.new_theme": ANYBODY,
    "themes.create_theme": "201 201 201 201",
    "themes.check_theme": ANYBODY,
    "themes.replace_theme": "200 403 200 403",
    "themes.delete_theme": "204 403 204 403",
    # Places
    "geocode.geocode": ANYBODY,
    "geocode.suggest": ANYBODY,
    "geocode.reverse": ANYBODY,
    "geocode.geocode_batch": ANYBODY,
    # The board
    "board_pages.canvas": ANYBODY,
    "canvas.get_canvas": ANYBODY,
    "canvas.get_board": ANYBODY,
    "canvas.get_history": ANYBODY,
    "canvas.get_seasons": ANYBODY,
    "canvas.get_board_picture": ANYBODY,
    "canvas.get_heatmap": ANYBODY,
    "canvas.get_timelapse": "400 400 400 400",
    "canvas.get_pixel": ANYBODY,
    "canvas.get_stats": ANYBODY,
    "canvas.place_pixel": "400 400 400 400",
    "place_pixel.place_pixel": "400 400 400 400",
}

PLACE: Final = {key: HELSINKI[key] for key in ("city", "country", "latitude", "longitude")}

SENT: Final[dict[str, dict[str, Any]]] = {
    "site.set_appearance": {"data": {"appearance": "dark"}},
    "site.set_language": {"data": {"language": "de"}},
    "previews.live_preview": {"query_string": HELSINKI},
    "previews.draw_now": {"json": HELSINKI},
    "posters.export_poster": {"json": {"format": "pdf"}},
    "posters.change_poster": {"json": {"visibility": "private"}},
    "poster_pages.change_visibility": {"data": {"visibility": "private"}},
    "themes.create_theme": {"json": EXAMPLE},
    "themes.check_theme": {"json": EXAMPLE},
    "themes.replace_theme": {"json": EXAMPLE},
    "geocode.geocode": {"query_string": {"city": "Helsinki", "country": "Finland"}},
    "geocode.suggest": {"query_string": {"q": "Hel"}},
    "geocode.reverse": {"query_string": {"lat": 60.17, "lon": 24.94}},
    "geocode.geocode_batch": {"json": {"locations": [{"city": "Helsinki", "country": "Finland"}]}},
    "canvas.get_pixel": {"query_string": {"x": 1, "y": 1}},
    "canvas.get_history": {"query_string": {"at": "2030-01-01T00:00:00Z"}},
    "canvas.get_timelapse": {"query_string": {"speed": "much"}},
}
"""What a view wants, so that nothing but who asks can be wrong; where it is left out, 400 says that one was let in."""

TAKING_DOWN: Final = frozenset({"poster_pages.delete_poster", "posters.delete_poster", "themes.delete_theme"})
RESTORING: Final = frozenset({"poster_pages.restore_poster", "posters.restore_poster"})


class Things:
    """A poster of the owner's alone with its job and batch, and a theme; made anew where somebody took it away."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.owner = api.visitor()
        self._distance = 20_000
        self.is_gone = False
        self.poster_s()
        self.theme_s()

    def poster_s(self) -> None:
        """Have the owner make another poster."""
        self._distance += 1
        wish = {"places": [PLACE], "themes": ["noir"], "distance": self._distance, "visibility": "private"}
        batch = self.owner.post(f"{V1}/posters/batch", json=wish).get_json()
        self.job_id, self.batch_id = batch["jobs"][0]["job_id"], batch["batch_id"]
        self.api.wait(self.job_id)
        self.poster_id = self.owner.get(f"{V1}/jobs/{self.job_id}").get_json()["result"]["poster_id"]

    def theme_s(self) -> None:
        """Have the owner make another theme."""
        self.theme_id = self.owner.post(f"{V1}/themes", json=EXAMPLE).get_json()["id"]

    def address(self, rule: Rule) -> str:
        """Fill in an address."""
        names = {
            "poster_id": self.poster_id,
            "job_id": self.job_id,
            "batch_id": self.batch_id,
            "theme_id": self.theme_id,
            "filename": "css/web/base.css",
            "name": "css/web/base.css",
            "kind": "gif",
            "level": 99,
            "column": 0,
            "row": 0,
        }
        _, address = rule.build({name: names[name] for name in rule.arguments}) or ("", "")
        return address


@pytest.fixture(scope="module")
def things(api: Api) -> Things:
    return Things(api)


def asked(things: Things, rule: Rule, who: str) -> int:
    """Ask as somebody, and give the status."""
    if rule.endpoint in TAKING_DOWN | RESTORING or things.is_gone:
        things.poster_s()
        things.theme_s()
    things.is_gone = rule.endpoint in TAKING_DOWN | RESTORING
    if rule.endpoint in RESTORING:
        assert things.owner.delete(f"{V1}/posters/{things.poster_id}").status_code == HTTPStatus.NO_CONTENT
    client: Visitor = things.owner if who == "owner" else things.api.visitor()
    if who == "stranger":
        client.get("/about")  # so they have a cookie, as one who came before
    (method,) = (rule.methods or set()) - OWN_METHODS
    body = {} if method == "GET" or not rule.rule.startswith("/api/") else {"json": {}}
    if rule.endpoint in {"jobs.cancel_job", "jobs.retry_job", "posters.restore_poster"} or method == "DELETE":
        body = {}
    sent = SENT.get(rule.endpoint, body)
    return client.open(things.address(rule), method=method, headers=ADMIN if who == "admin" else {}, **sent).status_code


def test_every_view_answers_each_as_it_is_written_here(api: Api, things: Things) -> None:
    wrong, cells = [], 0
    for rule in api.app.url_map.iter_rules():
        for who, expected in zip(ASKED, VIEWS[rule.endpoint].split(), strict=True):
            got = asked(things, rule, who)
            if got != int(expected):
                wrong.append(f"{rule.endpoint} as {who}: {got}, not {expected}")
            cells += 1
    sys.stdout.write(f"{len(VIEWS)} views x {len(ASKED)} = {cells} cells" + "\n")
    assert not wrong, "\n".join(wrong)
    assert VIEWS.keys() == ENDPOINTS.keys()


COMMANDED: Final = {
    "gallery:join": "ok ok ok ok",
    "gallery:leave": "ok ok ok ok",
    "job:subscribe": "ok Job-not-found ok Job-not-found",
    "job:unsubscribe": "ok ok ok ok",
    "canvas:join": "ok ok ok ok",
    "canvas:leave": "ok ok ok ok",
    "canvas:inspect": "ok ok ok ok",
}
"""Of the commands that are answered at once; what places pixels is asked in tests/sockets, over real sockets."""


def connected(api: Api, things: Things, who: str) -> SocketIOTestClient:
    socketio: SocketIO = api.app.extensions["socketio"]
    browser: Visitor = things.owner if who == "owner" else api.visitor()
    if who == "stranger":
        browser.get("/about")
    return socketio.test_client(api.app, flask_test_client=browser, headers=ADMIN if who == "admin" else None)


def test_every_command_answers_each_as_it_is_written_here(api: Api, things: Things) -> None:
    payloads = {"canvas:inspect": {"x": 1, "y": 1}, "canvas:place": {"x": 1, "y": 1, "color": 1}}
    cells = 0
    for index, who in enumerate(ASKED):
        client = connected(api, things, who)
        for name, row in COMMANDED.items():
            payload = payloads.get(name, {"job_id": things.job_id} if name.startswith("job:") else {})
            answer = client.emit(name, payload, callback=True)
            got = "ok" if answer["ok"] else answer["error"].replace(" ", "-")
            assert got == row.split()[index], (name, who, answer)
            cells += 1
        client.disconnect()
    sys.stdout.write(f"{len(COMMANDED)} commands x {len(ASKED)} = {cells} cells" + "\n")
    assert {name for name, needed in COMMANDS.items() if needed is not Permission.BOARD_PAINT} == {
        "connect",
        *COMMANDED,
    }
