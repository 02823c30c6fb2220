"""Whose pages may open a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from routes.web.origins import ANYBODY, is_foreign

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Accepts = Callable[[str, "WSGIEnvironment"], bool]

SOCKETS: Final = "/socket.io/"
REFUSED: Final = b"This connection came from another site's page."


def allowed_origins(others: tuple[str, ...]) -> Accepts:
    """Accept our own pages and those of the other origins; “*” stands for all there are."""

    def accepts(_origin: str, environ: WSGIEnvironment) -> bool:
        # Said here, because a list given to the library would leave our own pages out.
        return ANYBODY in others or not is_foreign(environ, others)

    return accepts


class SocketGate:
    """Refuses sockets that the library does not look at: a stranger's picture or script names no origin."""

    def __init__(self, app: WSGIApplication, others: tuple[str, ...]) -> None:
        self._app = app
        self._accepts = allowed_origins(others)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(SOCKETS) and not self._accepts("", environ):
            status = HTTPStatus.FORBIDDEN
            start_response(f"{status.value} {status.phrase}", [("Content-Type", "text/plain")])
            return [REFUSED]
        return self._app(environ, start_response)
