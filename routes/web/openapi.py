"""The OpenAPI document: what APIFlask gathers about requests, completed with every answer that a view can give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, Final

from apiflask import APIFlask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from routes.web.api import ApiBlueprint, Body
from routes.web.identity import COOKIE
from routes.web.schemas import ErrorOut

Document = dict[str, Any]

REFS: Final = "#/components/schemas/{model}"

DESCRIPTION: Final = """\
Everything that the pages can do, for programs. Bodies are JSON and times are UTC, ending in Z.

Every error is `{"error": title, "message": sentence}` with further facts; what is wrong with a request is named by \
`field` and `value`, and all of it is listed under `errors`.

A visitor is known by the cookie that the first answer to a question about “own” things sets: send it again to cancel, \
repeat, list or delete what you made. An admin sends the installation's token instead."""

SECURITY: Final[Document] = {
    "visitor": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Set by the server, and again while it is in use; over https its name begins with `__Host-`, or "
        "with `__Secure-` where Mural is served under a path.",
    },
    "admin": {"type": "http", "scheme": "bearer", "description": "The ADMIN_TOKEN of the installation."},
}

BY_VISITOR: Final[tuple[Document, ...]] = ({}, {"visitor": []}, {"admin": []})

HEADERS: Final[dict[str, Document]] = {
    "Retry-After": {"description": "Seconds after which to try again.", "schema": {"type": "integer", "minimum": 1}},
    "ETag": {"description": "Names this version of the file.", "schema": {"type": "string"}},
    "Content-Range": {"description": "Which bytes these are.", "schema": {"type": "string"}},
}

WORDS: Final = {
    HTTPStatus.OK: "Done.",
    HTTPStatus.CREATED: "Made.",
    HTTPStatus.ACCEPTED: "On its way.",
    HTTPStatus.NO_CONTENT: "Gone.",
    HTTPStatus.PARTIAL_CONTENT: "The part of the file that was asked for.",
    HTTPStatus.NOT_MODIFIED: "The file is still the one you have.",
    HTTPStatus.BAD_REQUEST: "Something in the request is not allowed; it says what.",
    HTTPStatus.FORBIDDEN: "It belongs to somebody else, or another site's page asked.",
    HTTPStatus.NOT_FOUND: "There is no such thing.",
    HTTPStatus.CONFLICT: "It is not in a state for that.",
    HTTPStatus.PRECONDITION_FAILED: "The file is not the one you mean.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not JSON.",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "The file has no such part.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "There is no map to draw there.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too often, or too much at once.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on the server; its log says what.",
    HTTPStatus.NOT_IMPLEMENTED: "This installation lacks a program that this needs.",
    HTTPStatus.SERVICE_UNAVAILABLE: "A part of the installation does not work just now.",
    HTTPStatus.INSUFFICIENT_STORAGE: "There is no room left for posters.",
}
"""What each status means here."""


def init_openapi(app: APIFlask, blueprints: Iterable[ApiBlueprint], url_prefix: str) -> None:
    """Complete the document that the application serves."""
    answered = {name: answers for blueprint in blueprints for name, answers in blueprint.answered.items()}

    @app.spec_processor
    def _complete(document: Document | str) -> Document | str:
        if isinstance(document, str):  # YAML, which this application does not serve
            return document
        document["info"]["description"] = DESCRIPTION
        document["servers"] = [{"url": url_prefix or "/"}]
        components = document.setdefault("components", {})
        components["securitySchemes"] = SECURITY
        components["schemas"] = _merged(components.get("schemas", {}), _models(answered.values()))
        for method, operation in operations(document):
            _complete_operation(method, operation, answered[operation["operationId"]])
        return _without_prefixes(document)  # type: ignore[no-any-return]  # a document in, a document out


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    """Go through the methods of all paths."""
    for item in document["paths"].values():
        yield from item.items()


def _complete_operation(method: str, operation: Document, answers: dict[HTTPStatus, Body]) -> None:
    errors = {HTTPStatus.INTERNAL_SERVER_ERROR}
    for parameter in operation["parameters"]:
        if parameter["in"] == "query":
            parameter["schema"] = _without_null(parameter["schema"])
            errors |= {HTTPStatus.BAD_REQUEST}
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
        errors |= {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
    if method != "get":
        errors |= {HTTPStatus.FORBIDDEN}
        operation["security"] = list(BY_VISITOR)
    everything = {**answers, **dict.fromkeys(errors - answers.keys(), ErrorOut)}
    operation["responses"] = {str(int(status)): _response(status, everything[status]) for status in sorted(everything)}


def _response(status: HTTPStatus, body: Body) -> Document:
    response: Document = {"description": WORDS[status]}
    if isinstance(body, str):
        response["content"] = {body: {"schema": {"type": "string", "format": "binary"}}}
        response["headers"] = {"ETag": HEADERS["ETag"]}
    elif body is not None:
        response["content"] = {"application/json": {"schema": _reference(body)}}
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        response["headers"] = {"Retry-After": HEADERS["Retry-After"]}
    if status is HTTPStatus.PARTIAL_CONTENT:
        response["headers"] = {"Content-Range": HEADERS["Content-Range"]}
    return response


def _without_null(schema: Document) -> Document:
    """Describe a parameter that may be absent; there is no way to send null in an address."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) != 1:
        return schema
    kept = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    return {**kept, **choices[0]}


def _reference(model: type[BaseModel]) -> Document:
    return {"$ref": REFS.format(model=model.__name__)}


def _models(answered: Iterable[dict[HTTPStatus, Body]]) -> Document:
    used: set[type[BaseModel]] = {ErrorOut}
    used |= {body for answers in answered for body in answers.values() if isinstance(body, type)}
    ordered = sorted(used, key=lambda model: model.__name__)
    _, definitions = models_json_schema([(model, "serialization") for model in ordered], ref_template=REFS)
    schemas: Document = definitions["$defs"]
    return schemas


def _merged(requests: Document, answers: Document) -> Document:
    # APIFlask names what is nested in a schema Outer.Inner, once for each outer one; they are all the same Inner.
    named = {name.rpartition(".")[2]: schema for name, schema in requests.items()}
    return dict(sorted((named | answers).items()))


def _without_prefixes(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_prefixes(item) for item in part]
    if not isinstance(part, dict):
        return part
    done = {key: _without_prefixes(value) for key, value in part.items()}
    if isinstance(done.get("$ref"), str):
        done["$ref"] = REFS.format(model=done["$ref"].rpartition("/")[2].rpartition(".")[2])
    return done
