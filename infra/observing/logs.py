"""Structured logs: one line an event, JSON or text, with the request, socket command or job that it belongs to.

What visitors type may appear in any value. It is escaped, so that it can neither begin a line of its own nor steer a
terminal; only tracebacks take more than one line of text, each of them indented.
"""

from __future__ import annotations

import json
import logging
import math
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from infra.observing.line_writer import LineWriter

QUIET: Final = (
    *("engineio", "engineio.server", "socketio", "socketio.server"),
    *("werkzeug", "alembic", "geventwebsocket"),
)
"""Libraries whose information is noise here; their warnings still show.

The two servers are named because one that finds no level of its own writes to standard error past everybody.
"""

OURS: Final = ("mural", "routes", "services")

TRACEBACK_INDENT: Final = "    "


def about(**what: str) -> AbstractContextManager[None]:
    """Name what is going on (job_id, command, ...) in everything that this thread logs inside the block."""
    return structlog.contextvars.bound_contextvars(**what)


def about_from_here(**what: str) -> None:
    """Name what is going on from here on, in place of everything that was named before."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**what)


def current() -> Mapping[str, Any]:
    """Tell what this thread is about."""
    return structlog.contextvars.get_contextvars()


def configure_logs(log_format: str, *, verbose: bool = False) -> LineWriter:
    """Send everything that logs through the standard library to standard error in the chosen format."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = LineWriter(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                json_line if log_format == "json" else text_line,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.DEBUG if verbose else logging.INFO)
    return handler


def json_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """Write an event as one JSON object of ASCII alone: no character of it is a line's end to any reader."""
    return json.dumps(_plain(event), allow_nan=False)


def text_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """Write an event for people: time, level, what happened, and the rest as name=value."""
    values = dict(event)
    time, level, what = (str(values.pop(key, "")) for key in ("timestamp", "level", "event"))
    values.pop("logger", None)
    traceback = values.pop("exception", None)
    rest = "".join(f" {escaped(str(key))}={escaped(str(value))}" for key, value in values.items())
    line = f"{time} {level:8} {escaped(what)}{rest}"
    if traceback is None:
        return line
    return "\n".join([line, *(TRACEBACK_INDENT + escaped(part) for part in str(traceback).split("\n"))])


def escaped(text: str) -> str:
    """Write control characters, line ends of every kind and lone surrogates as escapes."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _plain(value: Any) -> Any:
    """Turn a value into what JSON has words for."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if value is None or isinstance(value, str | int) else repr(value)
