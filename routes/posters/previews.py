"""REST: pictures drawn while somebody looks."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Response, request

from mural.poster import PosterDesign
from mural.themes import Theme
from routes.posters.rest import HELSINKI
from routes.posters.schemas.previews import DrawnIn, LivePreviewIn
from routes.web.api import ApiBlueprint, Body, client_address, send
from routes.web.caching import FOR_ONE
from routes.web.context import services
from routes.web.hangup import ClientConnection
from routes.web.identity import current_actor
from services.posters.previews import shows_sample

blueprint = ApiBlueprint("previews", __name__)

PICTURE: Final[dict[HTTPStatus, Body]] = {HTTPStatus.OK: "image/png", HTTPStatus.NOT_MODIFIED: None}

DRAWING_ERRORS: Final = (
    HTTPStatus.NOT_FOUND,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


@blueprint.get("/preview.png")
@blueprint.input(LivePreviewIn, location="query")
@blueprint.answers(PICTURE, errors=(HTTPStatus.CONFLICT, *DRAWING_ERRORS))
def live_preview(query_data: LivePreviewIn) -> Response:
    """Draw a design now, at low resolution."""
    services().rate_limiter.check(services().config.rate_limit_previews, "live", client_address())
    design = services().posters.design(query_data.to_request())
    return _send(_drawn(design, query_data.width), max_age_s=300)


@blueprint.post("/preview.png")
@blueprint.input(DrawnIn, example=HELSINKI)
@blueprint.answers(PICTURE, errors=(HTTPStatus.CONFLICT, *DRAWING_ERRORS))
def draw_now(json_data: DrawnIn) -> Response:
    """Draw a design now, at low resolution: also one with tracks and markers, or in colours that are no theme yet."""
    services().rate_limiter.check(services().config.rate_limit_previews, "live", client_address())
    design = services().posters.design(json_data.to_request())
    if json_data.draft_theme is None:
        return _send(_drawn(design, json_data.width), max_age_s=0)
    design = replace(design, theme=Theme.from_mapping(design.theme.id, json_data.draft_theme))
    return _send(_drawn(design, json_data.width, shipped=shows_sample(design)), max_age_s=0)


@blueprint.get("/themes/<theme_id>/preview.png")
@blueprint.answers(PICTURE, errors=DRAWING_ERRORS)
def theme_preview(theme_id: str) -> Response:
    """Show the sample city in a theme."""
    # An own theme may have been changed since: whoever has the picture asks whether it is still the right one.
    return _send(services().previews.theme_sample(services().own_themes.get(theme_id)), max_age_s=0)


def _drawn(design: PosterDesign, width_px: int, *, shipped: bool = False) -> Path:
    connection = ClientConnection.of(request.environ)
    return services().previews.live(design, width_px, current_actor(), connection.is_gone, shipped=shipped)


def _send(picture: Path, max_age_s: int) -> Response:
    # Named after what is in it; its time of change is when it was last looked at.
    response = send(picture, mimetype="image/png", etag=picture.stem)
    response.headers["Cache-Control"] = f"private, max-age={max_age_s}" if max_age_s else FOR_ONE
    return response
