"""What the REST blueprints share: views that answer in JSON, and that say what they may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import Any, Final, TypeVar

from apiflask import APIBlueprint
from flask import Response, jsonify, request
from pydantic import BaseModel
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from routes.schemas.base import ErrorOut

View = TypeVar("View", bound=Callable[..., Any])

Body = type[BaseModel] | str | None
"""What an answer carries: JSON of a schema, a file of a media type, or nothing."""

FOREVER: Final = "public, max-age=31536000, immutable"
"""The Cache-Control of what never changes under its address."""

IPV6_SITE_BITS: Final = 64
"""One household gets at least so much of the address space, so single addresses there mean nothing."""


class ApiBlueprint(APIBlueprint):
    """A noun of the API; ``answered`` says by the name of each view what it answers with which status."""

    def __init__(self, noun: str, import_name: str) -> None:
        super().__init__(noun, import_name, tag=noun.capitalize())
        self.answered: dict[str, dict[HTTPStatus, Body]] = {}
        self.before_request(_json_bodies_only)

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
    is_chunked = "chunked" in request.headers.get("Transfer-Encoding", "")
    if (request.content_length or is_chunked) and not request.is_json:
        raise UnsupportedMediaType("Send JSON with Content-Type: application/json.")
    # A body that does not tell its length is cut off at the limit without a word.
    if is_chunked and len(request.get_data()) >= (request.max_content_length or 0):
        raise RequestEntityTooLarge


def reply(body: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Answer a JSON object."""
    response = jsonify(body)
    response.status_code = status
    return response


def client_address() -> str:
    """Return what rate limits count by: the address, or the network it is one of very many in."""
    raw = request.remote_addr or ""
    try:
        address = ip_address(raw)
    except ValueError:
        return raw or "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> IPV6_SITE_BITS << IPV6_SITE_BITS)}/{IPV6_SITE_BITS}"
