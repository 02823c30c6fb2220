"""JSON as the standard has it, read and written so that nothing a client sends makes an answer impossible."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, NoReturn

from flask import Request
from flask.json.provider import DefaultJSONProvider
from pydantic_core import from_json
from werkzeug.exceptions import BadRequest


class StrictJson(DefaultJSONProvider):
    """Reads no NaN and no bottomless nesting, writes every script as itself."""

    ensure_ascii = False
    sort_keys = False  # the order in which a body is written down here is the one that people read it in

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read JSON text; raise ValueError for anything else."""
        with suppress(ValueError):
            return from_json(s, allow_inf_nan=False)
        # Python's own reader takes twice as long, but knows every way to write JSON, and says in words what is none.
        try:
            return json.loads(s, parse_constant=_refuse_constant, **kwargs)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Write JSON text that UTF-8 can carry: half a character, as "\\ud800" gives one, becomes a question mark."""
        return super().dumps(obj, **kwargs).encode("utf-8", "replace").decode("utf-8")


class JsonRequest(Request):
    """A request whose body says in plain words why it is not JSON."""

    def on_json_loading_failed(self, e: ValueError | None) -> NoReturn:
        """Refuse the body."""
        reason = f": {e}" if e is not None else ""
        raise BadRequest(f"The body is not valid JSON{reason}.") from e


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
