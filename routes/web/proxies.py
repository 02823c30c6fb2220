"""Whom a request is from, and under which name and scheme it was asked for, in one normal form.

The proxies that the host has put in front tell it in X-Forwarded-For, -Proto, -Host and -Port; without them the
connection does, and nobody is believed. Each proxy either adds its value to those before it or writes one of its own
in their place. For the visitor's address the values are counted, since only the last ones are not made up; of the
others the last one that is trusted counts, be there as many as there are proxies or one that all of them pass on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from mural.net.addresses import normal_address
from mural.net.origins import USUAL_PORTS, normal_host, port_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
"""What a proxy may call a scheme; Traefik names the socket's own."""


class Proxies:
    """Puts what the trusted proxies tell into a request's environment, in place of what the connection shows."""

    def __init__(self, app: WSGIApplication, trusted: int) -> None:
        self._app = app
        self._trusted = trusted

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        nearest = normal_address(environ.get("REMOTE_ADDR", ""))
        # Who is told of in a way that nobody can read shares the proxy's limits, for somebody has to answer for him.
        environ["REMOTE_ADDR"] = self._visitor(environ) or nearest
        seen: str = environ["wsgi.url_scheme"]
        scheme = environ["wsgi.url_scheme"] = SCHEMES.get(self._told(environ, "PROTO").lower(), seen)
        host = self._told(environ, "HOST") or environ.get("HTTP_HOST", "")
        if host:
            environ["HTTP_HOST"] = normal_host(host, scheme) + self._other_port(environ, host)
        return self._app(environ, start_response)

    def _visitor(self, environ: WSGIEnvironment) -> str:
        told = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        return normal_address(told[-self._trusted]) if 0 < self._trusted <= len(told) else ""

    def _told(self, environ: WSGIEnvironment, what: str) -> str:
        """Read the last trusted value; "" where nobody is trusted or nothing is told."""
        values = [value.strip() for value in environ.get(f"HTTP_X_FORWARDED_{what}", "").split(",")]
        trusted = [value for value in values if value][-self._trusted :] if self._trusted else []
        return trusted[0] if trusted else ""

    def _other_port(self, environ: WSGIEnvironment, host: str) -> str:
        """Give the port that a proxy tells apart from its host.

        A usual port is none to write, also that of the other scheme: such a one is of a proxy further inside.
        """
        port = self._told(environ, "PORT")
        told_apart = port.isascii() and port.isdecimal() and port_of(host) is None
        return f":{port}" if told_apart and port not in USUAL_PORTS.values() else ""
