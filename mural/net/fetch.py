"""Ask another host, such that nothing it does can hold us up, fill our memory or lead us elsewhere.

A name is resolved once and its addresses are checked; those very ones are connected to, so that a second answer of the
name server changes nothing. The time is for all of it: connecting, TLS, head and body, however they trickle in. No
redirect is followed unless the caller wants that, and then each place is checked anew.
"""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import unquote_to_bytes, urljoin
from urllib.request import getproxies, proxy_bypass

from mural.net.errors import Forbidden, TooSlow, Unreachable, Unreadable
from mural.net.origins import normal_host
from mural.net.packing import Unpacking
from mural.net.targets import NamedBy, Resolver, Target, addresses_of, ask_the_system, next_target, target_of

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
PIECE_BYTES: Final = 1 << 16
SECRETS: Final = frozenset({"authorization", "cookie"})
"""Headers that another host is never shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What an answer may take: seconds in all, bytes once it is unpacked, and places that it may lead to."""

    timeout_s: float
    max_bytes: int
    redirects: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, whatever its status."""

    status: int
    headers: HTTPMessage
    body: bytes = field(repr=False)


def fetch(
    url: str,
    named_by: NamedBy,
    bounds: Bounds,
    *,
    headers: Mapping[str, str] | None = None,
    context: ssl.SSLContext | None = None,
    resolve: Resolver = ask_the_system,
) -> Answer:
    """Get what lies at an address; raise an OutgoingError, which says nothing of what was sent."""
    sent = dict(headers or {})
    with _Cutoff(bounds.timeout_s) as cutoff:
        target = target_of(url, named_by)
        for _ in range(bounds.redirects + 1):
            answer = _ask(sent, bounds.max_bytes, cutoff, _Way(target, context, resolve))
            location = answer.headers.get("Location", "")
            if answer.status not in REDIRECTS or not bounds.redirects:
                return answer
            url = urljoin(url, location)
            there = next_target(target, location, url)
            if there.origin != target.origin:
                sent = {name: value for name, value in sent.items() if name.lower() not in SECRETS}
            target = there
    raise Forbidden("one place leads to the next without end")


def _ask(headers: Mapping[str, str], max_bytes: int, cutoff: _Cutoff, way: _Way) -> Answer:
    try:
        connection = way.connection(cutoff)
        try:
            connection.request("GET", way.wanted, headers={**way.headers, **headers})
            with connection.getresponse() as answer:
                unpacking = Unpacking(answer.headers.get("Content-Encoding", ""), max_bytes)
                while piece := answer.read1(PIECE_BYTES):
                    unpacking.add(piece)
                cutoff.left_s()  # cut off in the middle of a body without a length, it looks whole
                if answer.length:
                    raise Unreadable("cut short")
                return Answer(answer.status, answer.headers, unpacking.whole())
        finally:
            connection.close()
    except TimeoutError as error:
        raise TooSlow("out of time") from error
    except OSError as error:
        cutoff.left_s()
        raise Unreachable(f"{type(error).__name__}, error {error.errno}") from error
    except (HTTPException, ValueError) as error:
        cutoff.left_s()
        raise Unreachable(f"no answer of HTTP: {type(error).__name__}") from error


class _Way:
    """How a target is reached: directly, or through the proxy that the host's environment names."""

    def __init__(self, target: Target, context: ssl.SSLContext | None, resolve: Resolver) -> None:
        self._target = target
        self._context = context
        self._resolve = resolve
        proxy = _proxy_for(target)
        self._nearest = target_of(proxy, NamedBy.SETTINGS) if proxy else target
        self.wanted = target.path
        self.headers = _basic("Authorization", target.userinfo)
        if self._nearest is not target and target.scheme == "http":
            self.wanted = f"http://{_host_port(target)}{target.path}"
            self.headers |= _basic("Proxy-Authorization", self._nearest.userinfo)

    def connection(self, cutoff: _Cutoff) -> HTTPConnection:
        """Prepare a connection; it is opened by its first request."""
        target, nearest = self._target, self._nearest
        tunnelled = nearest is not target and target.scheme == "https"
        first = replace(nearest, scheme="https") if tunnelled else nearest
        made: HTTPConnection
        if first.scheme == "https":
            made = HTTPSConnection(nearest.host, nearest.port, context=self._context)
        else:
            made = HTTPConnection(nearest.host, nearest.port)
        if tunnelled:
            made.set_tunnel(target.host, target.port, _basic("Proxy-Authorization", nearest.userinfo))
        # The library connects by this; giving it another way to is all that keeps it from resolving names by itself.
        made._create_connection = partial(self._dial, cutoff)  # type: ignore[attr-defined]  # noqa: SLF001
        return made

    def _dial(self, cutoff: _Cutoff, *_: Any) -> socket.socket:
        trouble: OSError = OSError("no address")
        for address in addresses_of(self._nearest, self._resolve):
            try:
                sock = socket.create_connection((address, self._nearest.port), cutoff.left_s())
            except OSError as error:
                trouble = error
            else:
                cutoff.guard(sock)
                return sock
        cutoff.left_s()
        raise trouble


def _proxy_for(target: Target) -> str:
    """Find the environment's proxy for a host of the settings; it would resolve others' names where we cannot see."""
    if target.named_by is NamedBy.OTHERS or proxy_bypass(target.host):
        return ""
    proxy = getproxies().get(target.scheme, "")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _host_port(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return normal_host(f"{host}:{target.port}", target.scheme)


def _basic(header: str, userinfo: str) -> dict[str, str]:
    return {header: f"Basic {base64.b64encode(unquote_to_bytes(userinfo)).decode()}"} if userinfo else {}


class _Cutoff:
    """Ends whatever a block reads or writes once its time is over, also where something comes all the time."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._guard = threading.Lock()
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        with self._guard:
            for sock in self._open:
                sock.close()
            self._open.clear()

    def left_s(self) -> float:
        """Tell how much time is left; raise TooSlow when it is none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TooSlow("out of time")
        return left

    def guard(self, sock: socket.socket) -> None:
        """Cut this connection off when the time is over; a second handle of it, for TLS takes the first away."""
        with self._guard:
            self._open.append(sock.dup())

    def _cut(self) -> None:
        with self._guard:
            for sock in self._open:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
