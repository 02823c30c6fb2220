"""REST: a large poster, in tiles."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from routes.api import FOREVER, PRIVATELY, ApiBlueprint, reply, send
from routes.context import services
from routes.identity import current_actor
from routes.schemas.posters import TilesOut

blueprint = ApiBlueprint("tiles", __name__)


@blueprint.get("/posters/<poster_id>/tiles")
@blueprint.answers({HTTPStatus.OK: TilesOut}, errors=(HTTPStatus.NOT_FOUND,))
def describe_tiles(poster_id: str) -> Response:
    """Tell which tiles a poster has: the levels of a Deep Zoom pyramid."""
    services().posters.get(poster_id, current_actor())
    return reply(services().tiles.describe(poster_id).to_json())


@blueprint.get("/posters/<poster_id>/tiles/<int:level>/<int:column>_<int:row>.jpg")
@blueprint.answers(
    {HTTPStatus.OK: "image/jpeg", HTTPStatus.NOT_MODIFIED: None},
    errors=(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE),
)
def get_tile(poster_id: str, level: int, column: int, row: int) -> Response:
    """Send one tile; the first of a poster takes as long as the poster has to be cut."""
    poster = services().posters.get(poster_id, current_actor())
    path = services().tiles.tile(poster_id, level, column, row)
    response = send(path, mimetype="image/jpeg")
    response.headers["Cache-Control"] = PRIVATELY if poster.visibility == "private" else FOREVER
    return response
