"""What is noted about every request: its id in logs and answer, a line in the log, its time in the figures."""

from __future__ import annotations

import logging
import re
import time
from typing import Final
from uuid import uuid4

from flask import Flask, Response, g, request

from infra.observing import logs
from routes.web.context import services

log = logging.getLogger(__name__)

HEADER: Final = "X-Request-ID"
WELL_FORMED: Final = re.compile(r"[\w.-]{8,64}", re.ASCII)
ROUTINE: Final = frozenset({"static", "health.health", "health.ready", "metrics.metrics"})
"""What is asked for all the time; it shows in the log of a developer only."""


def init_observing(app: Flask) -> None:
    """Note every request; must come before all that may refuse one."""

    @app.before_request
    def _begin() -> None:
        g.began_at = time.monotonic()
        g.request_id = _request_id()
        logs.about_from_here(request_id=g.request_id)

    @app.after_request
    def _end(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        seconds = time.monotonic() - g.began_at
        services().metrics.request(endpoint, request.method, response.status_code, seconds)
        level = logging.DEBUG if endpoint in ROUTINE else logging.INFO
        log.log(level, "%s %s %d in %.0f ms", request.method, request.path, response.status_code, seconds * 1000)
        response.headers[HEADER] = g.request_id
        return response


def _request_id() -> str:
    """Keep the id that a trusted proxy has given; make one for everybody else."""
    given = request.headers.get(HEADER, "")
    if services().config.trusted_proxies and WELL_FORMED.fullmatch(given):
        return given
    return uuid4().hex
