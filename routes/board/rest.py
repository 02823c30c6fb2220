"""REST: the shared board."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Response, request, send_file

from mural.canvas.pictures import FilmFormat
from routes.board.schemas import (
    CanvasOut,
    CanvasStatsOut,
    HistoryQuery,
    PixelIn,
    PixelOut,
    PlacedOut,
    ScaleQuery,
    SeasonsOut,
    SpotQuery,
    TimelapseQuery,
)
from routes.web.api import ApiBlueprint, client_address, reply
from routes.web.context import services
from routes.web.identity import current_actor
from services.board.board import BoardImage
from services.board.history import PastBoard
from services.board.rules import Visitor, moment

blueprint = ApiBlueprint("canvas", __name__)
plain_blueprint = ApiBlueprint("place_pixel", __name__)

BRIEFLY: Final = "public, max-age=1"
"""A board that is a second old is as good as a new one: canvas:join tells what is missing from it."""

PAST: Final = "public, max-age=3600"

BYTES: Final = {HTTPStatus.OK: "application/octet-stream", HTTPStatus.NOT_MODIFIED: None}

PICTURE: Final = {HTTPStatus.OK: "image/*", HTTPStatus.NOT_MODIFIED: None}

FILM_ERRORS: Final = (
    HTTPStatus.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.NOT_IMPLEMENTED,
    HTTPStatus.SERVICE_UNAVAILABLE,
)

PLACE_ERRORS: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


@blueprint.get("/canvas")
@blueprint.answers({HTTPStatus.OK: CanvasOut})
def get_canvas() -> Response:
    """Tell the board's size, palette, cooldown, epoch and sequence number, and what you may do now."""
    canvas = services().canvas
    return reply(canvas.facts() | canvas.allowance(_visitor()).to_json())


@blueprint.get("/canvas/board")
@blueprint.answers(BYTES)
def get_board() -> Response:
    """Send the board: palette indexes, one byte a pixel, row by row."""
    image = services().canvas.live.image()
    return _board(image, BRIEFLY)


@blueprint.get("/canvas/history")
@blueprint.input(HistoryQuery, location="query")
@blueprint.answers(BYTES)
def get_history(query_data: HistoryQuery) -> Response:
    """Send the board as it was at a moment, in the form of GET /canvas/board."""
    past = services().canvas_history.at(query_data.at)
    response = _board(past, PAST)
    response.headers["X-Width"] = str(past.season.width)
    response.headers["X-Height"] = str(past.season.height)
    response.headers["X-Time"] = moment(past.at_ms)
    return response


@blueprint.get("/canvas/seasons")
@blueprint.answers({HTTPStatus.OK: SeasonsOut})
def get_seasons() -> Response:
    """List the seasons, the running one last; GET /canvas/history shows the boards of all of them."""
    return reply({"seasons": services().canvas_history.seasons()})


def _board(board: BoardImage | PastBoard, caching: str) -> Response:
    season, seq, body = board.season, board.seq, board.packed
    gzipped = request.accept_encodings.quality("gzip") > 0
    if not gzipped:
        body = services().canvas.store.unpacked(season, body).pixels.tobytes()
    response = Response(body, mimetype="application/octet-stream")
    response.headers["X-Epoch"] = str(season.epoch)
    response.headers["X-Seq"] = str(seq)
    response.headers["Cache-Control"] = caching
    response.headers["Vary"] = "Accept-Encoding"
    if gzipped:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{season.epoch}-{seq}{'-gzip' if gzipped else ''}")
    response.make_conditional(request)
    return response


@blueprint.get("/canvas/board.png")
@blueprint.input(ScaleQuery, location="query")
@blueprint.answers(PICTURE)
def get_board_picture(query_data: ScaleQuery) -> Response:
    """Send a picture of the board."""
    return _picture(services().canvas_pictures.still(query_data.scale))


@blueprint.get("/canvas/heatmap.png")
@blueprint.answers(PICTURE)
def get_heatmap() -> Response:
    """Send a picture of where most was placed."""
    return _picture(services().canvas_pictures.heatmap())


@blueprint.get("/canvas/timelapse.<any(gif, webp, mp4):kind>")
@blueprint.input(TimelapseQuery, location="query")
@blueprint.answers(PICTURE, FILM_ERRORS)
def get_timelapse(kind: FilmFormat, query_data: TimelapseQuery) -> Response:
    """Send a film of how the board came about."""
    services().rate_limiter.check(services().config.rate_limit_previews, "canvas-film", client_address())
    return _picture(services().canvas_pictures.film(kind, query_data.from_ms, query_data.to_ms, query_data.speed))


def _picture(file: Path) -> Response:
    response = send_file(file, conditional=True)
    response.headers["Cache-Control"] = "public, max-age=5"
    return response


@blueprint.get("/canvas/pixel")
@blueprint.input(SpotQuery, location="query")
@blueprint.answers({HTTPStatus.OK: PixelOut})
def get_pixel(query_data: SpotQuery) -> Response:
    """Tell who placed a pixel and when, and what was there before."""
    return reply(services().canvas_history.pixel(query_data.x, query_data.y))


@blueprint.get("/canvas/stats")
@blueprint.answers({HTTPStatus.OK: CanvasStatsOut})
def get_stats() -> Response:
    """Count placements, visitors and colours."""
    return reply(services().canvas_history.stats())


@blueprint.post("/canvas/pixels")
@blueprint.input(PixelIn, example={"x": 12, "y": 34, "color": 5})
@blueprint.answers({HTTPStatus.CREATED: PlacedOut}, PLACE_ERRORS)
def place_pixel(json_data: PixelIn) -> Response:
    """Place one pixel; the answer comes when it is committed."""
    wish = json_data
    placed = services().canvas.place_and_wait(_visitor(), wish.x, wish.y, wish.color, wish.request_id)
    return reply({"ok": True} | placed.to_json(), HTTPStatus.CREATED)


plain_blueprint.post("/place-pixel")(place_pixel)


def _visitor() -> Visitor:
    return Visitor(current_actor().id, request.remote_addr or "")
