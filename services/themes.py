"""The poster themes of this installation: those that ship with it, and those that visitors made."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mural.errors import NotAllowed, NotFound
from mural.themes import Theme, load_themes
from services.actors import Actor
from services.own_themes import OwnThemes

log = logging.getLogger(__name__)


class ThemeService:
    """Knows every theme; a broken file is named and does not hide the others."""

    def __init__(self, folder: Path, own: OwnThemes | None = None) -> None:
        self._themes, self._broken = load_themes(folder)
        self._own = own or OwnThemes(folder / "own")
        for name, reason in self._broken.items():
            log.warning("Theme %s is left out: %s", name, reason)

    def all(self) -> list[Theme]:
        """List the themes that everybody sees, in the order of their names."""
        return sorted(self._themes.values(), key=_by_name)

    def seen_by(self, user_id: str) -> list[Theme]:
        """List the themes that a visitor chooses from: those of everybody, then their own."""
        return [*self.all(), *sorted(self._own.of(user_id), key=_by_name)]

    def is_own(self, theme_id: str, user_id: str) -> bool:
        """Tell whether a visitor made a theme."""
        return self._own.belongs_to(theme_id, user_id)

    def get(self, theme_id: str) -> Theme:
        """Find one theme; raise NotFound, with what there is."""
        theme = self._themes.get(theme_id) or self._own.find(theme_id)
        if theme is None:
            raise NotFound("Theme", theme_id, available_themes=sorted(self._themes))
        return theme

    def create(self, owner: str, data: Mapping[str, Any]) -> Theme:
        """Keep a new theme of somebody's own; raise InvalidInput or Conflict."""
        return self._own.create(owner, data)

    def replace(self, theme_id: str, data: Mapping[str, Any], actor: Actor) -> Theme:
        """Change an own theme; raise InvalidInput, NotFound or NotAllowed."""
        self._refuse_shipped(theme_id)
        return self._own.replace(theme_id, data, actor)

    def delete(self, theme_id: str, actor: Actor) -> None:
        """Forget an own theme; raise NotFound or NotAllowed. Posters made in it stay as they are."""
        self._refuse_shipped(theme_id)
        self._own.delete(theme_id, actor)

    def broken(self) -> dict[str, str]:
        """Name the files that are no themes, and why."""
        return self._broken | self._own.broken()

    def _refuse_shipped(self, theme_id: str) -> None:
        if theme_id in self._themes:
            raise NotAllowed(f"“{self._themes[theme_id].name}” comes with Mural and cannot be changed.")


def _by_name(theme: Theme) -> str:
    return theme.name.casefold()
