"""How a page reads its address or its form: by a schema, as the REST interface does, and as browsers write them.

An empty field is one that was left out, of one that is given twice the first counts, and what is not asked for may
stand there too. A field that holds what is not allowed is answered with 400 and a sentence that names it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, TypeVar, get_origin

from apiflask.exceptions import HTTPError
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

Schema = TypeVar("Schema", bound=BaseModel)
Values = MultiDict[str, str]


def read(schema: type[Schema], values: Values) -> Schema:
    """Read all of an address or a form; answer 400 where a field holds what is not allowed."""
    try:
        return schema.model_validate(_sent(schema, values))
    except ValidationError as error:
        raise HTTPError(HTTPStatus.BAD_REQUEST) from error


def read_usable(schema: type[Schema], values: Values) -> tuple[Schema, ValidationError | None]:
    """Read what is allowed of an address or a form as if the rest was not there, and tell what is wrong with that."""
    sent = _sent(schema, values)
    try:
        return schema.model_validate(sent), None
    except ValidationError as error:
        refused = {fault["loc"][0] for fault in error.errors(include_input=False)}
        return schema.model_validate({name: value for name, value in sent.items() if name not in refused}), error


def _sent(schema: type[BaseModel], values: Values) -> dict[str, Any]:
    """Take what a schema asks for and is not empty."""
    sent: dict[str, Any] = {}
    for name, field in schema.model_fields.items():
        found = [value for value in values.getlist(name) if value.strip()]
        if found:
            sent[name] = found if get_origin(field.annotation) is list else found[0]
    return sent
