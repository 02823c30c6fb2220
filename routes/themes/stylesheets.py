"""The colours of themes as stylesheets, for the pages that show posters and themes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from apiflask import APIBlueprint
from flask import make_response, request
from werkzeug.wrappers import Response as BaseResponse

from mural.themes import Theme
from routes.themes.lists import themes_in_sight
from routes.web.context import services

blueprint = APIBlueprint("stylesheets", __name__, enable_openapi=False)


@blueprint.get("/themes.css")
def theme_colours() -> BaseResponse:
    """Give the colours of everybody's themes and the visitor's own to stylesheets: one class a theme."""
    return _stylesheet(themes_in_sight())


@blueprint.get("/themes/<theme_id>.css")
def colours_of(theme_id: str) -> BaseResponse:
    """Give the colours of one theme, such as a stranger's own that a poster on the wall is made in."""
    return _stylesheet([services().own_themes.get(theme_id)])


def _stylesheet(themes: Iterable[Theme]) -> BaseResponse:
    response = make_response("".join(_theme_class(theme) for theme in themes))
    response.mimetype = "text/css"
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.add_etag()
    return response.make_conditional(request)


def _theme_class(theme: Theme) -> str:
    colours = asdict(theme)
    names = {
        "paper": "bg",
        "paper-ink": "text",
        "paper-fill": "water",
        "paper-road": "road_motorway",
        "paper-street": "road_secondary",
    }
    rules = "".join(f"--{name}:{colours[key]};" for name, key in names.items())
    return f".theme-{theme.id}{{{rules}}}\n"
