"""Whether whoever sent a request is still there to take the answer."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TCP_INFO: Final[int | None] = getattr(socket, "TCP_INFO", None)
ESTABLISHED: Final = b"\x01"
"""What Linux calls the state of a connection that neither side has closed, in the first byte of its TCP_INFO."""


class ClientConnection:
    """The connection that a request came over.

    Asked is the system, not the stream: that waits for nothing, whatever kind of socket the server uses, and takes
    nothing from what the client may have sent already. Where there is no telling, the client counts as present.
    """

    KEPT: Final = "mural.connection"
    """Where a request's environment keeps it: the body is read before a view asks."""

    @classmethod
    def of(cls, environ: WSGIEnvironment) -> ClientConnection:
        """Find the connection of a request."""
        found: ClientConnection = environ.setdefault(cls.KEPT, cls(environ))
        return found

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._descriptor = _descriptor_of(environ)

    def is_gone(self) -> bool:
        """Tell whether the client has closed or lost the connection."""
        if self._descriptor is None:
            return False
        try:
            with socket.socket(fileno=os.dup(self._descriptor)) as connection:
                return is_closing(connection)
        except OSError:  # the server has closed it
            return False


def is_closing(connection: Any) -> bool:
    """Tell whether either side has closed a connection."""
    if TCP_INFO is None:
        return False
    try:
        state: bytes = connection.getsockopt(socket.IPPROTO_TCP, TCP_INFO, 1)
    except OSError:  # it is no TCP connection
        return False
    return state != ESTABLISHED


def _descriptor_of(environ: WSGIEnvironment) -> int | None:
    """Find what the body is read from: eventlet and gevent wrap it once, Werkzeug does not."""
    body: Any = environ.get("wsgi.input")
    try:
        return int(getattr(body, "rfile", body).fileno())
    except (AttributeError, OSError):  # a server that shows none, or a test without a server
        return None
