"""How a place server is asked over the wire: by plain GET, with a bound on everything that it could send back.

The web process asks itself, so nothing that answers may hold it up or fill its memory: no redirect is followed,
wherever it points; an answer is not unpacked and has MAX_BYTES at most; and the time is for all of it, not for each
byte.
"""

from __future__ import annotations

import io
import json
import logging
import socket
import ssl
import time
from collections.abc import Mapping
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable

log = logging.getLogger(__name__)

MAX_BYTES: Final = 1_000_000
"""Ten places with their addresses take some 10 KB."""

AS_THEY_ARE: Final = frozenset(("", "identity"))


class GeocoderMoved(GeocoderServiceError):  # type: ignore[misc]  # geopy ships no types
    """The server points elsewhere."""


class BoundedAdapter(BaseSyncAdapter):  # type: ignore[misc]
    """What geopy asks through."""

    def __init__(self, *, proxies: Mapping[str, str] | None, ssl_context: ssl.SSLContext) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._proxies = dict(proxies) if proxies is not None else None  # None: those of the environment
        self._ssl_context = ssl_context

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        """Ask and read the answer's JSON; raises a GeocoderServiceError or AdapterHTTPError."""
        try:
            return json.loads(self.get_text(url, timeout=timeout, headers=headers))
        except (ValueError, RecursionError) as error:
            raise GeocoderParseError(f"not JSON: {error}") from error

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """Ask; raises a GeocoderServiceError or AdapterHTTPError."""
        try:
            return self._read(Request(url, headers=dict(headers)), timeout)  # noqa: S310 - the host's own setting
        except HTTPError as error:
            with error:
                raise _refusal(error) from error
        except URLError as error:
            reason = error.reason
            raise _unreachable(reason if isinstance(reason, Exception) else error) from error
        except (OSError, HTTPException) as error:
            raise _unreachable(error) from error

    def _read(self, request: Request, timeout_s: float) -> str:
        deadline = time.monotonic() + timeout_s
        opener = build_opener(
            _Http(deadline), _Https(deadline, self._ssl_context), ProxyHandler(self._proxies), _StayHere()
        )
        with opener.open(request, timeout=timeout_s) as answer:
            packing = answer.headers.get("Content-Encoding", "").strip().lower()
            body: bytes = answer.read(MAX_BYTES + 1) if packing in AS_THEY_ARE else b""
        if packing not in AS_THEY_ARE or len(body) > MAX_BYTES:
            raise GeocoderParseError("packed although nobody asked for that, or larger than any answer")
        return body.decode("utf-8", "replace")


class _StayHere(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing: it could point into the host's own network."""


class _Http(HTTPHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: Request) -> HTTPResponse:
        """Connect, and read within the deadline."""
        return self.do_open(partial(_connection, HTTPConnection, self._deadline), req)


class _Https(HTTPSHandler):
    def __init__(self, deadline: float, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._deadline = deadline
        self._trusted = context

    def https_open(self, req: Request) -> HTTPResponse:
        """Connect, and read within the deadline."""
        connect = partial(_connection, HTTPSConnection, self._deadline, context=self._trusted)
        return self.do_open(connect, req)


def _connection(kind: type[HTTPConnection], deadline: float, host: str, **options: Any) -> HTTPConnection:
    connection = kind(host, **options)
    connection.response_class = partial(_Response, deadline)  # type: ignore[assignment]
    return connection


class _Response(HTTPResponse):
    """An answer whose head and body have to come before a moment, however they trickle in."""

    def __init__(self, deadline: float, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_Timed(self.fp, sock, deadline))


class _Timed(io.RawIOBase):
    """A stream of a socket that waits for each piece no longer than until the deadline."""

    def __init__(self, stream: io.BufferedReader, sock: socket.socket, deadline: float) -> None:
        self._stream = stream
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Read what has come."""
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left_s)
        return self._stream.readinto1(buffer)

    def close(self) -> None:
        """Let go of the connection."""
        self._stream.close()
        super().close()


def _refusal(error: HTTPError) -> Exception:
    headers = {name.lower(): value for name, value in error.headers.items()}
    if "location" in headers and error.code < 400:
        log.warning("The place server has moved to %.200r; set that as NOMINATIM_URL", headers["location"])
        moved: Exception = GeocoderMoved("moved")
        return moved
    refused: Exception = AdapterHTTPError(str(error.reason), status_code=error.code, headers=headers, text="")
    return refused


def _unreachable(error: Exception) -> Exception:
    late: Exception = GeocoderTimedOut("timed out")
    unavailable: Exception = GeocoderUnavailable("unreachable")
    if isinstance(error, TimeoutError):
        return late
    log.warning("The place server cannot be reached: %.300s", error)
    return unavailable
