"""Pages, writes and sockets behind the proxies that people use: whatever they send, our own pages are ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.api import HELSINKI, V1, Api, running_api
from tests.support.library_client import Client, ask, connect, hang_up
from tests.support.places import place_index
from tests.support.server import QuickServer

OURS = "https://mural.example"

BEHIND = {
    "Traefik's socket": {"Proto": "wss", "Host": "mural.example", "Port": "443"},
    "capitals": {"Proto": "HTTPS", "Host": "Mural.Example"},
    "the usual port": {"Proto": "https", "Host": "mural.example:443"},
    "two that send one value": {"Proto": "https", "Host": "mural.example", "For": "192.0.2.1, 10.0.0.2"},
    "two that send two": {"Proto": "https, http", "Host": "mural.example, inner.lan", "For": "192.0.2.1, 10.0.0.2"},
    "the port of one further inside": {"Proto": "https", "Host": "mural.example", "Port": "80"},
}


def forwarded(told: dict[str, str]) -> dict[str, str]:
    return {f"X-Forwarded-{name}": value for name, value in ({"For": "192.0.2.1, 10.0.0.2"} | told).items()}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running_api(tmp_path_factory.mktemp("proxied"), place_index(), TRUSTED_PROXIES="2") as running:
        yield running


@pytest.mark.parametrize("told", BEHIND.values(), ids=BEHIND.keys())
def test_our_own_pages_write_and_their_cookies_are_secure(api: Api, told: dict[str, str]) -> None:
    for origin, allowed in ((OURS, True), ("https://evil.example", False), ("http://mural.example", False)):
        headers = forwarded(told) | {"Origin": origin}
        answer = api.visitor().post(f"{V1}/posters", json=HELSINKI, headers=headers)
        assert (answer.status_code != 403) is allowed, (origin, answer.text)
        polled = api.visitor().get("/socket.io/?EIO=4&transport=polling", headers=headers)
        assert (polled.status_code == 200) is allowed, origin
    cookie = api.visitor().get(f"{V1}/posters", headers=forwarded(told)).headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert "Secure" in cookie.split("; ")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickServer]:
    running = QuickServer(tmp_path_factory.mktemp("proxied") / "data", TRUSTED_PROXIES="2")
    yield running
    running.stop()


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.parametrize("told", BEHIND.values(), ids=BEHIND.keys())
def test_a_real_client_connects_with_our_own_origin(server: QuickServer, told: dict[str, str], transport: str) -> None:
    client = Client()
    # Over a websocket the library's own Origin would come beside one among the headers.
    client.eio.websocket_extra_options["origin"] = OURS
    headers = forwarded(told) | ({"Origin": OURS} if transport == "polling" else {})
    try:
        connect(client, server.base_url, headers=headers, transports=[transport])
        assert ask(client, "gallery:join", {})["ok"]
    finally:
        hang_up(client)


def test_a_port_that_is_told_apart_belongs_to_the_origin(api: Api) -> None:
    headers = forwarded({"Proto": "https", "Host": "mural.example", "Port": "8443"})
    for origin, allowed in ((f"{OURS}:8443", True), (OURS, False)):
        answer = api.visitor().get("/socket.io/?EIO=4&transport=polling", headers=headers | {"Origin": origin})
        assert (answer.status_code == 200) is allowed, origin


def test_pages_of_the_public_address_are_ours_where_a_proxy_tells_nothing(tmp_path: Path) -> None:
    with running_api(tmp_path, place_index(), PUBLIC_URL=OURS) as quiet:
        ours, evil = {"Origin": OURS}, {"Origin": "https://evil.example"}
        assert quiet.visitor().post(f"{V1}/posters", json=HELSINKI, headers=ours).status_code == 202
        assert quiet.visitor().post(f"{V1}/posters", json=HELSINKI, headers=evil).status_code == 403
        socket = "/socket.io/?EIO=4&transport=polling"
        assert quiet.visitor().get(socket, headers=ours).status_code == 200
        assert quiet.visitor().get(socket, headers=evil).status_code != 200
        cross = ours | {"Sec-Fetch-Site": "cross-site"}
        assert quiet.visitor().post(f"{V1}/posters", json=HELSINKI, headers=cross).status_code == 403


def test_a_site_that_is_let_in_may_be_written_in_any_form(tmp_path: Path) -> None:
    with running_api(tmp_path, place_index(), CORS_ORIGINS="https://Friend.example:443") as open_to_one:
        headers = {"Origin": "https://friend.example"}
        answer = open_to_one.visitor().get(f"{V1}/gallery", headers=headers)
        assert answer.headers["Access-Control-Allow-Origin"] == "https://friend.example"
        assert open_to_one.visitor().post(f"{V1}/posters", json=HELSINKI, headers=headers).status_code == 202


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("mural.example", 200),
        ("MURAL.example:8000", 200),
        ("posters.club.example", 200),
        ("pinned.example:8000", 200),
        ("public.example", 200),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
        ("pinned.example", 421),
        ("club.example", 421),
        ("evil.example", 421),
        ("mural.example.evil", 421),
        ("192.0.2.1", 421),
        ("", 421),
    ],
)
def test_only_the_names_the_host_has_given_are_answered(names: Api, host: str, status: int) -> None:
    for path in ("/", f"{V1}/gallery", "/socket.io/?EIO=4&transport=polling"):
        answer = names.visitor().get(path, headers={"Host": host})
        assert answer.status_code == status, path
        assert "evil" not in answer.text


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    hosts = "Mural.example, *.club.example, pinned.example:8000"
    settings = {"ALLOWED_HOSTS": hosts, "PUBLIC_URL": "https://public.example"}
    with running_api(tmp_path_factory.mktemp("names"), place_index(), **settings) as running:
        yield running


def test_a_name_told_by_a_proxy_is_looked_at_too(tmp_path: Path) -> None:
    settings = {"ALLOWED_HOSTS": "mural.example", "TRUSTED_PROXIES": "1"}
    with running_api(tmp_path, place_index(), **settings) as running:
        for host, status in (("mural.example", 200), ("evil.example", 421)):
            headers = {"Host": "mural.example", "X-Forwarded-Host": host}
            assert running.visitor().get("/", headers=headers).status_code == status


def test_status_says_how_the_site_is_reached(names: Api, api: Api) -> None:
    page = names.visitor().get("/status", headers={"Host": "mural.example"}).text
    assert "<dt>Address</dt><dd>https://public.example</dd>" in page
    assert "<dt>Host names</dt><dd>those in ALLOWED_HOSTS</dd>" in page
    page = api.visitor().get("/status").text
    assert "<dt>Host names</dt><dd>any</dd>" in page


def test_a_refused_name_leaves_the_connection_in_order(tmp_path: Path) -> None:
    server = QuickServer(tmp_path / "data", ALLOWED_HOSTS="mural.example")
    try:
        with requests.Session() as session:
            refused = session.post(f"{server.api}/posters", json=HELSINKI, headers={"Host": "evil.example"}, timeout=30)
            assert refused.status_code == 421
            assert session.get(f"{server.api}/health", timeout=30).status_code == 200
    finally:
        server.stop()
