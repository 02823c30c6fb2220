"""Who may come in at all: what is decided about a connection before any request is read from it."""

from __future__ import annotations

import io
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from infra.work_budget import CONNECTION_S, FairTurns, Standing, WorkBudget
from routes.web.hangup import is_closing
from routes.web.networks import network_of
from routes.web.whole_heads import CutOff, WholeLines, WholeWrites

if TYPE_CHECKING:
    from infra.observing.metrics import Metrics

SILENCE_S: Final = 60.0
"""Who is silent for so long on a green thread is cut off; websockets and polls have limits of their own."""

HANG_UP: Final = "mural.hang_up"
"""Where a request's environment has what ends its connection after the answer."""

PEEKED_BYTES: Final = 8 * 1024
HEAD_END: Final = re.compile(rb"\n\r?\n")

HARMLESS: Final = (b"GET ", b"HEAD ")
"""What begins so changes nothing, and can be left undone when its client does not wait for it."""

SENTENCE: Final = b"That was a lot at once. Try again in a moment.\n"
BUSY: Final = (
    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 10\r\nConnection: close\r\n"
    b"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(SENTENCE), SENTENCE)
)
"""The answer to who is not listened to; making it takes no time."""


class FrontDoor:
    """Lets connections in, and knows how many of each address are open.

    Behind a proxy all connections are the proxy's: what counts then is decided when a request tells whom it is from.
    """

    def __init__(
        self, budget: WorkBudget, turns: FairTurns, metrics: Metrics, *, most_open: int, proxied: bool, green: bool
    ) -> None:
        self._budget = budget
        self._turns = turns
        self._metrics = metrics
        self._most_open = most_open
        self._proxied = proxied
        self._green = green
        self._open: Counter[str] = Counter()
        self._guard = threading.Lock()

    def lets_in(self, connection: Any, client: Any) -> bool:
        """Look at a connection that has just been accepted; one that is not let in is to be closed."""
        if self._green:  # with a limit Python's own sockets would wait also where a write is to return at once
            connection.settimeout(SILENCE_S)
        address = _address(client)
        if not self._proxied:
            self._budget.charge(address, CONNECTION_S)
        if _has_left(connection):
            self._metrics.turned_away("left")
            return False
        if self._proxied:
            return True
        if self._open[address] >= self._most_open:
            return self._refuse(connection, "connections")
        if self._budget.standing(address) is Standing.OVERDRAWN:
            return self._refuse(connection, "overdrawn")
        return True

    @contextmanager
    def open_for(self, client: Any) -> Iterator[None]:
        """Count a connection for as long as it is held; serving it begins when its address has a turn."""
        address = _address(client)
        with self._guard:
            self._open[address] += 1
        try:
            if not self._proxied:
                self._turns.wait(address)
            yield
        finally:
            with self._guard:
                self._open[address] -= 1
                if not self._open[address]:
                    del self._open[address]

    def cut_off(self) -> None:
        """Count a request that did not come whole."""
        self._metrics.turned_away("cut off")

    def _refuse(self, connection: Any, why: str) -> bool:
        self._metrics.turned_away(why)
        with suppress(OSError):  # gone already
            connection.send(BUSY)
        return False


def guarded(handler: type[Any], door: FrontDoor) -> type[Any]:
    """Have the handler of a server's connections count them, read whole heads only, and keep no buffers."""

    class Guarded(handler):  # type: ignore[misc]  # one of three libraries' classes
        rbufsize = wbufsize = 0
        rfile: Any
        wfile: Any = None

        def handle(self) -> None:
            raw = self.rfile.detach() if isinstance(self.rfile, io.BufferedReader) else self.rfile  # gevent asks nobody
            self.rfile = WholeLines(raw, door.cut_off)
            if isinstance(self.wfile, io.RawIOBase):  # eventlet's
                self.wfile = WholeWrites(self.wfile)
            with door.open_for(self.client_address), suppress(CutOff):
                super().handle()

        def get_environ(self) -> dict[str, Any]:
            """Make the environment of a request; Werkzeug's, which ends every connection by itself, has another way."""
            environ: dict[str, Any] = super().get_environ()
            return environ | {HANG_UP: self.rfile.end}

        def _handle_client_error(self, error: Exception) -> Any:
            """Let gevent's answer what is wrong with a request, unless nobody is there to hear."""
            if isinstance(error, CutOff):
                raise error
            return super()._handle_client_error(error)

    return Guarded


def _address(client: Any) -> str:
    return network_of(client[0]) if isinstance(client, tuple) else "unknown"


def _has_left(connection: Any) -> bool:
    """Tell whether a client has closed its end already, and there is nothing to do for what it may have sent before."""
    if not is_closing(connection):
        return False
    try:
        sent = connection.recv(PEEKED_BYTES, socket.MSG_PEEK)
    except OSError:
        return True
    is_whole = HEAD_END.search(sent) or len(sent) == PEEKED_BYTES
    return not is_whole or sent.startswith(HARMLESS)
