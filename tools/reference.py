"""Write what programs have to know from the program itself: docs/api.md and the tables of docs/events.md.

    python -m tools.reference

The calls come from the OpenAPI document, commands and events from their schemas and the catalogue.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from pydantic import BaseModel

from app_factory import create_app
from config import Config
from infra.events.events import Command
from infra.events.payloads import HEARD, script_type
from routes.board.sockets import Join as CanvasJoin
from routes.board.sockets import Place, Spot, Undo
from routes.posters.sockets import JobRef
from routes.wall.sockets import Join as GalleryJoin
from routes.web.commands import NoPayload
from routes.web.docs import AnswerRow, Call, FieldRow, calls_by_noun, fields_of
from routes.web.openapi import DESCRIPTION, WORDS
from services.event_catalogue import ACKNOWLEDGEMENTS, EVENTS, Told

DOCS: Final = Path(__file__).parent.parent / "docs"
API: Final = DOCS / "api.md"
EVENTS_PAGE: Final = DOCS / "events.md"
EVENTS_SCRIPT: Final = DOCS.parent / "static/js/web/events.js"
ERRORS_FROM: Final = 400

PAYLOADS: Final[dict[str, type[BaseModel]]] = {
    Command.JOB_SUBSCRIBE: JobRef,
    Command.JOB_UNSUBSCRIBE: JobRef,
    Command.GALLERY_JOIN: GalleryJoin,
    Command.GALLERY_LEAVE: NoPayload,
    Command.CANVAS_JOIN: CanvasJoin,
    Command.CANVAS_PLACE: Place,
    Command.CANVAS_UNDO: Undo,
    Command.CANVAS_INSPECT: Spot,
    Command.CANVAS_LEAVE: NoPayload,
}

API_HEAD: Final = """\
# The REST interface

Written by `make docs` from the OpenAPI document of the program, which is served at `/api/v1/openapi.json`,
and readable at `/api/v1/docs`. Paths are under the URL prefix of the installation.

{description}

```sh
curl --silent --fail http://localhost:8000/api/v1/themes/noir
curl --silent --fail --header 'Content-Type: application/json' --data '{example}' http://localhost:8000/api/v1/posters
```

The second answers at once with a job. Ask for it at its `status_url`, or listen to it: [events.md](events.md).

Errors are each an [ErrorOut](#errorout). A field marked with * has to be given, or is always there.
"""

EXAMPLE: Final = (
    '{"city": "Helsinki", "country": "Finland", "latitude": 60.1715, "longitude": 24.9443, '
    '"distance": 500, "theme": "noir"}'
)


def main() -> None:
    """Write both pages, and what the browser's script says of payloads."""
    API.write_text(api_page(), encoding="utf-8")
    EVENTS_PAGE.write_text(events_page(EVENTS_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    EVENTS_SCRIPT.write_text(events_script(EVENTS_SCRIPT.read_text(encoding="utf-8")), encoding="utf-8")


def api_page() -> str:
    """Describe every call, and every object that calls take and give."""
    document = openapi_document()
    parts = [API_HEAD.format(description=DESCRIPTION, example=EXAMPLE)]
    for noun, calls in calls_by_noun(document).items():
        parts += [f"## {noun}\n", *(part for call in calls for part in _call(call))]
    parts += ["## Objects\n"]
    for name, schema in document["components"]["schemas"].items():
        rows = fields_of(schema)
        about = schema.get("description", "")
        parts += [f"### {name}\n", *([f"{about}\n"] if about else []), *([_fields(rows)] if rows else [])]
    parts += ["## Statuses\n", _table(("status", "means"), ((int(status), about) for status, about in WORDS.items()))]
    return "\n".join(parts)


def openapi_document() -> dict[str, Any]:
    """Ask a freshly made application for its document."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config.from_env({"DATA_DIR": folder, "ASYNC_MODE": "threading"}))
        with app.app_context():
            return cast("dict[str, Any]", app.spec)


def events_page(page: str) -> str:
    """Put the tables of commands and events between their marks, and leave the words around them."""
    for mark, table in (("commands", _commands()), ("events", _events()), ("fields", _event_fields())):
        pattern = re.compile(rf"(<!-- {mark} -->\n).*?(\n<!-- end of {mark} -->)", re.DOTALL)
        page, found = pattern.subn(partial(_between, table), page)
        if found != 1:
            raise ValueError(f"docs/events.md has the marks of {mark} {found} times")
    return page


def events_script(script: str) -> str:
    """Put the types of all payloads between their marks in the browser's list of events."""
    head, mark, rest = script.partition("// payloads\n")
    _, end, tail = rest.partition("// end of payloads\n")
    if not mark or not end:
        raise ValueError("static/js/web/events.js has no marks of payloads")
    kinds = {kind.__name__.removesuffix("Heard"): kind for kind in HEARD.values() if kind is not bytes}
    types = (f"/** @typedef {{{script_type(kind)}}} {name} */\n" for name, kind in kinds.items())
    return head + mark + "".join(types) + end + tail


def _between(table: str, marks: re.Match[str]) -> str:
    return marks[1] + table + marks[2]


def _call(call: Call) -> Iterator[str]:
    yield f"### {call.method} {call.path}\n"
    yield f"{call.summary}\n"
    if call.parameters:
        yield _fields(call.parameters, "parameter")
    if call.fields:
        yield _fields(call.fields, "field of the body")
    yield "Answers: " + ", ".join(_answer(row) for row in call.answers if row.status < ERRORS_FROM) + ".  "
    yield f"Errors: {', '.join(str(row.status) for row in call.answers if row.status >= ERRORS_FROM)}.\n"


def _answer(row: AnswerRow) -> str:
    body = f"[{row.schema}](#{row.schema.lower()})" if row.schema else row.media_type
    return f"{row.status} {body}".rstrip()


def _fields(rows: Iterable[FieldRow], head: str = "field") -> str:
    return _table(
        (head, "kind", "what it is"),
        ((f"`{row.name}`{'*' if row.required else ''}", row.kind, row.about.strip()) for row in rows),
    )


def _commands() -> str:
    rows = ((f"`{told.name}`", _names(_sent(told.name)), told.when, _names(told.fields)) for told in ACKNOWLEDGEMENTS)
    return _table(("command", "payload", "what it does", "acknowledgement, beside `ok`"), rows)


def _sent(command: str) -> list[str]:
    rows = fields_of(PAYLOADS[command].model_json_schema())
    return [row.name if row.required else f"{row.name}?" for row in rows]


def _events() -> str:
    rows = ((f"`{told.name}`", told.to, _names(told.fields), told.when) for told in EVENTS)
    return _table(("event", "who hears it", "payload", "when"), rows)


def _event_fields() -> str:
    """Explain every field once, for all that carry it with the same meaning."""
    carried: dict[tuple[str, str], list[Told]] = {}
    for told in (*EVENTS, *ACKNOWLEDGEMENTS):
        for name, about in told.fields.items():
            carried.setdefault((name, about), []).append(told)
    rows = ((f"`{name}`", about, ", ".join(one.name for one in by)) for (name, about), by in carried.items())
    return _table(("field", "what it is", "in"), rows)


def _names(fields: Iterable[str]) -> str:
    listed = ", ".join(fields)
    return f"`{{{listed}}}`" if listed else ""


def _table(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join("| " + " | ".join(_cell(cell) for cell in line) + " |\n" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    main()
