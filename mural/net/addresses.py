"""Internet addresses in one normal form: the same host is never counted, banned or let through as two."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

MAPPED: Final = IPv6Network("::ffff:0:0/96")
"""IPv4 as a socket sees it that listens for both kinds."""

WITH_PORT: Final = re.compile(r"\[(?P<six>[^\]]*)\](?::\d*)?|(?P<four>[\d.]+):\d*")


def normal_address(raw: str) -> str:
    """Write an address as everybody here knows it; "" when it is none.

    A port, brackets, quotes and the zone of a network card are cut off, and IPv4 within IPv6 is IPv4.
    """
    text = raw.strip().strip('"')
    with_port = WITH_PORT.fullmatch(text)
    if with_port:
        text = with_port["six"] or with_port["four"] or ""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(unmapped(address))


def normal_network(raw: str) -> IPv4Network | IPv6Network:
    """Read a range of addresses, or one address; raise ValueError when it is neither."""
    network = ip_network(raw, strict=False)
    if isinstance(network, IPv6Network) and network.subnet_of(MAPPED):
        inside = unmapped(network.network_address)
        return ip_network((int(inside), network.prefixlen - MAPPED.prefixlen))
    return network


def unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address that an IPv6 address stands for, or the address itself."""
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
