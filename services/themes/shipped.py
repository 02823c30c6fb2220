"""The poster themes that ship with Mural."""

from __future__ import annotations

import logging
from pathlib import Path

from mural.errors import NotFound
from mural.themes import Theme, load_themes

log = logging.getLogger(__name__)


class ThemeService:
    """Knows every theme in a folder; a broken file is named and does not hide the others."""

    def __init__(self, folder: Path) -> None:
        self._themes, self._broken = load_themes(folder)
        for name, reason in self._broken.items():
            log.warning("Theme %s is left out: %s", name, reason)

    def all(self) -> list[Theme]:
        """List the themes in the order of their names."""
        return sorted(self._themes.values(), key=lambda theme: theme.name.casefold())

    def get(self, theme_id: str) -> Theme:
        """Find one theme; raise NotFound, with what there is."""
        if theme_id not in self._themes:
            raise NotFound("Theme", theme_id, available_themes=sorted(self._themes))
        return self._themes[theme_id]

    def knows(self, theme_id: str) -> bool:
        """Tell whether a theme ships."""
        return theme_id in self._themes

    def broken(self) -> dict[str, str]:
        """Name the files that are no themes, and why."""
        return dict(self._broken)
