"""Clients that flood, talk nonsense or come from elsewhere: they lose their connection, and nobody else notices."""

from __future__ import annotations

import contextlib
import json
import statistics
import time
from collections.abc import Callable

import pytest
import requests

from tests.support.library_client import SimpleClient
from tests.support.raw_socket import BINARY, CLOSE, PING, TEXT, RawSocket, raw_socket
from tests.support.server import Server
from tests.support.waiting import wait_until

PATIENCE = 100
"""So many times longer than usual may an answer take during a flood: a stopped hub is thousands of times slower."""

DEFLATE = "permessage-deflate; client_max_window_bits"


def ends(client: RawSocket) -> bool:
    """Read until the server ends the connection."""
    client.read_to_the_end()
    return True


def still_serves(server: Server) -> None:
    """Check that others are served."""
    with server.client() as other:
        assert other.call("gallery:join", {})["ok"] is True


def test_compression_is_never_agreed_to(any_server: Server) -> None:
    with raw_socket(any_server.port, Sec_WebSocket_Extensions=DEFLATE) as client:
        assert client.status == 101
        assert "sec-websocket-extensions" not in client.headers
        client.join()


GARBAGE: dict[str, Callable[[RawSocket], None]] = {
    "an empty packet": lambda client: client.send_text(""),
    "no packet type": lambda client: client.send_text("x"),
    "an unknown packet type": lambda client: client.send_text("4" + "9"),
    "text that is no Socket.IO": lambda client: client.send_text("4garbage"),
    "a number for a message": lambda client: client.send_text("4{}"),
    "an event without a name": lambda client: client.send_text("42[]"),
    "an event that is no list": lambda client: client.send_text('42{"a":1}'),
    "half an event": lambda client: client.send_text('42["gallery:join",{'),
    "bottomless lists": lambda client: client.send_text("42" + "[" * 16_000),
    "broken base64": lambda client: client.send_text("b!"),
    "binary noise": lambda client: client.send_frame(BINARY, bytes(range(256)) * 4),
    "endless attachments": lambda client: client.send_text('451000000-["x",{"_placeholder":true,"num":0}]'),
    "an acknowledgement of attachments": lambda client: client.send_text("461-1[]"),
    "a message that is too large": lambda client: client.send_text("42" + "x" * 1_000_000),
    "broken UTF-8": lambda client: client.send_frame(TEXT, b'42["\xff\xfe"]'),
    "a frame of an unknown kind": lambda client: client.send_frame(7, b"x"),
    "a torn control frame": lambda client: client.send_frame(PING, b"x", final=False),
    "no frames at all": lambda client: client.socket.sendall(b"GET / HTTP/1.1\r\n\r\n" * 50),
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_ends_the_connection(any_server: Server, kind: str) -> None:
    with raw_socket(any_server.port) as client:
        client.enter()
        with contextlib.suppress(ConnectionError):  # it may be quicker than we are
            GARBAGE[kind](client)
        assert ends(client)
    still_serves(any_server)


def test_garbage_before_anything_else_ends_the_connection(any_server: Server) -> None:
    for text in ("", "hello", "4"):
        with raw_socket(any_server.port) as client:
            client.send_text(text)
            assert ends(client)
    still_serves(any_server)


def test_there_is_no_other_namespace(any_server: Server) -> None:
    with raw_socket(any_server.port) as client:
        client.send_text("40/admin,")
        while not (text := client.read_text()).startswith("44"):
            pass
        refusal = json.loads(text[text.index(",") + 1 :])
        assert refusal["error"] == "Unknown namespace"
        assert "/admin" in refusal["message"]
        client.enter()


FLOODS = {
    "commands": '421["gallery:leave",{}]',
    "unknown commands": '421["no:such",{}]',
    "pongs": "3",
    "upgrades": "5",
    "connections": "40",
    "namespaces": "40/x,",
    "answers": "431[]",
}


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_ends_the_flooder_s_connection(any_server: Server, kind: str) -> None:
    frame = FLOODS[kind]
    with raw_socket(any_server.port) as flooder:
        flooder.enter()
        with contextlib.suppress(ConnectionError):
            flooder.send_often(frame, 20_000)
        with contextlib.suppress(ConnectionError):
            assert ends(flooder)
    still_serves(any_server)


def test_others_are_answered_during_floods_and_the_log_stays_short(any_server: Server) -> None:
    before = len(any_server.log())
    with any_server.client() as other:
        resting_s = usual_wait_s(any_server, other, lambda flooder: flooder.enter())
        flooded_s = usual_wait_s(any_server, other, flood)
    assert flooded_s < PATIENCE * resting_s, f"{flooded_s * 1000:.1f} ms instead of {resting_s * 1000:.1f} ms"
    assert len(any_server.log()) - before < 20_000


def usual_wait_s(server: Server, other: SimpleClient, act: Callable[[RawSocket], object]) -> float:
    """Let one after the other come, act and go, and give the median of another's waits meanwhile."""
    waits_s = []
    for _ in range(60):
        with raw_socket(server.port) as client, contextlib.suppress(ConnectionError):
            act(client)
        asked = time.monotonic()
        assert other.call("gallery:leave", {}, timeout=30)["ok"] is True
        waits_s.append(time.monotonic() - asked)
    return statistics.median(waits_s)


def flood(client: RawSocket) -> None:
    """Talk nonsense, and more of it than anybody can want."""
    client.send_text("4nonsense")
    client.socket.sendall(b"\x81\x85\0\0\0\0" + b"40/x," * 5_000)


def test_a_polling_client_that_talks_nonsense_is_refused(any_server: Server) -> None:
    address = f"{any_server.base_url}/socket.io/?EIO=4&transport=polling"
    sid = json.loads(requests.get(address, timeout=10).text[1:])["sid"]
    requests.post(f"{address}&sid={sid}", data="4nonsense", timeout=10)
    wait_until(lambda: requests.get(f"{address}&sid={sid}", timeout=30).status_code == 400)
    assert requests.post(f"{address}&sid={sid}", data="x" * 1_000_000, timeout=10).status_code == 400
    still_serves(any_server)


UNREADABLE: dict[str, bytes] = {
    "an empty packet": b"\x1e",
    "no packet type": b"hello",
    "broken base64": b"b!",
    "broken UTF-8": b"4\xff\xfe",
    "too many packets": b"\x1e".join([b"3"] * 17),
    "a form without its field": b"d=",
    "an event that is no list": b'42{"a":1}',
    "bottomless lists": b"42" + b"[" * 16_000,
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_ends_a_polling_session_with_a_warning(any_server: Server, kind: str) -> None:
    address = f"{any_server.base_url}/socket.io/?EIO=4&transport=polling"
    sid = json.loads(requests.get(address, timeout=10).text[1:])["sid"]
    requests.post(f"{address}&sid={sid}", data=b"40", timeout=10)
    before = len(any_server.log())
    requests.post(f"{address}&sid={sid}", data=UNREADABLE[kind], timeout=10)
    wait_until(lambda: requests.post(f"{address}&sid={sid}", data=b"3", timeout=10).status_code == 400)
    assert "Traceback" not in any_server.log()[before:]
    still_serves(any_server)


def test_a_client_is_told_that_it_is_connected_before_anything_else(any_server: Server) -> None:
    with raw_socket(any_server.port) as client:
        client.send_text("40")
        read = [client.read_text() for _ in range(3)]
    assert read[0].startswith("0{")  # Engine.IO opens
    assert read[1].startswith("40{")
    assert read[2].startswith('42["connection:established"')


def test_a_client_whose_upgrade_breaks_off_goes_on_polling(any_server: Server) -> None:
    address = f"{any_server.base_url}/socket.io/?EIO=4&transport=polling"
    sid = json.loads(requests.get(address, timeout=10).text[1:])["sid"]
    with raw_socket(any_server.port, sid=sid) as websocket:
        websocket.send_text("2probe")
        assert websocket.read_text() == "3probe"
        websocket.break_off()
    assert requests.post(f"{address}&sid={sid}", data="40", timeout=10).ok
    wait_until(lambda: '"connection:established"' in requests.get(f"{address}&sid={sid}", timeout=30).text)


@pytest.mark.parametrize("query", ["EIO=3", "EIO=4&transport=carrier-pigeon", "EIO=4&sid=unknown", ""])
def test_a_handshake_that_makes_no_sense_is_refused(any_server: Server, query: str) -> None:
    assert requests.get(f"{any_server.base_url}/socket.io/?{query}", timeout=10).status_code == 400


def test_pages_of_other_sites_cannot_connect(any_server: Server) -> None:
    with raw_socket(any_server.port, Origin="https://elsewhere.example") as client:
        assert client.status == 403
    with raw_socket(any_server.port, Origin=any_server.base_url) as client:
        client.enter()
    with raw_socket(any_server.port) as client:  # a program, not a browser
        client.enter()


def test_a_client_may_close_properly(any_server: Server) -> None:
    with raw_socket(any_server.port) as client:
        client.enter()
        client.send_frame(CLOSE, b"\x03\xe8")
        assert ends(client)
