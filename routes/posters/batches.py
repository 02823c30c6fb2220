"""REST: posters that are asked for together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final

from flask import Response, current_app, request
from zipstream import ZIP_STORED, ZipStream

from routes.posters.rest import HELSINKI, SUBMIT_ERRORS
from routes.posters.schemas.batches import BatchOut, PosterBatchIn
from routes.web.api import ApiBlueprint, client_address, reply
from routes.web.caching import FOR_ONE
from routes.web.context import services
from routes.web.identity import current_actor
from services.posters.batches import archive_names

blueprint = ApiBlueprint("batches", __name__)

Sleep = Callable[[float], None]

EXAMPLE: Final = {
    "places": [{key: HELSINKI[key] for key in ("city", "country", "latitude", "longitude")}],
    "themes": ["noir", "blueprint"],
    "distance": 500,
}


@blueprint.post("/posters/batch")
@blueprint.input(PosterBatchIn, example=EXAMPLE)
@blueprint.answers({HTTPStatus.ACCEPTED: BatchOut}, SUBMIT_ERRORS)
def create_batch(json_data: PosterBatchIn) -> Response:
    """Make every place in every theme: one job each, and one id to ask for all of them."""
    wishes, address = json_data.to_requests(), client_address()
    services().rate_limiter.check(services().config.rate_limit_posters, "posters", address, count=len(wishes))
    batch = services().batches.submit(wishes, current_actor(), address)
    return reply(batch.to_json(), HTTPStatus.ACCEPTED)


@blueprint.get("/posters/batch/<batch_id>")
@blueprint.answers({HTTPStatus.OK: BatchOut}, errors=(HTTPStatus.NOT_FOUND,))
def get_batch(batch_id: str) -> Response:
    """Tell where the jobs of a batch stand."""
    return reply(services().batches.get(batch_id, current_actor()).to_json())


@blueprint.get("/posters/batch/<batch_id>/download")
@blueprint.answers({HTTPStatus.OK: "application/zip"}, errors=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def download_batch(batch_id: str) -> Response:
    """Send the posters of a batch in one archive, once every job has ended."""
    files = services().batches.archive(batch_id, current_actor())
    # Stored: posters are compressed already. So the length is known before anything was read.
    archive = ZipStream(compress_type=ZIP_STORED, sized=True)
    for file, name in zip(files, archive_names(files), strict=True):
        archive.add_path(file.path, name)
    sleep: Sleep = current_app.extensions["socketio"].sleep
    response = Response(() if request.method == "HEAD" else _in_turns(archive, sleep), mimetype="application/zip")
    response.content_length = len(archive)
    response.headers.set("Content-Disposition", "attachment", filename=f"posters_{batch_id[:8]}.zip")
    response.headers["Cache-Control"] = FOR_ONE
    return response


def _in_turns(archive: ZipStream, sleep: Sleep) -> Iterator[bytes]:
    """Let everybody else have a turn between two pieces, however fast this client takes them."""
    for piece in archive:
        yield piece
        sleep(0)
