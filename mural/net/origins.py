"""Hosts and origins in one normal form, as browsers write them."""

from __future__ import annotations

import re
from typing import Final

USUAL_PORTS: Final = {"http": "80", "https": "443"}

_ORIGIN: Final = re.compile(r"(https?)://([^/\s?#@\\]+)", re.IGNORECASE)
_PORT: Final = re.compile(r":(\d*)$")


def normal_host(host: str, scheme: str) -> str:
    """Write a host and its port as in an origin: in small letters, without the scheme's usual port."""
    small = host.strip().lower()
    port = port_of(small)
    return small if port not in {"", USUAL_PORTS.get(scheme)} else _PORT.sub("", small)


def normal_origin(origin: str) -> str:
    """Write an origin as browsers do; what is none, such as “null”, stays what it is."""
    parts = _ORIGIN.fullmatch(origin.strip())
    if not parts:
        return origin
    scheme = parts[1].lower()
    return f"{scheme}://{normal_host(parts[2], scheme)}"


def port_of(host: str) -> str | None:
    """Read the port that stands with a host; None when there is none, "" when it is left out after its colon."""
    found = _PORT.search(host)
    return found[1] if found else None
