"""Themes that visitors made, one JSON file each, so that they outlive the database.

    themes/own_<name>_<8 hex digits>.json    {"owner": ..., "created_at": ..., "theme": {the keys of a theme file}}

A poster carries the whole theme in its design: changing or deleting a theme changes no poster.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mural.errors import Conflict, MuralError, NotFound
from mural.themes import Theme
from services.actors import Actor
from services.clock import Clock, utc_now
from services.filenames import slug
from services.files import full_disk_named
from services.views import iso

log = logging.getLogger(__name__)

PREFIX: Final = "own_"
"""No theme that ships begins so, so the ids of the two kinds never meet."""

FILE_STEM: Final = re.compile(r"own_[a-z0-9_]{1,59}")
EACH_MAX: Final = 50
OVERALL_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class OwnTheme:
    """A theme and whose it is."""

    theme: Theme
    owner: str
    created_at: str


class OwnThemes:
    """Keeps visitors' themes."""

    def __init__(self, folder: Path, clock: Clock = utc_now) -> None:
        self._folder = folder
        self._clock = clock
        self._changing = threading.Lock()
        self._themes: dict[str, OwnTheme] = {}
        self._broken: dict[str, str] = {}
        for file in sorted(folder.glob("*.json")):
            self._load(file)

    def of(self, owner: str) -> list[Theme]:
        """List somebody's themes."""
        return [own.theme for own in list(self._themes.values()) if own.owner == owner]

    def find(self, theme_id: str) -> Theme | None:
        """Find a theme by its id, whoever made it: a poster of it may be shown to everybody."""
        own = self._themes.get(theme_id)
        return own.theme if own else None

    def belongs_to(self, theme_id: str, owner: str) -> bool:
        """Tell whether a theme is somebody's own."""
        own = self._themes.get(theme_id)
        return own is not None and own.owner == owner

    def broken(self) -> dict[str, str]:
        """Name the files that are no themes, and why."""
        return dict(self._broken)

    def create(self, owner: str, data: Mapping[str, Any]) -> Theme:
        """Keep a new theme; raise InvalidInput naming the key that is wrong, or Conflict when there are too many."""
        with self._changing:
            if len(self.of(owner)) >= EACH_MAX:
                raise Conflict(f"You have {EACH_MAX} themes. Delete one that you do not need any more.")
            if len(self._themes) >= OVERALL_MAX:
                raise Conflict("This installation holds no more themes.")
            theme = Theme.from_mapping(_new_id(data), data)
            self._keep(OwnTheme(theme, owner, iso(self._clock())), data)
        return theme

    def replace(self, theme_id: str, data: Mapping[str, Any], actor: Actor) -> Theme:
        """Change a theme; raise InvalidInput, NotFound or NotAllowed."""
        with self._changing:
            own = self._changeable(theme_id, actor)
            theme = Theme.from_mapping(theme_id, data)
            self._keep(OwnTheme(theme, own.owner, own.created_at), data)
        return theme

    def delete(self, theme_id: str, actor: Actor) -> None:
        """Forget a theme; raise NotFound or NotAllowed."""
        with self._changing:
            self._changeable(theme_id, actor)
            self._file(theme_id).unlink(missing_ok=True)
            del self._themes[theme_id]

    def _changeable(self, theme_id: str, actor: Actor) -> OwnTheme:
        own = self._themes.get(theme_id)
        if own is None:
            raise NotFound("Theme", theme_id)
        actor.require(own.owner, "theme")
        return own

    def _keep(self, own: OwnTheme, data: Mapping[str, Any]) -> None:
        file = self._file(own.theme.id)
        content = {"owner": own.owner, "created_at": own.created_at, "theme": dict(data)}
        draft = file.with_suffix(".draft")
        with full_disk_named():
            self._folder.mkdir(parents=True, exist_ok=True)
            with draft.open("w", encoding="utf-8") as stream:
                json.dump(content, stream, ensure_ascii=False, indent=1)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(file)
        self._themes[own.theme.id] = own

    def _file(self, theme_id: str) -> Path:
        if not FILE_STEM.fullmatch(theme_id):
            raise ValueError(f"{theme_id!r} is not the id of an own theme")
        return self._folder / f"{theme_id}.json"

    def _load(self, file: Path) -> None:
        if not FILE_STEM.fullmatch(file.stem):
            self._broken[file.name] = "Its name is not that of an own theme."
            return
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            theme = Theme.from_mapping(file.stem, content["theme"])
            self._themes[theme.id] = OwnTheme(theme, str(content["owner"]), str(content["created_at"]))
        except (MuralError, OSError, ValueError, KeyError, TypeError) as error:
            log.warning("Own theme %s is left out: %s", file.name, error)
            self._broken[file.name] = str(error)


def _new_id(data: Mapping[str, Any]) -> str:
    words = slug(str(data.get("name", ""))) or "theme"
    return f"{PREFIX}{words}_{secrets.token_hex(4)}"
