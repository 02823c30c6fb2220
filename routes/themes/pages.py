"""Pages about themes: all of them, and the maker of new ones."""

from __future__ import annotations

from flask import render_template, request

from routes.themes.lists import START_THEME, kinds_of, themes_in_sight
from routes.themes.schemas import ThemeAddress
from routes.web import wording
from routes.web.addresses import read
from routes.web.context import services
from routes.web.identity import current_actor
from routes.web.pages import pages

blueprint = pages("theme_pages", __name__)


@blueprint.get("/themes")
def themes() -> str:
    """Show every theme on the same place, one's own too."""
    visitor = current_actor()
    shown = [(theme, services().own_themes.belongs_to(theme.id, visitor)) for theme in themes_in_sight()]
    return render_template(
        "themes/themes.html",
        themes=[(theme, kinds_of(theme, own=own), own) for theme, own in shown],
        has_own=any(own for _theme, own in shown),
        colour_words=wording.colour_words(),
    )


@blueprint.get("/themes/new")
def new_theme() -> str:
    """Show the theme maker, beginning with a theme; one's own is changed instead."""
    theme = services().own_themes.get(read(ThemeAddress, request.args).start or START_THEME)
    return render_template(
        "themes/new_theme.html",
        theme=theme,
        mine=services().own_themes.belongs_to(theme.id, current_actor()),
        themes=themes_in_sight(theme.id),
        groups=wording.colour_groups(),
        derived=wording.derived_colours(),
        choices=wording.theme_choices(),
        offline_places=services().offline_places.for_colours(),
    )
