"""What happens to a request before Flask or Socket.IO sees it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Final

from werkzeug.http import parse_date
from werkzeug.wsgi import FileWrapper

from routes.web.origins import PUBLIC_ORIGIN

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


PIECE_BYTES: Final = 64 * 1024
"""Werkzeug's own pieces of 8 KiB make hundreds of turns of a poster's download."""


DATES: Final = ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE")
"""Headers that may hold a date."""


def _large_pieces(file: IO[bytes], _usual_bytes: int) -> FileWrapper:
    return FileWrapper(file, PIECE_BYTES)


def is_chunked(environ: WSGIEnvironment) -> bool:
    """Tell whether a body comes without its length."""
    return "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()


def _drop_unreadable(environ: WSGIEnvironment) -> None:
    """Take out the headers that Werkzeug breaks on: a date of no calendar, a host that can be no name."""
    for name in DATES:
        try:
            parse_date(environ.get(name))
        except OverflowError:
            del environ[name]
    try:
        environ.get("HTTP_HOST", "").encode("idna")
    except UnicodeError:
        del environ["HTTP_HOST"]


class EntranceMiddleware:
    """Serves the application under a URL prefix and turns off compression of socket frames.

    A browser's offer of permessage-deflate would cost one zlib context and one compression per client per frame, so
    the offer is taken out before the socket library can accept it.
    """

    def __init__(self, app: WSGIApplication, url_prefix: str, public_origin: str) -> None:
        self._app = app
        self._prefix = url_prefix
        self._public_origin = public_origin

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.file_wrapper"] = _large_pieces
        environ[PUBLIC_ORIGIN] = self._public_origin
        _drop_unreadable(environ)
        if is_chunked(environ):
            # All three servers end the stream where the last chunk ends, but eventlet does not say so.
            environ["wsgi.input_terminated"] = True
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        path: str = environ.get("PATH_INFO", "")
        if self._prefix:
            environ["SCRIPT_NAME"] = self._prefix
            # A proxy may have cut the prefix off already; then the path is as we want it.
            if path == self._prefix or path.startswith(f"{self._prefix}/"):
                environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        return self._app(environ, start_response)
