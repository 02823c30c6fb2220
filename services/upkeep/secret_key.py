"""The installation's own secret: made at the first start where SECRET_KEY is not set; cookies are signed with it."""

from __future__ import annotations

import secrets
from pathlib import Path

from infra.disk import full_disk_named
from mural.errors import Unavailable
from mural.files import write_durably


def stored_secret_key(file: Path) -> str:
    """Read the key, making one first where there is none; raise Unavailable or StorageFull where that cannot be."""
    if not file.exists():
        with full_disk_named():
            write_durably(file, secrets.token_hex(32).encode("ascii"))
    key = file.read_text(encoding="ascii").strip()
    if not key:
        raise Unavailable(f"{file} is empty. Delete it, and the next start makes a new key, or set SECRET_KEY.")
    return key
