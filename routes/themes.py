"""REST: poster themes."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Response, url_for

from mural.themes import WORDS, Theme
from routes.api import ApiBlueprint, reply
from routes.context import services
from routes.schemas import ThemeOut, ThemesOut

blueprint = ApiBlueprint("themes", __name__)


@blueprint.get("/themes")
@blueprint.answers(ThemesOut)
def list_themes() -> Response:
    """List every theme."""
    themes = [_facts(theme) | {"colors": {"bg": theme.bg, "text": theme.text}} for theme in services().themes.all()]
    return reply({"themes": themes, "total": len(themes)})


@blueprint.get("/themes/<theme_id>")
@blueprint.answers(ThemeOut, errors=(HTTPStatus.NOT_FOUND,))
def get_theme(theme_id: str) -> Response:
    """Tell all colours of a theme."""
    theme = services().themes.get(theme_id)
    colours = {key: value for key, value in asdict(theme).items() if key not in WORDS | {"id"}}
    return reply(_facts(theme) | {"font": theme.font, "colors": colours})


def _facts(theme: Theme) -> dict[str, Any]:
    return {
        "id": theme.id,
        "name": theme.name,
        "description": theme.description,
        "preview_url": url_for("previews.theme_preview", theme_id=theme.id),
    }
