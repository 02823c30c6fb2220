"""REST: poster themes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from flask import Response, url_for
from pydantic import BaseModel

from mural.themes import CHOICES, COLOURS, Theme, theme_faults
from routes.themes.schemas import CheckedThemeOut, ThemeIn, ThemeOut, ThemesOut
from routes.web.api import ApiBlueprint, client_address, reply
from routes.web.context import services
from routes.web.identity import current_actor

blueprint = ApiBlueprint("themes", __name__)

EXAMPLE: Final = {
    "name": "Harbour at night",
    "description": "Lit streets around black water.",
    "bg": "#10151f",
    "text": "#f2e9d8",
    "gradient_color": "#10151f",
    "water": "#1f3550",
    "parks": "#16281f",
    "road_motorway": "#ffd9a0",
    "road_primary": "#e0b67e",
    "road_secondary": "#b89566",
    "road_tertiary": "#8d7757",
    "road_residential": "#635a4b",
    "road_default": "#4d4a45",
}


@blueprint.get("/themes")
@blueprint.answers({HTTPStatus.OK: ThemesOut})
def list_themes() -> Response:
    """List the themes that ship with Mural, then one's own."""
    shipped, own = services().themes.all(), services().own_themes.of(current_actor())
    themes = [_listed(theme, own=False) for theme in shipped] + [_listed(theme, own=True) for theme in own]
    return reply({"themes": themes, "total": len(themes)})


@blueprint.get("/themes/<theme_id>")
@blueprint.answers({HTTPStatus.OK: ThemeOut}, errors=(HTTPStatus.NOT_FOUND,))
def get_theme(theme_id: str) -> Response:
    """Tell all colours of a theme."""
    return reply(_all_of(services().own_themes.get(theme_id)))


@blueprint.post("/themes")
@blueprint.input(ThemeIn, example=EXAMPLE)
@blueprint.answers(
    {HTTPStatus.CREATED: ThemeOut},
    errors=(HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INSUFFICIENT_STORAGE),
)
def create_theme(json_data: BaseModel) -> Response:
    """Keep a theme of one's own; only its maker has it in the list."""
    services().rate_limiter.check(services().config.rate_limit_posters, "themes", client_address())
    theme = services().own_themes.create(current_actor(), json_data.model_dump(exclude_none=True))
    response = reply(_all_of(theme), HTTPStatus.CREATED)
    response.headers["Location"] = url_for(".get_theme", theme_id=theme.id)
    return response


@blueprint.post("/themes/check")
@blueprint.input(ThemeIn, example=EXAMPLE)
@blueprint.answers({HTTPStatus.OK: CheckedThemeOut}, errors=(HTTPStatus.TOO_MANY_REQUESTS,))
def check_theme(json_data: BaseModel) -> Response:
    """Work a theme's colours out and tell how well it reads, without keeping it."""
    services().rate_limiter.check(services().config.rate_limit_previews, "themes", client_address())
    theme = Theme.from_mapping("draft", json_data.model_dump(exclude_none=True))
    return reply({"colors": _colours(theme), "faults": theme_faults(theme)})


@blueprint.put("/themes/<theme_id>")
@blueprint.input(ThemeIn, example=EXAMPLE)
@blueprint.answers(
    {HTTPStatus.OK: ThemeOut},
    errors=(HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INSUFFICIENT_STORAGE),
)
def replace_theme(theme_id: str, json_data: BaseModel) -> Response:
    """Change a theme of one's own; posters made in it stay as they are."""
    services().rate_limiter.check(services().config.rate_limit_previews, "themes", client_address())
    theme = services().own_themes.replace(theme_id, json_data.model_dump(exclude_none=True), current_actor())
    return reply(_all_of(theme))


@blueprint.delete("/themes/<theme_id>")
@blueprint.answers({HTTPStatus.NO_CONTENT: None}, errors=(HTTPStatus.NOT_FOUND,))
def delete_theme(theme_id: str) -> Response:
    """Forget a theme of one's own; posters made in it stay as they are."""
    services().own_themes.delete(theme_id, current_actor())
    return Response(status=HTTPStatus.NO_CONTENT)


def _listed(theme: Theme, *, own: bool) -> dict[str, Any]:
    return _facts(theme, own=own) | {"colors": {"bg": theme.bg, "text": theme.text}}


def _all_of(theme: Theme) -> dict[str, Any]:
    own = services().own_themes.belongs_to(theme.id, current_actor())
    manner = {key: getattr(theme, key) for key in ("font", *CHOICES)}
    return _facts(theme, own=own) | manner | {"colors": _colours(theme), "faults": theme_faults(theme)}


def _colours(theme: Theme) -> dict[str, str]:
    return {key: getattr(theme, key) for key in COLOURS}


def _facts(theme: Theme, *, own: bool) -> dict[str, Any]:
    return {
        "id": theme.id,
        "name": theme.name,
        "description": theme.description,
        "preview_url": url_for("previews.theme_preview", theme_id=theme.id),
        "own": own,
    }
