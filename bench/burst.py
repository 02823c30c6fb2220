"""What others notice while one address opens and closes connections, sends halves of requests or reads and reads."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import requests

from bench.effort import by_effort
from bench.report import percentile, print_table
from tests.support.raw_socket import raw_socket
from tests.support.real_parts import ROOT
from tests.support.server import Server
from tests.support.waiting import wait_until

OTHERS: Final = ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5")
PAUSE_S: Final = 0.02
AFTER_S: Final = 1.0
"""So long after a burst everything is to be as before."""

LOOK_S: Final = by_effort(quick=0.5, full=3.0)
CONNECTIONS: Final = 1_500
HAMMER_S: Final = by_effort(quick=2.0, full=20.0)
LIMIT: Final = by_effort(quick="2 per 10 second", full="12 per minute")
"""A quick run does not last until the usual account is used up: what comes in each second is the same."""

BAR_MS: Final = 250

SCENES: Final = (
    (f"{CONNECTIONS:,} connections opened and closed", "open", CONNECTIONS),
    (f"{CONNECTIONS:,} ask for / and leave", "leave", CONNECTIONS),
    (f"{CONNECTIONS:,} halves of a head", "half a head", CONNECTIONS),
    (f"{CONNECTIONS:,} halves of a body", "half a body", CONNECTIONS),
    (f"reads without pause, {HAMMER_S:g} s", "hammer", HAMMER_S),
)


Span = tuple[float, float]
"""When something was asked, and when it was answered, on the machine's monotonic clock."""


class Others:
    """People at other addresses: each looks at the wall anew, reads the gallery, and says something over a socket."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._spans: list[Span] = []
        self._done = threading.Event()
        self.refused = 0

    @contextmanager
    def here(self) -> Iterator[Others]:
        """Let them be here for as long as the block takes."""
        threads = [threading.Thread(target=self._live, args=(address,)) for address in OTHERS]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._done.set()
            for thread in threads:
                thread.join()

    def waits_ms(self, from_s: float, until_s: float) -> list[float]:
        """Tell how long they waited, in all that was still unanswered at one moment or asked before the other."""
        spans = list(self._spans)
        return [(end - begin) * 1000 for begin, end in spans if end >= from_s and begin < until_s]

    def _live(self, address: str) -> None:
        kept = HTTPConnection("127.0.0.1", self._port, timeout=60, source_address=(address, 0))
        with raw_socket(self._port, source=address) as line, closing(kept):
            line.enter()
            while not self._done.wait(PAUSE_S):
                fresh = HTTPConnection("127.0.0.1", self._port, timeout=60, source_address=(address, 0))
                with closing(fresh):
                    self._timed(lambda: self._get(fresh, "/"))  # noqa: B023 - called at once
                self._timed(lambda: self._get(kept, "/api/v1/gallery"))
                self._timed(lambda: line.command("gallery:leave", {}))

    def _timed(self, ask: Callable[[], object]) -> None:
        began_s = time.monotonic()
        ask()
        self._spans.append((began_s, time.monotonic()))

    def _get(self, connection: HTTPConnection, path: str) -> None:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        self.refused += answer.status != HTTPStatus.OK


def run() -> None:
    """Print how long others wait at rest, while one address does its worst, and a second later."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data", cold=True, RATE_LIMIT_WORK=LIMIT)
        try:
            wait_until(lambda: requests.get(f"{server.api}/ready", timeout=60).ok)
            with Others(server.port).here() as others:
                rows = [_at_rest(others), *(_row(others, server.port, *scene) for scene in SCENES)]
        finally:
            server.stop()
    title = (
        f"{len(OTHERS)} others' pages, calls and commands while one address does its worst (it may: {LIMIT}), ms; "
        f"“during” lasts until {AFTER_S:g} s after; refused to others: {others.refused}"
    )
    figures = ("p50", "p99", "max")
    header = ("what the one does", "during: waits", *figures, "after: waits", *figures, "", "it got")
    print_table(title, header, rows)


def _at_rest(others: Others) -> tuple[str, ...]:
    time.sleep(0.3)  # whoever comes first has things made
    began_s = time.monotonic()
    time.sleep(2 * LOOK_S)
    return ("nothing", *_figures(others.waits_ms(began_s, time.monotonic())), "", "", "", "", "", "")


def _row(others: Others, port: int, name: str, kind: str, amount: float) -> tuple[str, ...]:
    program = [sys.executable, "-m", "bench.burst_program", str(port), kind, str(amount)]
    told = json.loads(subprocess.run(program, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    normal_s = told["ended_s"] + AFTER_S
    time.sleep(max(0.0, normal_s + LOOK_S - time.monotonic()))
    during = others.waits_ms(told["began_s"], normal_s)
    after = others.waits_ms(normal_s, time.monotonic())
    late = f"over {BAR_MS}" if not during or percentile(during, 0.99) > BAR_MS else ""
    got = ", ".join(f"{count:,} {what}" for what, count in sorted(told["seen"].items()))
    return (name, *_figures(during), *_figures(after), late, got)


def _figures(waits_ms: list[float]) -> tuple[str, ...]:
    shares = (percentile(waits_ms, share) for share in (0.5, 0.99, 1.0))
    if not waits_ms:
        return ("0", "", "", "")
    return (f"{len(waits_ms):,}", *(f"{value:.0f}" for value in shares))
