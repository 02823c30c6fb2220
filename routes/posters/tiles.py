"""REST: a large poster, in tiles."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from routes.posters.schemas.posters import FileQuery, TilesOut
from routes.web.api import ApiBlueprint, reply, send
from routes.web.caching import poster_file
from routes.web.context import services
from routes.web.identity import current_actor

blueprint = ApiBlueprint("tiles", __name__)


@blueprint.get("/posters/<poster_id>/tiles")
@blueprint.answers({HTTPStatus.OK: TilesOut}, errors=(HTTPStatus.NOT_FOUND,))
def describe_tiles(poster_id: str) -> Response:
    """Tell which tiles a poster has: the levels of a Deep Zoom pyramid."""
    services().posters.get(poster_id, current_actor())
    return reply(services().tiles.describe(poster_id).to_json())


@blueprint.get("/posters/<poster_id>/tiles/<int:level>/<int:column>_<int:row>.jpg")
@blueprint.input(FileQuery, location="query")
@blueprint.answers(
    {HTTPStatus.OK: "image/jpeg", HTTPStatus.NOT_MODIFIED: None},
    errors=(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE),
)
def get_tile(poster_id: str, level: int, column: int, row: int, query_data: FileQuery) -> Response:
    """Send one tile; the first of a poster takes as long as the poster has to be cut."""
    services().posters.get(poster_id, current_actor())
    path = services().tiles.tile(poster_id, level, column, row)
    # Asked for afterwards, too: the poster may have come down while it was being cut.
    poster = services().posters.get(poster_id, current_actor())
    return poster_file(send(path, mimetype="image/jpeg"), poster.version, query_data.v)
