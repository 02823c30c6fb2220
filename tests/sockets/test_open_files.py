"""More connections than the system has files for: some are refused with a sentence, and the server lives on."""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from collections.abc import Iterator

import pytest
import requests

from infra.open_files import OTHER
from tests.support.raw_socket import RawSocket
from tests.support.server import Server

FILES = 1_200
SOCKETS = FILES - OTHER
ATTEMPTS = 10_000
AT_ONCE = 100
KNOCK = b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: mural\r\n\r\n"
SENTENCE = b"Too many connections."


@pytest.fixture(scope="module", params=["eventlet", "gevent"])
def cramped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Mural that the system allows few open files."""
    program = ("-m", "tests.sockets.few_files_program", str(FILES))
    running = Server(tmp_path_factory.mktemp(request.param) / "data", program=program, ASYNC_MODE=request.param)
    yield running
    running.stop()


def knock(port: int, times: int) -> bytes:
    """Ask for so many sockets over one connection, one right after the other, and give the answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(KNOCK * times)
        answers = b""
        while answers.count(SENTENCE) < times:
            piece = connection.recv(65_536)
            assert piece, answers[-500:]
            answers += piece
    return answers


def still_serves(server: Server) -> None:
    """Check that pages and sockets are to be had, once those who are gone have been noticed."""
    for _ in range(300):
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{server.api}/health", timeout=30).ok:
                break
    with server.client() as client:
        assert client.call("gallery:join", {}, timeout=60)["ok"] is True


def test_ten_thousand_attempts_are_refused_beyond_the_bound(cramped: Server) -> None:
    with contextlib.ExitStack() as stack:
        held = []
        while (client := RawSocket(cramped.port)).status == requests.codes.switching_protocols:
            stack.callback(client.close)
            held.append(client.enter())
        client.close()
        assert (client.status, len(held)) == (requests.codes.unauthorized, SOCKETS)
        for _ in range(ATTEMPTS // AT_ONCE):
            answers = knock(cramped.port, AT_ONCE)
            assert answers.count(b"HTTP/1.1 401 ") == AT_ONCE
        assert requests.get(f"{cramped.api}/health", timeout=30).ok, "there is room for pages"
        assert held[0].command("gallery:join", {})["ok"] is True
    still_serves(cramped)


def test_connections_that_say_nothing_do_not_end_the_server(cramped: Server) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(FILES + 300):
            silent = stack.enter_context(socket.socket())
            silent.setblocking(False)
            silent.connect_ex(("127.0.0.1", cramped.port))
    still_serves(cramped)


def test_a_system_without_a_file_left_does_not_end_the_server(cramped: Server) -> None:
    limits = resource.prlimit(cramped.pid, resource.RLIMIT_NOFILE)
    with contextlib.ExitStack() as stack:
        resource.prlimit(cramped.pid, resource.RLIMIT_NOFILE, (1, limits[1]))
        stack.callback(resource.prlimit, cramped.pid, resource.RLIMIT_NOFILE, limits)
        stack.enter_context(socket.create_connection(("127.0.0.1", cramped.port)))
        for _ in range(300):
            if "Too many open files" in cramped.log():
                break
            time.sleep(0.05)
        else:
            pytest.fail("the server has noticed nothing")
    still_serves(cramped)
