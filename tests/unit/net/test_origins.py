from __future__ import annotations

import pytest

from mural.net.origins import normal_host, normal_origin


@pytest.mark.parametrize(
    ("origin", "normal"),
    [
        ("https://a.example", "https://a.example"),
        ("HTTPS://A.Example:443", "https://a.example"),
        ("http://a.example:80", "http://a.example"),
        ("http://a.example:443", "http://a.example:443"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("http://[2001:DB8::80]:80", "http://[2001:db8::80]"),
        ("null", "null"),
        ("https://a.example/path", "https://a.example/path"),
        ("", ""),
    ],
)
def test_an_origin_has_one_form(origin: str, normal: str) -> None:
    assert normal_origin(origin) == normal


@pytest.mark.parametrize(
    ("host", "scheme", "normal"),
    [
        ("A.example:443", "https", "a.example"),
        ("a.example:", "https", "a.example"),
        ("a.example:443", "http", "a.example:443"),
        ("[::1]:80", "http", "[::1]"),
        ("[fe80::80]", "http", "[fe80::80]"),
    ],
)
def test_a_host_has_one_form(host: str, scheme: str, normal: str) -> None:
    assert normal_host(host, scheme) == normal
