"""The readable page of the OpenAPI document."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, cast

from apiflask import APIBlueprint
from flask import current_app, render_template

from routes.web.openapi import Document

EXACT: Final = ".15g"
"""How bounds are written: a million with all its zeros."""

blueprint = APIBlueprint("docs", __name__, enable_openapi=False)


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A parameter, or a field of a body, in words."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A status that a call can answer with."""

    status: int
    about: str
    schema: str | None
    media_type: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the interface."""

    id: str
    method: str
    path: str
    summary: str
    parameters: list[FieldRow]
    fields: list[FieldRow]
    example: str
    answers: list[AnswerRow]


@blueprint.get("/docs")
def docs() -> str:
    """Show every call with its parameters, an example and its answers."""
    document = cast("Document", current_app.spec)  # type: ignore[attr-defined]  # APIFlask's
    schemas = {
        name: (schema.get("description", ""), fields_of(schema) or kind_of(schema))
        for name, schema in document["components"]["schemas"].items()
    }
    return render_template("web/api_docs.html", nouns=calls_by_noun(document), schemas=schemas)


def calls_by_noun(document: Document) -> dict[str, list[Call]]:
    """List the calls under the nouns that they are about."""
    nouns: dict[str, list[Call]] = defaultdict(list)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            nouns[operation["tags"][0]].append(_call(document, method, path, operation))
    return {tag["name"]: nouns[tag["name"]] for tag in document["tags"] if tag["name"] in nouns}


def fields_of(schema: Document) -> list[FieldRow]:
    """Describe the fields of an object."""
    required = schema.get("required", ())
    rows = [
        FieldRow(name, kind_of(field), name in required, _about(field))
        for name, field in schema.get("properties", {}).items()
    ]
    return sorted(rows, key=lambda row: not row.required)


def kind_of(schema: Document) -> str:
    """Say in words what a value is and what bounds it has."""
    if "$ref" in schema:
        return _name(schema)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return " or ".join(kind_of(choice) for choice in choices if choice.get("type") != "null")
    if "enum" in schema or "const" in schema:
        return ", ".join(str(value) for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        items = schema.get("items") or {}
        return f"list of {kind_of(items) if items else 'values'}{_range(schema, 'minItems', 'maxItems', '')}"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    kind = words.get(schema.get("type", ""), "object")
    bounds = _range(schema, "minimum", "maximum", "")
    return kind + (bounds or _range(schema, "minLength", "maxLength", " characters"))


def _range(schema: Document, least: str, most: str, unit: str) -> str:
    low, high = schema.get(least, schema.get("exclusiveMinimum")), schema.get(most)
    if low is not None and high is not None:
        return f", {low:{EXACT}} to {high:{EXACT}}{unit}" if high < 2**62 else f", {low:{EXACT}} or more{unit}"
    return f", up to {high:{EXACT}}{unit}" if high is not None else ""


def _about(field: Document) -> str:
    default = field.get("default")
    if default in (None, "", [], {}):
        return str(field.get("description", ""))
    words = f"{default:g}" if isinstance(default, float) else json.dumps(default)
    return f"{field.get('description', '')} Default: {words}."


def _call(document: Document, method: str, path: str, operation: Document) -> Call:
    parameters = [
        FieldRow(one["name"], kind_of(one["schema"]), one.get("required", False), _about(one["schema"]))
        for one in operation["parameters"]
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = document["components"]["schemas"][_name(body["schema"])] if body else {}
    return Call(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        parameters=parameters,
        fields=fields_of(schema),
        example=json.dumps(body["example"], indent=2, ensure_ascii=False) if body else "",
        answers=[_answer(int(status), response) for status, response in operation["responses"].items()],
    )


def _answer(status: int, response: Document) -> AnswerRow:
    content: dict[str, Any] = response.get("content", {})
    media_type = next(iter(content), "")
    schema = content[media_type]["schema"] if content else {}
    name = _name(schema) if "$ref" in schema else None
    return AnswerRow(status, f"{HTTPStatus(status).phrase}. {response['description']}", name, media_type)


def _name(reference: Document) -> str:
    return str(reference["$ref"]).rpartition("/")[2]
