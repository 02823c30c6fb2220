"""What happens to a request before Flask or Socket.IO sees it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class EntranceMiddleware:
    """Serves the application under a URL prefix and turns off compression of socket frames.

    A browser's offer of permessage-deflate would cost one zlib context and one compression per client per frame, so
    the offer is taken out before the socket library can accept it.
    """

    def __init__(self, app: WSGIApplication, url_prefix: str) -> None:
        self._app = app
        self._prefix = url_prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        path: str = environ.get("PATH_INFO", "")
        if self._prefix:
            environ["SCRIPT_NAME"] = self._prefix
            # A proxy may have cut the prefix off already; then the path is as we want it.
            if path == self._prefix or path.startswith(f"{self._prefix}/"):
                environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        return self._app(environ, start_response)
