from __future__ import annotations

import pytest

from mural.net.addresses import normal_address, normal_network


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("192.0.2.7:5678", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::FFFF:c000:207", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:80", "192.0.2.7"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]:443", "fe80::1"),
    ],
)
def test_an_address_has_one_form(raw: str, address: str) -> None:
    assert normal_address(raw) == address
    assert normal_address(address) == address


@pytest.mark.parametrize(
    "raw", ["", "unknown", "_hidden", "192.0.2", "0300.0.2.7", "3221225991", "192.0.2.7:8:9", "[", "[]:1", "::1::", "é"]
)
def test_what_is_no_address_is_none(raw: str) -> None:
    assert normal_address(raw) == ""


@pytest.mark.parametrize(
    ("raw", "network"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("192.0.2.7/24", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("2001:db8::1/64", "2001:db8::/64"),
        ("::/0", "::/0"),
    ],
)
def test_a_range_has_one_form(raw: str, network: str) -> None:
    assert str(normal_network(raw)) == network
