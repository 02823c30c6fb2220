"""Under which names the site answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from mural.net.origins import port_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names that are always let in: those under which a machine asks itself how it is."""

REFUSED: Final = b"There is no site of this name here.\n"


class HostGate:
    """Refuses requests for names that the host has not named; without any named, every name will do."""

    def __init__(self, app: WSGIApplication, names: Collection[str]) -> None:
        self._app = app
        self._names = frozenset(names)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._names or self._is_ours(environ.get("HTTP_HOST", "")):
            return self._app(environ, start_response)
        status = HTTPStatus.MISDIRECTED_REQUEST
        length = ("Content-Length", str(len(REFUSED)))
        start_response(f"{status.value} {status.phrase}", [("Content-Type", "text/plain"), length])
        return [REFUSED]

    def _is_ours(self, host: str) -> bool:
        """Look for a host with its port, without it, and for all names under one, which are written “*.example.org”."""
        name = host if port_of(host) is None else host.rpartition(":")[0]
        above = {f"*.{name[dot + 1 :]}" for dot, letter in enumerate(name) if letter == "."}
        return not {host, name, *above}.isdisjoint(self._names | THIS_MACHINE)
