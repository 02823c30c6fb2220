"""The one table from errors to answers: the HTTP status, the body, and the acknowledgement of a refused command."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any, Final

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, jsonify, render_template, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from infra.disk import disk_trouble
from mural import errors
from routes.web.faults import said
from routes.web.languages import gettext, noted
from routes.web.words import FAULTS_TOLD, fault_words, field_of, shown

log = logging.getLogger(__name__)

STATUS: Final[dict[type[errors.MuralError], HTTPStatus]] = {
    errors.InvalidInput: HTTPStatus.BAD_REQUEST,
    errors.MissingScript: HTTPStatus.BAD_REQUEST,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.InsufficientCredits: HTTPStatus.PAYMENT_REQUIRED,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Cancelled: HTTPStatus.CONFLICT,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.MapServerError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.MapDataError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.GeocodingError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NotBuilt: HTTPStatus.NOT_IMPLEMENTED,
    errors.StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.MuralError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

FACTS_IN_HEADERS: Final = frozenset({"Allow", "Content-Range", "Retry-After"})
"""What HTTP itself has to say about an error."""

OUR_SIDE: Final = noted("Something went wrong on our side; it has been logged.")

Body = dict[str, Any]


def status_of(error: errors.MuralError) -> HTTPStatus:
    """Look an error up in the table, by its own class or the nearest one above it."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def body_of(error: errors.MuralError) -> Body:
    """Describe an error as clients see it: title, sentence, facts."""
    title = f"{error.noun} not found" if isinstance(error, errors.NotFound) else error.title
    body = {"error": title, "message": said(error), **error.facts}
    if isinstance(error, errors.InvalidInput):
        body["value"] = shown(error.facts["value"])
        body["errors"] = [{"field": error.field, "message": body["message"], "value": body["value"]}]
    return body


def refusal(error: errors.MuralError) -> Body:
    """Acknowledge a socket command that was refused."""
    return {"ok": False, **body_of(error)}


def validation_body(error: ValidationError) -> Body:
    """Describe what a schema refused: the first field by name, all of them under `errors`."""
    faults = [
        {
            "field": field_of(fault) or "body",
            "message": fault_words(fault),
            "value": None if fault["type"] == "missing" else shown(fault["input"]),
        }
        for fault in error.errors(include_url=False)[:FAULTS_TOLD]
    ]
    return {"error": errors.InvalidInput.title, **faults[0], "errors": faults}


def init_errors(app: APIFlask) -> None:
    """Answer every error in the one shape: JSON under /api, a page elsewhere."""

    app.register_error_handler(errors.MuralError, _mural)
    app.register_error_handler(OSError, _system)
    app.register_error_handler(Exception, _unexpected)

    @app.errorhandler(HTTPError)
    def _schema(error: HTTPError) -> Response:
        cause = error.__cause__
        if isinstance(cause, ValidationError):
            return _answer(HTTPStatus.BAD_REQUEST, validation_body(cause))
        return _answer(HTTPStatus(error.status_code), {"error": error.message, "message": str(error.message)})

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
            return app.make_response(error.get_response())  # a redirect, not a fault
        status = HTTPStatus(error.code)
        response = _answer(status, {"error": status.phrase, "message": error.description or status.description})
        for name, value in error.get_headers():
            if name in FACTS_IN_HEADERS:
                response.headers[name] = value
        return response


def _mural(error: errors.MuralError) -> Response:
    response = _answer(status_of(error), body_of(error))
    if "retry_after" in error.facts:
        response.headers["Retry-After"] = str(error.facts["retry_after"])
    return response


def _system(error: OSError) -> Response:
    told = disk_trouble(error)
    if told is None:
        return _unexpected(error)
    log.error("the disk failed while answering %s %s: %s", request.method, request.path, error)
    return _mural(told)


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error answering %s %s", request.method, request.path, exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _answer(status, {"error": status.phrase, "message": gettext(OUR_SIDE)})


def _answer(status: HTTPStatus, body: Body) -> Response:
    if request.path.startswith("/api/"):
        response = jsonify(body)
        response.vary.add("Accept-Language")
    else:
        # An error may have a fact of the same name, such as how far a job is that cannot be stopped any more.
        page = render_template("web/error.html", **body | {"status": int(status)})
        response = Response(page, mimetype="text/html")
    response.status_code = status
    return response
