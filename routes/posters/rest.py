"""REST: posters, their files, and the wish for one."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Final

from flask import Response

from mural.errors import Conflict
from routes.posters.schemas.jobs import SubmittedOut
from routes.posters.schemas.posters import (
    DownloadQuery,
    ExportIn,
    FileQuery,
    PageQuery,
    PosterIn,
    PosterOut,
    PostersOut,
    VisibilityIn,
)
from routes.web.api import ApiBlueprint, Body, client_address, reply, send
from routes.web.caching import poster_file
from routes.web.context import services
from routes.web.identity import current_actor
from services.posters.requests import PosterQuery, PosterRequest, Visibility
from services.posters.views import FileKind, PosterView, Submission

blueprint = ApiBlueprint("posters", __name__)

SUBMITTED: Final[dict[HTTPStatus, Body]] = {HTTPStatus.OK: SubmittedOut, HTTPStatus.ACCEPTED: SubmittedOut}

SUBMIT_ERRORS: Final = (
    HTTPStatus.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.INSUFFICIENT_STORAGE,
)

FILE_ERRORS: Final = (
    HTTPStatus.NOT_FOUND,
    HTTPStatus.PRECONDITION_FAILED,
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
)

HELSINKI: Final = {
    "city": "Helsinki",
    "country": "Finland",
    "latitude": 60.1715,
    "longitude": 24.9443,
    "distance": 500,
    "theme": "noir",
}
"""A poster that every installation can make: its map ships with the program."""


def _file_of(media_type: str) -> dict[HTTPStatus, Body]:
    return {HTTPStatus.OK: media_type, HTTPStatus.PARTIAL_CONTENT: media_type, HTTPStatus.NOT_MODIFIED: None}


@blueprint.post("/posters")
@blueprint.input(PosterIn, example=HELSINKI)
@blueprint.answers(SUBMITTED, SUBMIT_ERRORS)
def create_poster(json_data: PosterIn) -> Response:
    """Make a poster: 202 with a job to watch, or 200 with the poster where an equal one is finished."""
    return _submit(json_data.to_request())


@blueprint.post("/posters/preview")
@blueprint.input(PosterIn, example=HELSINKI)
@blueprint.answers(SUBMITTED, SUBMIT_ERRORS)
def create_preview(json_data: PosterIn) -> Response:
    """Make the poster at low resolution; it does not hang on the wall and expires."""
    return _submit(json_data.model_copy(update={"preview_mode": True}).to_request())


def _submit(wish: PosterRequest) -> Response:
    config = services().config
    limit = config.rate_limit_previews if wish.preview else config.rate_limit_posters
    services().rate_limiter.check(limit, "previews" if wish.preview else "posters", client_address())
    return _submitted(services().posters.submit(wish, current_actor(), client_address()))


def _submitted(submission: Submission) -> Response:
    return reply(submission.to_json(), HTTPStatus.OK if submission.poster else HTTPStatus.ACCEPTED)


@blueprint.get("/posters")
@blueprint.input(PageQuery, location="query")
@blueprint.answers({HTTPStatus.OK: PostersOut})
def list_own_posters(query_data: PageQuery) -> Response:
    """List one's own posters."""
    page = services().posters.mine(current_actor(), PosterQuery(**query_data.model_dump()))
    return reply({"posters": [poster.to_json() for poster in page.items], "pagination": page.pagination_json()})


@blueprint.get("/posters/<poster_id>")
@blueprint.answers({HTTPStatus.OK: PosterOut}, errors=(HTTPStatus.NOT_FOUND,))
def get_poster(poster_id: str) -> Response:
    """Tell all facts of a poster; one that is its owner's alone is not there for others, under any address."""
    return reply(services().posters.get(poster_id, current_actor()).to_json())


@blueprint.patch("/posters/<poster_id>")
@blueprint.input(VisibilityIn, example={"visibility": "unlisted"})
@blueprint.answers({HTTPStatus.OK: PosterOut}, errors=(HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS))
def change_poster(poster_id: str, json_data: VisibilityIn) -> Response:
    """Say anew who finds a poster of one's own: at once it leaves the wall, or hangs there as the newest."""
    return reply(show_to(poster_id, json_data.visibility).to_json())


def show_to(poster_id: str, visibility: Visibility) -> PosterView:
    """Change who finds a poster: put on the wall no more often than posters are asked for, taken off it at any time."""
    if visibility == "public":
        services().rate_limiter.check(services().config.rate_limit_posters, "visibility", client_address())
    return services().posters.show_to(poster_id, visibility, current_actor())


@blueprint.delete("/posters/<poster_id>")
@blueprint.answers({HTTPStatus.NO_CONTENT: None}, errors=(HTTPStatus.NOT_FOUND,))
def delete_poster(poster_id: str) -> Response:
    """Take down a poster of one's own, or any as admin; for half a minute it can be restored."""
    services().posters.delete(poster_id, current_actor())
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.post("/posters/<poster_id>/restore")
@blueprint.answers({HTTPStatus.OK: PosterOut}, errors=(HTTPStatus.NOT_FOUND,))
def restore_poster(poster_id: str) -> Response:
    """Hang a poster back that was taken down less than half a minute ago, as the newest on the wall."""
    return reply(services().posters.restore(poster_id, current_actor()).to_json())


@blueprint.post("/posters/<poster_id>/export")
@blueprint.input(ExportIn, example={"format": "pdf"})
@blueprint.answers(SUBMITTED, SUBMIT_ERRORS)
def export_poster(poster_id: str, json_data: ExportIn) -> Response:
    """Make the poster as another kind of file: a poster of one's own, found by its link and not hung a second time.

    One with tracks or markers is made so for its maker only.
    """
    services().rate_limiter.check(services().config.rate_limit_posters, "posters", client_address())
    return _submitted(services().posters.export(poster_id, json_data.format, current_actor(), client_address()))


@blueprint.get("/posters/<poster_id>/download")
@blueprint.input(DownloadQuery, location="query")
@blueprint.answers(_file_of("*/*"), (*FILE_ERRORS, HTTPStatus.CONFLICT))
def download_poster(poster_id: str, query_data: DownloadQuery) -> Response:
    """Send the poster's file, in the format it was made in; for another format, tell where to ask for it."""
    poster = services().posters.get(poster_id, current_actor())
    if query_data.format not in {None, poster.format}:
        export_url = poster.urls.export(poster_id)
        wish = json.dumps({"format": query_data.format})
        message = f"This poster was made as {poster.format}. POST {wish} to {export_url} to have it in that format too."
        raise Conflict(message, formats=[poster.format], export_url=export_url)
    return _send(poster_id, "poster", query_data, attachment=True)


@blueprint.get("/posters/<poster_id>/thumbnail")
@blueprint.input(FileQuery, location="query")
@blueprint.answers(_file_of("image/*"), FILE_ERRORS)
def get_thumbnail(poster_id: str, query_data: FileQuery) -> Response:
    """Send the poster's thumbnail: a JPEG 400 pixels wide, or the PNG that a preview consists of."""
    return _send(poster_id, "thumbnail", query_data)


@blueprint.get("/posters/<poster_id>/preview")
@blueprint.input(FileQuery, location="query")
@blueprint.answers(_file_of("image/*"), FILE_ERRORS)
def get_preview(poster_id: str, query_data: FileQuery) -> Response:
    """Send the poster's preview: a JPEG 800 pixels wide, or the PNG that a preview consists of."""
    return _send(poster_id, "preview", query_data)


def _send(poster_id: str, kind: FileKind, query: FileQuery, *, attachment: bool = False) -> Response:
    stored = services().posters.file(poster_id, kind, current_actor())
    response = send(
        stored.path,
        mimetype=stored.mimetype,
        as_attachment=attachment,
        download_name=stored.filename,
        etag=stored.etag,
    )
    return poster_file(response, stored.version, query.v)
