"""REST: the wall that everyone sees."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from routes.wall.schemas import GalleryOut, GalleryQuery
from routes.web.api import ApiBlueprint, reply
from routes.web.context import services

blueprint = ApiBlueprint("gallery", __name__)


@blueprint.get("/gallery")
@blueprint.input(GalleryQuery, location="query")
@blueprint.answers({HTTPStatus.OK: GalleryOut})
def get_gallery(query_data: GalleryQuery) -> Response:
    """List the posters on the wall, newest first; `before` pages back, `since` tells what is new."""
    return reply(services().gallery.page(**query_data.model_dump()).to_json())
