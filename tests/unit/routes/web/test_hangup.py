from __future__ import annotations

import io
import socket
import struct
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from routes.web.hangup import ClientConnection

Ends = tuple[socket.socket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """Both ends of a TCP connection: the client's, and the one that the server has."""
    with (
        socket.create_server(("127.0.0.1", 0)) as door,
        socket.create_connection(door.getsockname()) as client,
    ):
        accepted, _address = door.accept()
        with accepted:
            yield client, accepted


def over(server_end: socket.socket) -> dict[str, Any]:
    """Make the environment of a request as Werkzeug's server does."""
    return {"wsgi.input": server_end.makefile("rb")}


def wrapped(server_end: socket.socket) -> dict[str, Any]:
    """Make it as eventlet's and gevent's servers do."""
    return {"wsgi.input": SimpleNamespace(rfile=server_end.makefile("rb"))}


@pytest.mark.parametrize("environ_of", [over, wrapped])
def test_a_client_is_there_until_it_hangs_up(ends: Ends, environ_of: Callable[[socket.socket], dict[str, Any]]) -> None:
    client, server_end = ends
    environ = environ_of(server_end)
    assert not ClientConnection(environ).is_gone()
    client.close()
    assert ClientConnection(environ).is_gone()


def test_what_a_client_has_sent_meanwhile_hides_nothing_and_is_left_to_be_read(ends: Ends) -> None:
    client, server_end = ends
    environ = over(server_end)
    connection = ClientConnection(environ)
    client.sendall(b"GET /next HTTP/1.1\r\n")
    assert not connection.is_gone()
    client.close()
    assert connection.is_gone()
    assert server_end.recv(100) == b"GET /next HTTP/1.1\r\n"


def test_a_client_that_breaks_off_is_gone(ends: Ends) -> None:
    client, server_end = ends
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    environ = over(server_end)
    assert ClientConnection(environ).is_gone()


@pytest.mark.parametrize("environ", [{}, {"wsgi.input": io.BytesIO()}, {"wsgi.input": None}])
def test_without_a_socket_the_client_counts_as_present(environ: dict[str, Any]) -> None:
    assert not ClientConnection(environ).is_gone()


def test_a_connection_that_is_not_tcp_counts_as_open() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        environ = over(ours)
        assert not ClientConnection(environ).is_gone()
