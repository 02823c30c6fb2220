"""Visitors' themes as files beside the database: one JSON file each, from which `reindex` brings them back."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from infra.disk import full_disk_named
from mural.errors import MuralError, Unavailable
from mural.files import remove_durably, write_durably
from mural.themes import Theme

log = logging.getLogger(__name__)

OWN_ID: Final = re.compile(r"own_[a-z0-9_]{1,60}")
"""No theme that ships begins so, so the ids of the two kinds never meet."""

LARGEST_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTheme:
    """A visitor's theme: whose it is, and ``data`` with the keys of a theme file."""

    id: str
    owner: str
    created_at: datetime
    data: dict[str, Any]


_KEPT: Final[TypeAdapter[KeptTheme]] = TypeAdapter(KeptTheme)


class ThemeFiles:
    """Keeps the files; each is there as a whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, theme: KeptTheme) -> None:
        """Write a theme's file, in place of an older one."""
        with full_disk_named():
            write_durably(self._file(theme.id), _KEPT.dump_json(theme, indent=1))

    def remove(self, theme_id: str) -> None:
        """Delete a theme's file for good; one that is gone is fine. Raises Unavailable where the disk keeps it."""
        try:
            remove_durably(self._file(theme_id))
        except OSError as error:
            log.warning("%s cannot be deleted: %s", self._file(theme_id), error)
            message = "The file of this theme cannot be deleted just now, so it stays. The log says why."
            raise Unavailable(message) from error

    def ids(self) -> set[str]:
        """List the themes that have a file."""
        return {file.stem for file in self._folder.glob("*.json")}

    def all(self) -> Iterator[KeptTheme]:
        """Read every theme; a file that holds none is named in the log and left alone."""
        for file in sorted(self._folder.glob("*.json")):
            if not OWN_ID.fullmatch(file.stem) or not file.is_file() or file.stat().st_size > LARGEST_BYTES:
                log.warning("%s is no file of a theme", file)
                continue
            try:
                theme = _KEPT.validate_json(file.read_bytes())
                Theme.from_mapping(theme.id, theme.data)
            except (OSError, ValidationError, MuralError) as error:
                log.warning("%s does not hold a theme: %s", file, str(error).splitlines()[0])
                continue
            if theme.id == file.stem:
                yield theme

    def _file(self, theme_id: str) -> Path:
        if not OWN_ID.fullmatch(theme_id):
            raise ValueError(f"{theme_id!r} is not the id of a visitor's theme")
        return self._folder / f"{theme_id}.json"
