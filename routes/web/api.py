"""What the REST blueprints share: views that answer in JSON, and that say what they may answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeVar

from apiflask import APIBlueprint
from flask import Response, jsonify, request, send_file
from pydantic import BaseModel
from werkzeug.exceptions import PreconditionFailed, RequestEntityTooLarge, UnsupportedMediaType

from mural.errors import InvalidInput
from routes.web.middleware import is_chunked
from routes.web.networks import network_of
from routes.web.schemas import ErrorOut
from routes.web.words import LONGEST_ECHO

View = TypeVar("View", bound=Callable[..., Any])

Body = type[BaseModel] | str | None
"""What an answer carries: JSON of a schema, a file of a media type, or nothing."""

PART: Final = re.compile(r"bytes=(?:(?P<first>\d{1,18})-(?P<last>\d{1,18})?|-\d{1,18})", re.ASCII)
"""A Range header that asks for one part of a file."""


class ApiBlueprint(APIBlueprint):
    """A noun of the API; ``answered`` says by the name of each view what it answers with which status."""

    def __init__(self, noun: str, import_name: str) -> None:
        super().__init__(noun, import_name, tag=noun.capitalize())
        self.answered: dict[str, dict[HTTPStatus, Body]] = {}
        self.before_request(_json_bodies_only)
        self.before_request(_no_doubts)

    def answers(
        self, answers: Mapping[HTTPStatus, Body], errors: tuple[HTTPStatus, ...] = ()
    ) -> Callable[[View], View]:
        """Describe a view: what it answers, and the errors of its own; openapi.py adds those that many have."""

        def decorate(view: View) -> View:
            self.answered[view.__name__] = {**answers, **dict.fromkeys(errors, ErrorOut)}
            described: View = self.doc(operation_id=view.__name__)(view)
            return described

        return decorate


def _json_bodies_only() -> None:
    """Refuse a body of another type, so that no foreign form can be mistaken for a request."""
    chunked = is_chunked(request.environ)
    if (request.content_length or chunked) and not request.is_json:
        raise UnsupportedMediaType("Send JSON with Content-Type: application/json.")
    # A body that does not tell its length is cut off at the limit without a word.
    if chunked and len(request.get_data()) >= (request.max_content_length or 0):
        raise RequestEntityTooLarge


def _no_doubts() -> None:
    """Refuse a parameter that is given twice: whichever was meant, it is not known which."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise InvalidInput(f"“{name[:LONGEST_ECHO]}” is given more than once.", field=name, value=values[1])


def reply(body: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Answer a JSON object."""
    response = jsonify(body)
    response.status_code = status
    return response


def send(file: Path, **options: Any) -> Response:
    """Send a file, the part of it that is asked for, or word that the client has it."""
    if not _is_one_part(request.headers.get("Range", "")):
        # What cannot be read, or asks for several parts, is to be answered as if it were not there.
        request.environ.pop("HTTP_RANGE", None)
    response = send_file(file, conditional=True, **options)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        response.close()
        raise PreconditionFailed
    return response


def _is_one_part(wanted: str) -> bool:
    found = PART.fullmatch(wanted)
    return found is not None and (not found["last"] or int(found["first"] or 0) <= int(found["last"]))


def client_address() -> str:
    """Return what rate limits count by."""
    return network_of(request.remote_addr or "")
