"""What visitors are told apart by where they have no name: the network that they come from."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Final

IPV6_SITE_BITS: Final = 64
"""One household gets at least so much of the address space, so single addresses there mean nothing."""


def network_of(raw: str) -> str:
    """Return what limits count by: the address, or the network it is one of very many in."""
    try:
        address = ip_address(raw)
    except ValueError:
        return raw or "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> IPV6_SITE_BITS << IPV6_SITE_BITS)}/{IPV6_SITE_BITS}"
