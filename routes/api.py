"""What the REST blueprints share: a blueprint whose views answer in JSON and are described in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from apiflask import APIBlueprint
from flask import Response, jsonify, request
from pydantic import BaseModel
from werkzeug.exceptions import UnsupportedMediaType

from routes.schemas import ErrorOut

View = TypeVar("View", bound=Callable[..., Any])


class ApiBlueprint(APIBlueprint):
    """A noun of the API."""

    def __init__(self, noun: str, import_name: str) -> None:
        super().__init__(noun, import_name, tag=noun.capitalize())
        self.before_request(_json_bodies_only)

    def answers(
        self, schema: type[BaseModel], status: HTTPStatus = HTTPStatus.OK, errors: tuple[HTTPStatus, ...] = ()
    ) -> Callable[[View], View]:
        """Describe what a view answers, and the errors that it can answer with besides."""

        def decorate(view: View) -> View:
            responses: dict[int | str, Any] = {
                int(code): {"description": code.phrase, "content": {"application/json": {"schema": ErrorOut}}}
                for code in errors
            }
            documented: View = self.doc(responses=responses)(self.output(schema, int(status))(view))
            return documented

        return decorate


def _json_bodies_only() -> None:
    """Refuse a body of another type, so that no foreign form can be mistaken for a request."""
    has_body = bool(request.content_length) or "chunked" in request.headers.get("Transfer-Encoding", "")
    if has_body and not request.is_json:
        raise UnsupportedMediaType("Send JSON with Content-Type: application/json.")


def reply(body: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Answer a JSON object."""
    response = jsonify(body)
    response.status_code = status
    return response


def client_address() -> str:
    """Return the address that rate limits count by."""
    return request.remote_addr or "unknown"
