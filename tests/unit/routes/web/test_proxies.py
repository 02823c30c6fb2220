from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import create_environ

from routes.web.proxies import Proxies


def seen(trusted: int, told: dict[str, str], **environ: Any) -> tuple[str, str, str]:
    """Tell whom a request is from, and the scheme and the host it was asked for."""
    found: dict[str, Any] = {}

    def app(environ: dict[str, Any], _start_response: Any) -> list[bytes]:
        found.update(environ)
        return []

    headers = {f"X-Forwarded-{name}": value for name, value in told.items()}
    base = create_environ(base_url="http://inner.example:8000", headers=headers) | {"REMOTE_ADDR": "10.0.0.1"}
    Proxies(app, trusted)(base | environ, lambda *_: None)  # type: ignore[arg-type, return-value]
    return found["REMOTE_ADDR"], found["wsgi.url_scheme"], found["HTTP_HOST"]


@pytest.mark.parametrize(
    ("trusted", "told", "visitor"),
    [
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "192.0.2.9, 192.0.2.1", "192.0.2.1"),
        (2, "192.0.2.9, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        (1, "192.0.2.1:5678", "192.0.2.1"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "::ffff:192.0.2.1", "192.0.2.1"),
        (2, "192.0.2.1", "10.0.0.1"),
        (1, "unknown", "10.0.0.1"),
        (1, "192.0.2.1, ", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (0, "192.0.2.1", "10.0.0.1"),
    ],
)
def test_the_visitor_is_who_stands_before_the_trusted_proxies(trusted: int, told: str, visitor: str) -> None:
    assert seen(trusted, {"For": told})[0] == visitor


@pytest.mark.parametrize(("raw", "visitor"), [("::ffff:192.0.2.1", "192.0.2.1"), ("fe80::1%eth0", "fe80::1"), ("", "")])
def test_without_proxies_too_an_address_has_one_form(raw: str, visitor: str) -> None:
    assert seen(0, {"For": "198.51.100.1"}, REMOTE_ADDR=raw)[0] == visitor


@pytest.mark.parametrize(
    ("trusted", "told", "scheme"),
    [
        (1, "https", "https"),
        (1, "wss", "https"),
        (1, "ws", "http"),
        (1, "HTTPS", "https"),
        (1, "ftp", "http"),
        (1, "", "http"),
        (2, "https", "https"),
        (2, "https, http", "https"),
        (1, "http, https", "https"),
        (2, "http, https, http", "https"),
        (0, "https", "http"),
    ],
)
def test_the_scheme_is_the_last_that_is_trusted(trusted: int, told: str, scheme: str) -> None:
    assert seen(trusted, {"Proto": told})[1] == scheme


@pytest.mark.parametrize(
    ("told", "host"),
    [
        ({"Host": "A.Example"}, "a.example"),
        ({"Host": "a.example:443"}, "a.example"),
        ({"Host": "a.example", "Port": "443"}, "a.example"),
        ({"Host": "a.example", "Port": "8443"}, "a.example:8443"),
        ({"Host": "a.example:9000", "Port": "8443"}, "a.example:9000"),
        ({"Host": "[2001:DB8::1]", "Port": "8443"}, "[2001:db8::1]:8443"),
        ({"Host": "a.example", "Port": "80"}, "a.example"),  # of a proxy further inside
        ({"Host": "a.example", "Port": "https"}, "a.example"),
        ({"Port": "8443"}, "inner.example:8000"),
        ({}, "inner.example:8000"),
    ],
)
def test_the_host_is_written_as_browsers_do(told: dict[str, str], host: str) -> None:
    assert seen(2, told | {"Proto": "https"})[2] == host
