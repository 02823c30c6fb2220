"""How many files, and so connections, the system lets this process have."""

from __future__ import annotations

import resource


def raise_open_files(wanted: int) -> int:
    """Raise the limit on open files to what is wanted, or as far as the system allows; tell what it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed
