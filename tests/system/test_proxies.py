"""Behind a real nginx with the example that ships with Mural."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests

from tests.support.library_client import SimpleClient
from tests.support.nginx import nginx
from tests.support.real_parts import ROOT, free_port
from tests.support.server import HELSINKI, Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system


class Proxied:
    """A server and the nginx in front of it."""

    def __init__(self, server: Server, port: int, prefix: str) -> None:
        self.server = server
        self.origin = f"http://127.0.0.1:{port}"
        self.prefix = prefix

    def url(self, path: str) -> str:
        return f"{self.origin}{self.prefix}{path}"


@pytest.fixture(scope="module", params=["", "/mural"], ids=["root", "prefix"])
def proxied(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    folder = tmp_path_factory.mktemp("nginx")
    prefix: str = request.param
    settings = {"TRUSTED_PROXIES": "1", "METRICS": "1", "RATE_LIMIT_GEOCODE": "3 per minute"}
    server = Server(folder / "data", **settings, **({"URL_PREFIX": prefix} if prefix else {}))
    port = free_port()
    example = (ROOT / "deploy" / "nginx.conf").read_text()
    ours = example.replace("listen 80;", f"listen 127.0.0.1:{port};").replace(
        "127.0.0.1:8000", f"127.0.0.1:{server.port}"
    )
    with nginx(folder, port, ours):
        yield Proxied(server, port, prefix)
    server.stop()


def test_pages_and_what_they_load_come_through(proxied: Proxied) -> None:
    page = requests.get(proxied.url("/"), timeout=10)
    assert page.status_code == 200
    sheet = re.search(rf'href="{proxied.prefix}(/static/\w+/css/web/base\.css)"', page.text)
    assert sheet is not None
    assert requests.get(proxied.url(sheet[1]), timeout=10).status_code == 200


def test_a_poster_is_made_and_watched_over_a_websocket(proxied: Proxied) -> None:
    with SimpleClient() as client:
        client.connect(proxied.origin, transports=["websocket"], socketio_path=f"{proxied.prefix}/socket.io")
        job_id = requests.post(proxied.url("/api/v1/posters"), json=HELSINKI, timeout=30).json()["job_id"]
        assert client.call("job:subscribe", {"job_id": job_id})["ok"]
        job = proxied.server.wait_for(job_id, "completed", "failed")
        assert job["status"] == "completed", job
        names = []
        while "generation:completed" not in names:
            names.append(client.receive(timeout=60)[0])
    picture = requests.get(f"{proxied.origin}{job['result']['download_url']}", timeout=60)
    assert picture.headers["Content-Type"] == "image/png"


def test_writes_are_taken_from_our_own_pages_only(proxied: Proxied) -> None:
    def status(origin: str) -> int:
        session = requests.Session()
        session.get(proxied.url("/api/v1/posters"), timeout=10)
        assert session.cookies, "the visitor's cookie"
        answer = session.post(proxied.url("/api/v1/posters"), json=HELSINKI, headers={"Origin": origin}, timeout=30)
        return answer.status_code

    assert status(proxied.origin) in {200, 202}
    assert status("http://elsewhere.example") == 403


def test_a_visitor_cannot_pretend_another_address_or_host(proxied: Proxied) -> None:
    statuses = []
    params = {"city": "Helsinki", "country": "Finland"}
    for number in range(4):
        forged = {"X-Forwarded-For": f"198.51.100.{number}", "X-Forwarded-Prefix": "/evil", "X-Forwarded-Host": "evil"}
        params = {"city": "Helsinki", "country": "Finland"}
        statuses.append(
            requests.get(proxied.url("/api/v1/geocode"), params=params, headers=forged, timeout=10).status_code
        )
    assert statuses == [200, 200, 200, 429]
    page = requests.get(proxied.url("/"), headers=forged, timeout=10)
    assert "evil" not in page.text


def test_figures_stay_inside(proxied: Proxied) -> None:
    assert requests.get(proxied.url("/metrics"), timeout=10).status_code == 403
    assert requests.get(f"{proxied.server.base_url}/metrics", timeout=10).status_code == 200


def test_one_id_names_a_request_in_both_logs(proxied: Proxied) -> None:
    given = requests.get(proxied.url("/api/v1/themes"), timeout=10).headers["X-Request-ID"]
    wait_until(lambda: f"request_id={given}" in proxied.server.log())
