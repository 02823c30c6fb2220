"""Which hosts may be asked: those in the host's own settings all, those that others name only where they are public."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from mural.net.addresses import unmapped
from mural.net.errors import Forbidden, Unreachable
from mural.net.origins import USUAL_PORTS

Resolver = Callable[[str, int], list[str]]
"""Gives all addresses of a name."""


class NamedBy(Enum):
    """Who has named a host."""

    SETTINGS = auto()
    OTHERS = auto()
    """A user, or an answer: it may point into the host's own network."""


INSIDE_OTHERS: Final = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2002::/16"),
    IPv6Network("2001::/32"),
    IPv6Network("::/96"),
    IPv6Network("fec0::/10"),
    IPv4Network("192.88.99.0/24"),
)
"""Ways to write an IPv4 address as another one, and what once was private."""

NUMBER: Final = re.compile(r"(0x[\da-f]*|\d+)", re.IGNORECASE)
UNPRINTED: Final = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(frozen=True, slots=True)
class Target:
    """A place to ask: its parts as they are sent, and who has named it."""

    scheme: str
    host: str
    port: int
    path: str
    named_by: NamedBy
    userinfo: str = ""

    @property
    def origin(self) -> tuple[str, str, int]:
        """Tell what two addresses of one host have in common."""
        return self.scheme, self.host, self.port


def target_of(url: str, named_by: NamedBy) -> Target:
    """Read an address; raise Forbidden where it is none of HTTP, or hides where it leads."""
    if UNPRINTED.search(url):
        raise Forbidden("an address with a space, a backslash or a control character")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError) as error:
        raise Forbidden("no address") from error
    usual = USUAL_PORTS.get(parts.scheme)
    if usual is None or not host:
        raise Forbidden("no address of http or https")
    userinfo = parts.netloc.rpartition("@")[0]
    if named_by is NamedBy.OTHERS:
        _check_plain(host, userinfo)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise Forbidden("an address with letters that have to be escaped")
    return Target(parts.scheme, host, port if port is not None else int(usual), path, named_by, userinfo)


def _check_plain(host: str, userinfo: str) -> None:
    if userinfo:
        raise Forbidden("a name or password in an address")
    try:
        ip_address(host)
    except ValueError:
        if "%" in host or ":" in host or NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            # Written in octal, hexadecimal, as one number or with fewer parts: the system's resolver understands it.
            raise Forbidden("an address in disguise") from None
    else:
        if not is_public(host):
            raise Forbidden("an address that is not public")


def addresses_of(target: Target, resolve: Resolver) -> list[str]:
    """Find out, once, where to connect; raise Forbidden where one of the addresses is not for everybody."""
    found = resolve(target.host, target.port)
    if not found:
        raise Unreachable("the name has no address")
    if target.named_by is NamedBy.OTHERS and not all(map(is_public, found)):
        raise Forbidden("an address that is not public")
    return found


def is_public(raw: str) -> bool:
    """Tell whether an address is anybody's to reach: none of this machine, its network, or one of a special use."""
    try:
        address = unmapped(ip_address(raw))
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.scope_id:
        return False
    return address.is_global and not address.is_multicast and not _stands_for_another(address)


def _stands_for_another(address: IPv4Address | IPv6Address) -> bool:
    return any(address.version == network.version and address in network for network in INSIDE_OTHERS)


def ask_the_system(host: str, port: int) -> list[str]:
    """Resolve a name as every program of this machine does."""
    try:
        found: list[tuple[Any, ...]] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("the name cannot be found") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def next_target(before: Target, location: str, joined: str) -> Target:
    """Check where an answer points; the host's own setting holds for what lies at the very same place only."""
    if not location:
        raise Forbidden("an answer that points nowhere")
    there = target_of(joined, NamedBy.SETTINGS)
    if there.origin == before.origin:
        return target_of(joined, before.named_by)
    if before.scheme == "https" and there.scheme != "https":
        raise Forbidden("an answer that points to where everybody can listen")
    return target_of(joined, NamedBy.OTHERS)
