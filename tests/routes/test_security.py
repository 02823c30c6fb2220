"""Who may ask how often, from where, and what every answer carries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from routes.web.api import client_address
from tests.support.api import HELSINKI, V1, Api, Visitor, running_api

POSTERS = f"{V1}/posters"


@pytest.fixture
def strict(tmp_path: Path, gazetteer: Path) -> Iterator[Api]:
    """An installation behind one proxy that allows little."""
    limits = {f"RATE_LIMIT_{name}": "2 per minute" for name in ("POSTERS", "PREVIEWS", "GEOCODE")}
    with running_api(tmp_path, gazetteer, TRUSTED_PROXIES="1", **limits) as running:
        yield running


# Rate limits


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/posters", HELSINKI),
        ("POST", "/posters/preview", HELSINKI),
        ("POST", "/posters/batch", {"places": [{"city": "Helsinki", "country": "Finland"}], "themes": ["noir"]}),
        ("POST", f"/jobs/{'0' * 32}/retry", None),
        ("GET", "/geocode?city=Helsinki&country=Finland", None),
        ("POST", "/geocode/batch", {"locations": [{"city": "Helsinki", "country": "Finland"}]}),
        ("GET", "/preview.png?city=A&country=B&latitude=60.17&longitude=24.94&theme=noir", None),
    ],
)
def test_who_asks_too_often_is_told_when_to_come_back(strict: Api, method: str, path: str, body: dict | None) -> None:
    def ask(address: str) -> tuple[int, dict, str | None]:
        answer = strict.visitor().open(V1 + path, method=method, json=body, headers={"X-Forwarded-For": address})
        return answer.status_code, answer.get_json(silent=True) or {}, answer.headers.get("Retry-After")

    assert [ask("192.0.2.1")[0] for _ in range(2)].count(429) == 0
    status, refused, retry_after = ask("192.0.2.1")
    assert (status, refused["error"]) == (429, "Too many requests")
    assert refused["retry_after"] == int(retry_after or 0)
    assert 0 < refused["retry_after"] <= 60
    assert ask("192.0.2.2")[0] != 429


def test_an_address_cannot_be_made_up_in_front_of_the_proxy(strict: Api) -> None:
    statuses = [
        strict.visitor()
        .post(POSTERS, json=HELSINKI, headers={"X-Forwarded-For": f"198.51.100.{number}, 192.0.2.9"})
        .status_code
        for number in range(3)
    ]
    assert statuses[-1] == 429


def test_without_a_proxy_nobody_is_believed(tmp_path: Path, gazetteer: Path) -> None:
    with running_api(tmp_path, gazetteer, RATE_LIMIT_POSTERS="2 per minute") as direct:
        statuses = [
            direct.visitor().post(POSTERS, json=HELSINKI, headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code
            for number in range(3)
        ]
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
    ],
)
def test_addresses_that_belong_together_are_counted_together(api: Api, address: str, counted_as: str) -> None:
    with api.app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert client_address() == counted_as


# Headers


@pytest.mark.parametrize(
    "path",
    ["/", "/api/v1/gallery", "/api/v1/nothing", "/nothing", "/api/v1/openapi.json", "/static/icon.svg", "/api/v1/docs"],
)
def test_every_kind_of_answer_carries_the_security_headers(ann: Visitor, path: str) -> None:
    headers = ann.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "Strict-Transport-Security" not in headers
    assert "Strict-Transport-Security" in ann.get(path, base_url="https://localhost").headers


def test_refusals_carry_the_security_headers_too(ann: Visitor) -> None:
    for answer in (ann.put(POSTERS), ann.post(POSTERS, data="x"), ann.post(POSTERS, json=[])):
        assert answer.status_code >= 400
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


# The prefix


def test_everything_works_under_a_prefix(tmp_path: Path, gazetteer: Path) -> None:
    with running_api(tmp_path, gazetteer, URL_PREFIX="/maps/mural") as running:
        client: FlaskClient = running.app.test_client()
        answer = client.post("/maps/mural/api/v1/posters", json=HELSINKI)
        body = answer.get_json()
        assert body["status_url"] == f"/maps/mural/api/v1/jobs/{body['job_id']}"
        assert "Path=/maps/mural" in answer.headers["Set-Cookie"]
        running.wait(body["job_id"])
        result = client.get(body["status_url"]).get_json()["result"]
        assert client.get(result["download_url"]).status_code == 200
        theme = client.get("/maps/mural/api/v1/themes/noir").get_json()
        assert theme["preview_url"] == "/maps/mural/api/v1/themes/noir/preview.png"
        assert client.get("/maps/mural/api/v1/openapi.json").get_json()["servers"] == [{"url": "/maps/mural"}]
        assert client.get("/maps/mural/api/v1/nothing").get_json()["error"] == "Not Found"
