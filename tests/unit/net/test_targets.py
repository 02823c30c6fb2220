"""Which addresses may be asked, by whom they were named."""

from __future__ import annotations

import pytest

from mural.net.errors import Forbidden, OutgoingError, Unreachable
from mural.net.targets import NamedBy, addresses_of, ask_the_system, is_public, target_of

INSIDE = (
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  # asked for, not bound
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "192.88.99.1",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "not an address",
)


@pytest.mark.parametrize("address", INSIDE)
def test_what_lies_inside_is_nobodys_to_reach(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14"])
def test_what_is_public_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1./",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[fe80::1%25lo]/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://localhost/",
        "http://user@93.184.215.14/",
        "http://user:word@93.184.215.14/",
        "http://93.184.215.14\\@127.0.0.1/",
        "http://93.184.215.14 @127.0.0.1/",
        "http://127.0.0.1#@93.184.215.14/",
        "ftp://93.184.215.14/",
        "file:///etc/passwd",
        "//93.184.215.14/",
        "http:///",
        "http://[::1",
        "http://93.184.215.14:port/",
        "http://93.184.215.14:99999/",
        f"http://{'a' * 64}.example/",
        "http://93.184.215.14/a\r\nHost: b",
        "",
    ],
)
def test_nobody_but_the_settings_leads_inside_however_it_is_written(url: str) -> None:
    with pytest.raises(Forbidden):
        addresses_of(target_of(url, NamedBy.OTHERS), ask_the_system)


def test_one_address_inside_among_public_ones_is_one_too_many() -> None:
    target = target_of("https://rebind.example/", NamedBy.OTHERS)
    with pytest.raises(Forbidden):
        addresses_of(target, lambda _host, _port: ["93.184.215.14", "10.0.0.1"])
    assert addresses_of(target, lambda _host, _port: ["93.184.215.14"]) == ["93.184.215.14"]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "10.0.0.1", "map_server"])
def test_a_host_of_the_settings_may_lie_inside(host: str) -> None:
    target = target_of(f"http://me:my%20word@{host}:8080/api?x=1", NamedBy.SETTINGS)
    assert addresses_of(target, lambda _host, _port: ["10.0.0.1"]) == ["10.0.0.1"]
    assert (target.port, target.path, target.userinfo) == (8080, "/api?x=1", "me:my%20word")


def test_a_name_that_nobody_knows_is_not_reached() -> None:
    with pytest.raises(Unreachable):
        addresses_of(target_of("http://nothing.invalid/", NamedBy.OTHERS), lambda _host, _port: [])
    assert issubclass(Unreachable, OutgoingError)
