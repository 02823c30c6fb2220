"""How many files, and so connections, the system lets this process have, and for what they are."""

from __future__ import annotations

import resource
from typing import Final

WANTED: Final = 20_000

OTHER: Final = 1_000
"""Kept free for pages, downloads, the database and render processes when sockets take all they may."""

LEAST: Final = 16
"""So many are let in however few files there are."""


def most_sockets() -> int:
    """Tell how many clients may hold a socket."""
    return max(LEAST, raise_open_files(WANTED) - OTHER)


def most_connections() -> int:
    """Tell how many connections may be open at all: half of what is kept free is for files that are no connections."""
    return max(2 * LEAST, raise_open_files(WANTED) - OTHER // 2)


def raise_open_files(wanted: int) -> int:
    """Raise the limit on open files to what is wanted, or as far as the system allows; tell what it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed
