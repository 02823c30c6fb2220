"""What visitors are told apart by where they have no name: the network that they come from."""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import Final

from mural.net.addresses import normal_address

IPV6_SITE_BITS: Final = 64
"""One household gets at least so much of the address space, so single addresses there mean nothing."""


def network_of(raw: str) -> str:
    """Return what limits count by: the address, or the network it is one of very many in."""
    address = normal_address(raw)
    if not address:
        return "unknown"
    if ":" not in address:
        return address
    return f"{IPv6Address(int(IPv6Address(address)) >> IPV6_SITE_BITS << IPV6_SITE_BITS)}/{IPV6_SITE_BITS}"
