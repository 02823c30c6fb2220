"""Which themes a page has to do with: those to choose from, and those whose colours it needs besides."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from mural.colours import oklab
from mural.errors import NotFound
from mural.themes import Theme
from routes.web.context import services
from routes.web.identity import current_actor

START_THEME: Final = "noir"
"""What a design and a new theme begin with."""

HALF_LIGHT: Final = 0.6
"""Oklab lightness above which a ground counts as light."""


def themes_in_sight(chosen: str = "") -> list[Theme]:
    """List the themes to choose from: everybody's, the visitor's own, and the one that a shared address names."""
    seen = services().themes.all() + services().own_themes.of(current_actor())
    with suppress(NotFound):
        if chosen and all(theme.id != chosen for theme in seen):
            seen.append(services().own_themes.get(chosen))
    return seen


def visitors_themes(theme_ids: Iterable[str]) -> list[str]:
    """Tell which themes of a page's posters visitors have made, so that the page loads their colours too."""
    found = []
    for theme_id in sorted(set(theme_ids)):
        with suppress(NotFound):  # a theme can be gone while its posters hang
            if not services().themes.knows(theme_id):
                found.append(services().own_themes.get(theme_id).id)
    return found


def kinds_of(theme: Theme, *, own: bool) -> str:
    """Name the kinds by which a theme is found, with spaces between."""
    shade = "light" if oklab(theme.bg)[0] > HALF_LIGHT else "dark"
    return f"{shade} own" if own else shade
