"""What every request passes before anything is done for it: whether its address has time left, and it a reader."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, request

from infra.work_budget import FairTurns, Standing, WorkBudget, WorkClock
from mural.errors import TooMany
from routes.web.front_door import HANG_UP, SENTENCE
from routes.web.hangup import ClientConnection
from routes.web.middleware import is_chunked
from routes.web.networks import network_of
from routes.web.security import MAX_BODY_BYTES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from infra.observing.metrics import Metrics

REQUEST_S: Final = 0.0002
"""What reading a request and writing its answer take, beside what is measured."""

WAIT_S: Final = "mural.wait_s"
"""Where a request's environment tells in how many seconds its address is served again."""

ALWAYS_SERVED: Final = frozenset({"static", "health.health", "health.ready"})
"""What somebody who has used up his time gets nevertheless: what the page that says so looks like, and how we are."""

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

SOCKETS: Final = "/socket.io/"


class Turnstile:
    """Lets requests through to the application, those of one address one after the other."""

    def __init__(
        self, app: WSGIApplication, budget: WorkBudget, turns: FairTurns, clock: WorkClock, metrics: Metrics
    ) -> None:
        self._app = app
        self._budget = budget
        self._turns = turns
        self._clock = clock
        self._metrics = metrics

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        address = network_of(environ.get("REMOTE_ADDR", ""))
        self._budget.charge(address, REQUEST_S)
        standing = self._budget.standing(address)
        if standing is Standing.OVERDRAWN or (standing is Standing.SPENT and _opens_socket(environ)):
            self._metrics.turned_away("overdrawn")
            headers = [("Retry-After", str(self._budget.wait_s(address)))]
            return _turned_away(environ, start_response, "429 Too Many Requests", headers, SENTENCE)
        if standing is Standing.SPENT:
            environ[WAIT_S] = self._budget.wait_s(address)
        connection = ClientConnection.of(environ)
        safe = environ["REQUEST_METHOD"] in SAFE
        if not safe and not _take_body(environ):
            self._metrics.turned_away("cut off")
            return _turned_away(environ, start_response, "400 Bad Request")
        if not (safe and connection.is_gone()):
            self._turns.wait(address)
        if safe and connection.is_gone():  # before, or while others had their turns
            self._metrics.turned_away("left")
            return _turned_away(environ, start_response, "499 Client Closed Request")
        return self._serve(address, environ, start_response)

    def _serve(self, address: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(SOCKETS):  # a socket's whole life; its commands have bounds of their own
            return self._app(environ, start_response)
        began_s = self._clock.now_s()
        try:
            return self._app(environ, start_response)
        finally:
            self._budget.charge(address, self._clock.spent_s(began_s))


def init_budget(app: Flask, metrics: Metrics) -> None:
    """Tell whoever has used up his time to wait, in the one shape of errors; must come before what takes time."""

    @app.before_request
    def _refuse() -> None:
        wait_s = request.environ.get(WAIT_S)
        if wait_s is not None and request.endpoint not in ALWAYS_SERVED:
            metrics.turned_away("spent")
            message = f"This address has asked for more than one may at once. Try again in {wait_s} s."
            raise TooMany(message, retry_after_s=wait_s)


def _opens_socket(environ: WSGIEnvironment) -> bool:
    return environ["PATH_INFO"].startswith(SOCKETS) and "sid=" not in environ.get("QUERY_STRING", "")


def _take_body(environ: WSGIEnvironment) -> bool:
    """Read the body before anything is done, and tell whether it came whole; a view may never look at it.

    One that is too large is left to Flask, which refuses it.
    """
    stream: Any = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH") or "0"
    expected = int(length) if length.isdecimal() else 0
    if not is_chunked(environ) and not 0 < expected <= MAX_BODY_BYTES:
        return True
    try:
        body = stream.read(MAX_BODY_BYTES + 1 if is_chunked(environ) else expected)
    except (OSError, ValueError):  # it ended, or is no body, where more was to come
        return False
    environ["wsgi.input"] = io.BytesIO(body)
    return len(body) >= expected


def _turned_away(
    environ: WSGIEnvironment,
    start_response: StartResponse,
    status: str,
    headers: list[tuple[str, str]] | None = None,
    text: bytes = b"",
) -> list[bytes]:
    """Answer in a few bytes, and listen no more."""
    hang_up: Callable[[], None] | None = environ.get(HANG_UP)
    if hang_up is not None:
        hang_up()
    plain = [("Content-Type", "text/plain"), ("Content-Length", str(len(text))), ("Connection", "close")]
    start_response(status, plain + (headers or []))
    return [text]
