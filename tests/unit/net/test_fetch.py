"""What another host may do to us: real sockets of this machine, which stand for public ones where a test says so."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from mural.net import targets
from mural.net.errors import Forbidden, OutgoingError, TooLarge, TooSlow, Unreachable, Unreadable
from mural.net.fetch import Bounds, fetch
from mural.net.targets import NamedBy

OK = b"HTTP/1.1 200 OK\r\n"
USUAL = Bounds(timeout_s=20, max_bytes=10_000)
PUBLIC = "93.184.215.14"


@dataclass
class Host:
    """Sends each connection what it is given, or has it done; keeps what it was asked."""

    speak: Callable[[socket.socket], None]
    asked: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def host(answer: bytes | Callable[[socket.socket], None]) -> Iterator[Host]:
    speak = answer if callable(answer) else lambda connection: connection.sendall(answer)
    serving = Host(speak)
    listening = socket.create_server(("127.0.0.1", 0))
    serving.port = listening.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                connection, _client = listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                serving.asked.append(connection.recv(65536))
                serving.speak(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield serving
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def endlessly(start: bytes, piece: bytes, pause_s: float = 0.0) -> Callable[[socket.socket], None]:
    """Send a beginning, then the same again and again for as long as somebody listens."""

    def speak(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            time.sleep(pause_s)
            connection.sendall(piece)

    return speak


def test_a_host_of_the_settings_is_asked_and_answers() -> None:
    with host(OK + b"X-Kind: good\r\nContent-Length: 2\r\n\r\nhi") as server:
        url = f"http://me:my%20word@127.0.0.1:{server.port}/a?b=c"
        answer = fetch(url, NamedBy.SETTINGS, USUAL, headers={"User-Agent": "Mural"})
    assert (answer.status, answer.headers["x-kind"], answer.body) == (200, "good", b"hi")
    lines = server.asked[0].decode().split("\r\n")
    assert lines[0] == "GET /a?b=c HTTP/1.1"
    assert {f"Host: 127.0.0.1:{server.port}", "User-Agent: Mural", "Authorization: Basic bWU6bXkgd29yZA=="} < set(lines)


def test_nobody_else_leads_inside() -> None:
    with host(OK + b"\r\nsecret") as server:
        for url in (server.url, server.url.replace("127.0.0.1", "localhost")):
            with pytest.raises(Forbidden):
                fetch(url, NamedBy.OTHERS, USUAL)
    assert not server.asked


def test_a_name_is_resolved_once_so_that_a_second_answer_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name server says “public” when it is checked and would say “inside” when it is connected to."""
    answers = [[PUBLIC], ["127.0.0.1"]]
    connected: list[str] = []
    with host(OK + b"Content-Length: 2\r\n\r\nhi") as server:
        connect = socket.create_connection

        def to_its_stand_in(address: tuple[str, int], timeout: float) -> socket.socket:
            connected.append(address[0])
            return connect(("127.0.0.1", server.port), timeout)

        monkeypatch.setattr(socket, "create_connection", to_its_stand_in)
        url = "http://rebind.example/"
        answer = fetch(url, NamedBy.OTHERS, USUAL, resolve=lambda _host, _port: answers.pop(0))
        assert (answer.body, connected) == (b"hi", [PUBLIC])
        assert b"Host: rebind.example\r\n" in server.asked[0]
        with pytest.raises(Forbidden):
            fetch(url, NamedBy.OTHERS, USUAL, resolve=lambda _host, _port: answers.pop(0))
    assert connected == [PUBLIC]


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def test_no_redirect_is_followed_unless_that_is_wanted() -> None:
    with host(OK + b"\r\nsecret") as inside, host(moved(inside.url)) as server:
        assert fetch(server.url, NamedBy.SETTINGS, USUAL).status == 302
    assert not inside.asked


@pytest.mark.parametrize(
    "place", ["http://127.0.0.1:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "file:///etc/hosts"]
)
def test_a_redirect_inside_is_refused_also_from_a_host_of_the_settings(place: str) -> None:
    follow = Bounds(timeout_s=20, max_bytes=100, redirects=3)
    with (
        host(OK + b"\r\nsecret") as inside,
        host(moved(place.format(port=inside.port))) as server,
        pytest.raises(Forbidden),
    ):
        fetch(server.url, NamedBy.SETTINGS, follow)
    assert not inside.asked


def test_a_redirect_within_the_very_same_place_is_followed_and_not_for_ever() -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall(OK + b"Content-Length: 4\r\n\r\nhere" if b"/there" in server.asked[-1] else moved("/there"))

    follow = Bounds(timeout_s=20, max_bytes=100, redirects=1)
    with host(speak) as server:
        assert fetch(server.url, NamedBy.SETTINGS, follow).body == b"here"
    with host(moved("/again")) as server, pytest.raises(Forbidden):
        fetch(server.url, NamedBy.SETTINGS, follow)
    assert len(server.asked) == 2


def test_a_public_place_that_is_led_to_learns_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "is_public", lambda _address: True)
    follow = Bounds(timeout_s=20, max_bytes=100, redirects=1)
    with host(OK + b"Content-Length: 0\r\n\r\n") as other, host(moved(other.url)) as server:
        headers = {"Authorization": "Bearer secret", "Accept": "text/plain"}
        fetch(server.url, NamedBy.SETTINGS, follow, headers=headers)
    assert b"secret" in server.asked[0]
    assert b"secret" not in other.asked[0]
    assert b"Accept: text/plain" in other.asked[0]


ANSWERS = {
    "a body without end": (endlessly(OK + b"\r\n", b" " * 50_000), TooLarge),
    "a body too large": (OK + b"Content-Length: 10001\r\n\r\n" + b"x" * 10_001, TooLarge),
    "a bomb": (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(50_000_000)), TooLarge),
    "packed twice": (OK + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(gzip.compress(b"x")), Unreadable),
    "packed strangely": (OK + b"Content-Encoding: zstd\r\n\r\nx", Unreadable),
    "not packed at all": (OK + b"Content-Encoding: gzip\r\n\r\nx", Unreadable),
    "half a package": (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 5000)[:20], Unreadable),
    "half a body": (OK + b"Content-Length: 10\r\n\r\nhalf", Unreadable),
    "half a chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\na\r\nhalf", Unreachable),
    "a header too long": (OK + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n", Unreachable),
    "headers without end": (endlessly(OK, b"X-More: again\r\n" * 50), Unreachable),
    "no HTTP": (b"220 mail.example ESMTP\r\n", Unreachable),
    "nothing": (b"", Unreachable),
}


@pytest.mark.parametrize(("answer", "error"), ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_that_is_too_much_or_none_is_told_without_showing_it(
    answer: bytes | Callable[[socket.socket], None], error: type[OutgoingError]
) -> None:
    with host(answer) as server, pytest.raises(error) as caught:
        fetch(server.url, NamedBy.SETTINGS, USUAL)
    assert "mail.example" not in str(caught.value)


SLOW = {
    "a dripping body": endlessly(OK + b"\r\n", b"x", 0.01),
    "a dripping head": endlessly(OK + b"X-Slow: ", b"x", 0.01),
    "a dripping body of a known length": endlessly(OK + b"Content-Length: 9000\r\n\r\n", b"x", 0.01),
    "continuing without end": endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
    "dripping chunks": endlessly(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.01),
}


@pytest.mark.parametrize("speak", SLOW.values(), ids=SLOW.keys())
def test_the_time_is_for_all_of_an_answer_however_it_drips(speak: Callable[[socket.socket], None]) -> None:
    with host(speak) as server, pytest.raises(TooSlow):
        fetch(server.url, NamedBy.SETTINGS, Bounds(timeout_s=0.3, max_bytes=10_000))


def test_silence_and_a_dripping_handshake_end_too() -> None:
    """TLS that is half agreed upon sends something all the time, so that no pause is ever too long."""
    record = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"
    with host(endlessly(record, b"\x00", 0.01)) as server, pytest.raises(TooSlow):
        fetch(server.url.replace("http", "https"), NamedBy.SETTINGS, Bounds(timeout_s=0.3, max_bytes=100))
    silent = threading.Event()

    def say_nothing(_connection: socket.socket) -> None:
        silent.wait()

    with host(say_nothing) as server:
        try:
            with pytest.raises(TooSlow):
                fetch(server.url, NamedBy.SETTINGS, Bounds(timeout_s=0.3, max_bytes=100))
        finally:
            silent.set()


def test_what_is_packed_as_it_should_be_is_unpacked() -> None:
    for packing in (b"gzip", b"GZIP", b"x-gzip"):
        with host(OK + b"Content-Encoding: " + packing + b"\r\n\r\n" + gzip.compress(b"x" * 9000)) as server:
            assert fetch(server.url, NamedBy.SETTINGS, USUAL).body == b"x" * 9000


def test_a_host_of_the_settings_is_asked_through_the_proxy_of_the_environment_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with host(OK + b"Content-Length: 3\r\n\r\nvia") as proxy:
        monkeypatch.setenv("http_proxy", f"http://me:word@127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "")
        assert fetch("http://map.example/status", NamedBy.SETTINGS, USUAL).body == b"via"
        with pytest.raises(Forbidden):
            fetch("http://inside.example/", NamedBy.OTHERS, USUAL, resolve=lambda _host, _port: ["10.0.0.1"])
    [asked] = proxy.asked
    assert asked.startswith(b"GET http://map.example/status HTTP/1.1\r\nHost: map.example\r\n")
    assert b"Proxy-Authorization: Basic" in asked


def test_nobody_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Unreachable):
        fetch(f"http://127.0.0.1:{port}/", NamedBy.SETTINGS, USUAL)
