"""One address that asks too much or breaks off: it costs nobody else anything, and what is unfinished is not done."""

from __future__ import annotations

import json
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.raw_socket import raw_socket
from tests.support.server import HELSINKI, MODES, QuickServer, Server
from tests.support.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.system

ELSEWHERE = "127.0.0.2"
ADDRESSES = count(1)
TRIES = 20_000
"""Far more than any budget of these tests allows."""


@pytest.fixture(scope="module", params=MODES)
def any_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickServer]:
    """A running Mural on each kind of thread in turn."""
    running = QuickServer(tmp_path_factory.mktemp(request.param) / "data", ASYNC_MODE=request.param, METRICS="1")
    yield running
    running.stop()


@pytest.fixture(scope="module", params=MODES)
def strict_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Mural where one address may take a second of work, and hardly more after that."""
    limits = {"RATE_LIMIT_WORK": "1 per 2 minutes", "CONNECTIONS_PER_ADDRESS": "50"}
    data_dir = tmp_path_factory.mktemp(f"strict-{request.param}") / "data"
    running = QuickServer(data_dir, ASYNC_MODE=request.param, METRICS="1", **limits)
    yield running
    running.stop()


@pytest.fixture
def greedy() -> str:
    """An address that nobody has come from before."""
    return f"127.0.1.{next(ADDRESSES)}"


def connect(server: Server, source: str = "127.0.0.1") -> HTTPConnection:
    return HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S, source_address=(source, 0))


def ask(connection: HTTPConnection, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def ask_anew(server: Server, path: str, source: str = "127.0.0.1", **headers: str) -> tuple[int, dict[str, str], bytes]:
    with closing(connect(server, source)) as connection:
        return ask(connection, path, **headers)


def say(server: Server, content: bytes) -> bytes:
    """Send bytes over a connection, say no more, and read what comes back until it ends."""
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as connection, suppress(ConnectionError):
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(65_536):
            answer += piece
    return answer


def counted(server: Server, figure: str) -> float:
    """Read a figure of /metrics, as somebody who is in nobody's way."""
    _status, _headers, body = ask_anew(server, "/metrics", "127.0.0.9")
    values = re.findall(rf"^{re.escape(figure)}.* (\S+)$", body.decode(), re.MULTILINE)
    return sum(float(value) for value in values)


WALLS = 'mural_request_seconds_count{endpoint="wall_pages.wall"'


class Hung:
    """A poster, and the one who may take it down."""

    def __init__(self, server: QuickServer) -> None:
        self._session = requests.Session()
        made = server.wait_for(server.submit_new(self._session)["job_id"], "completed")
        self._server = server
        self.path = f"/api/v1/posters/{made['result']['poster_id']}"
        cookie = "; ".join(f"{name}={value}" for name, value in self._session.cookies.items())
        self.lines = f"DELETE {self.path} HTTP/1.1\r\nHost: mural\r\nCookie: {cookie}\r\n".encode()

    def is_there(self) -> bool:
        return ask_anew(self._server, self.path)[0] == requests.codes.ok


@pytest.fixture
def hung(any_server: QuickServer) -> Hung:
    return Hung(any_server)


def test_a_whole_request_is_carried_out_though_its_client_says_no_more(any_server: QuickServer, hung: Hung) -> None:
    """So that the tests below could see one that is."""
    say(any_server, hung.lines + b"\r\n")
    assert not hung.is_there()


@pytest.mark.parametrize(
    "rest",
    [
        b"",
        b"X-Other: half a val",
        b"Content-Length: 0",
        b"\r",
        b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{}",
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0",
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{",
    ],
)
def test_a_request_that_breaks_off_is_not_carried_out(any_server: QuickServer, hung: Hung, rest: bytes) -> None:
    answer = say(any_server, hung.lines + rest)
    assert not re.match(rb"HTTP/1\.1 [25]", answer), answer
    assert hung.is_there()


def test_nor_is_one_that_comes_after_another_on_the_same_connection(any_server: QuickServer, hung: Hung) -> None:
    say(any_server, b"POST /api/v1/nothing HTTP/1.1\r\nHost: mural\r\n\r\n" + hung.lines)
    assert hung.is_there()


def test_half_a_cookie_is_nobodys(any_server: QuickServer) -> None:
    before = counted(any_server, "mural_jobs_total")
    body = json.dumps(HELSINKI).encode()
    head = b"POST /api/v1/posters HTTP/1.1\r\nHost: mural\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
    assert say(any_server, head % len(body) + b"Cookie: mural_visitor=ab") == b""
    assert counted(any_server, "mural_jobs_total") == before


def test_no_page_is_made_for_a_client_that_has_left(any_server: QuickServer) -> None:
    request = b"GET / HTTP/1.1\r\nHost: mural\r\n\r\n"
    walls, left = counted(any_server, WALLS), counted(any_server, 'mural_turned_away_total{reason="left"')
    address = ("127.0.0.1", any_server.port)
    with ExitStack() as stack:
        stack.callback(any_server.send, signal.SIGCONT)  # when all have left
        known = [stack.enter_context(socket.create_connection(address, PATIENCE_S)) for _ in range(20)]
        wait_until(lambda: connections_of(any_server) >= len(known))
        any_server.send(signal.SIGSTOP)
        strangers = [stack.enter_context(socket.create_connection(address, PATIENCE_S)) for _ in range(20)]
        for client in known + strangers:
            client.sendall(request)
    wait_until(lambda: counted(any_server, 'mural_turned_away_total{reason="left"') >= left + 40)
    assert counted(any_server, WALLS) == walls


def connections_of(server: Server) -> int:
    """Count the connections that a server has accepted, as the system knows them."""
    inodes = set()
    for link in Path(f"/proc/{server.pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            inodes.add(re.sub(r"\D", "", str(link.readlink())))
    lines = Path(f"/proc/{server.pid}/net/tcp").read_text("ascii").splitlines()[1:]
    established = [line.split() for line in lines if line.split()[3] == "01"]
    return sum(line[1].endswith(f":{server.port:04X}") and line[9] in inodes for line in established)


READS = (
    "/",
    "/gallery",
    "/api/v1/geocode/suggest?q=san",
    "/api/v1/geocode/reverse?lat=60&lon=25",
    "/api/v1/canvas/board",
)


def exhaust(server: Server, address: str) -> tuple[int, dict[str, str], bytes]:
    """Read everything that there is to read until not served, and give that answer."""
    with closing(connect(server, address)) as connection:
        for number in range(TRIES):
            try:
                answer = ask(connection, READS[number % len(READS)])
            except (OSError, HTTPException):  # hung up on: the next one is a connection anew
                connection.close()
                continue
            if answer[0] != requests.codes.ok:
                return answer
    pytest.fail("an address may take whatever it likes")


def wait_as_told(server: Server, address: str) -> None:
    """Ask and wait for as long as one is told to, until served."""
    for _ in range(20):
        with suppress(OSError, HTTPException):
            status, headers, _body = ask_anew(server, "/", address)
            if status == requests.codes.ok:
                return
            time.sleep(int(headers["retry-after"]))
            continue
        time.sleep(1)  # it was hung up on, and not told
    pytest.fail("an address is never served again")


def test_who_reads_too_much_is_told_to_wait_and_nobody_else(strict_server: Server, greedy: str) -> None:
    for path in READS:
        # One that has taken far too much is answered by the door, any other by the page.
        status, headers, body = exhaust(strict_server, greedy)
        assert status == requests.codes.too_many_requests
        assert b"asked for more than one may" in body or b"That was a lot at once" in body
        assert int(headers["retry-after"]) >= 1
        assert ask_anew(strict_server, path, ELSEWHERE)[0] == requests.codes.ok
    wait_until(lambda: is_healthy(strict_server, greedy))
    wait_as_told(strict_server, greedy)


def is_healthy(server: Server, address: str) -> bool:
    """Ask how the server is, as somebody who is told to wait."""
    with suppress(OSError, HTTPException):
        return ask_anew(server, "/api/v1/health", address)[0] == requests.codes.ok
    return False


def test_who_goes_on_nevertheless_is_hung_up_on(strict_server: Server, greedy: str) -> None:
    overdrawn = 'mural_turned_away_total{reason="overdrawn"'
    before = counted(strict_server, overdrawn)
    exhaust(strict_server, greedy)
    for _ in range(TRIES):
        with suppress(OSError, HTTPException):
            ask_anew(strict_server, "/", greedy)
        if counted(strict_server, overdrawn) > before:
            break
    else:
        pytest.fail("an address may ask for ever")
    assert ask_anew(strict_server, "/", ELSEWHERE)[0] == requests.codes.ok
    with raw_socket(strict_server.port, source=ELSEWHERE) as other:
        assert other.enter().command("gallery:join", {})["ok"] is True


def test_one_address_holds_so_many_connections_and_no_more(strict_server: Server, greedy: str) -> None:
    def open_one() -> socket.socket:
        return socket.create_connection(("127.0.0.1", strict_server.port), PATIENCE_S, (greedy, 0))

    before = connections_of(strict_server)
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(open_one())
        wait_until(lambda: connections_of(strict_server) >= before + 50)
        with open_one() as beyond:
            assert beyond.recv(65_536).startswith(b"HTTP/1.1 429 ")
        assert ask_anew(strict_server, "/", ELSEWHERE)[0] == requests.codes.ok
    wait_until(lambda: connections_of(strict_server) <= before)
    wait_as_told(strict_server, greedy)  # what the system has closed the server may notice a moment later


def test_behind_a_proxy_those_who_are_forwarded_are_told_apart(tmp_path: Path) -> None:
    server = QuickServer(tmp_path / "data", RATE_LIMIT_WORK="1 per 2 minutes", TRUSTED_PROXIES="1")
    try:
        with closing(connect(server)) as proxy:
            greedy, other = {"X-Forwarded-For": "2001:db8::1"}, {"X-Forwarded-For": "2001:db8:0:1::1"}
            same_house = {"X-Forwarded-For": "2001:db8::2"}
            served = served_until_refused(proxy, greedy)
            # What a moment brings back is little beside what an address has that nobody came from before.
            assert served_until_refused(proxy, same_house) < served / 2
            assert ask(proxy, "/", **other)[0] == requests.codes.ok
    finally:
        server.stop()


def served_until_refused(proxy: HTTPConnection, headers: dict[str, str]) -> int:
    """Ask for the wall until refused, and tell how often it was given."""
    return next(number for number in range(TRIES) if ask(proxy, "/", **headers)[0] != requests.codes.ok)


def test_a_school_behind_one_address_is_served_wholly(tmp_path: Path) -> None:
    """Fifty phones open the wall at once, with all that belongs to it, look at the gallery, and hold a socket each."""
    server = QuickServer(tmp_path / "data", RATE_LIMIT_WORK="12 per minute", CONNECTIONS_PER_ADDRESS="2000")
    refused: list[Any] = []

    def visit() -> None:
        with closing(connect(server)) as phone, raw_socket(server.port) as line:
            line.join()
            page = ask(phone, "/")[2].decode()
            parts = sorted(set(re.findall(r'(?:href|src)="(/(?:static|themes)[^"]+)"', page)))
            for path in ("/", *parts, "/gallery", "/api/v1/gallery", "/canvas", "/api/v1/canvas/board"):
                status = ask(phone, path)[0]
                if status != requests.codes.ok:
                    refused.append((status, path))

    phones = [threading.Thread(target=visit) for _ in range(50)]
    try:
        for phone in phones:
            phone.start()
        for phone in phones:
            phone.join()
    finally:
        server.stop()
    assert refused == []
