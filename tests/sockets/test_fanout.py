"""Broadcasts to clients of every kind at once, on each kind of green thread."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from tests.support.library_client import SimpleClient
from tests.support.raw_socket import BINARY, CLOSE, PING, PONG, TEXT, RawSocket, raw_socket
from tests.support.server import Server

COUNT = 300


def join_all(server: Server, stack: ExitStack) -> list[SimpleClient]:
    """Let clients that poll, that have a websocket, and that change from one to the other join the wall."""
    ways: list[list[str]] = [["polling"], ["websocket"], ["polling", "websocket"], ["websocket"], ["polling"]]
    clients = []
    for transports in ways:
        client = stack.enter_context(SimpleClient())
        client.connect(server.base_url, transports=transports)
        assert client.call("gallery:join", {})["ok"] is True
        clients.append(client)
    return clients


def hear(client: SimpleClient, count: int) -> list[Any]:
    """Receive so many of the test's events."""
    heard: list[Any] = []
    while len(heard) < count:
        name, payload = client.receive(timeout=60)
        if name == "test:event":
            heard.append(payload)
    return heard


def look(server: Server) -> dict[str, Any]:
    """Look into the server's sockets."""
    with server.client() as looker:
        facts: dict[str, Any] = looker.call("test:look")
        return facts


def look_until(server: Server, clients: int) -> dict[str, Any]:
    """Look until so many others are connected; the bound only keeps a broken run from hanging."""
    for _ in range(300):
        facts = look(server)
        if facts["clients"] - 1 <= clients:
            return facts
        time.sleep(0.1)
    raise AssertionError(f"still connected: {facts}")


@pytest.mark.parametrize("kind", [{"size": 100}, {"size": 100, "binary": True}, {"size": 0, "binary": True}])
def test_clients_of_every_transport_hear_every_event_once_and_in_order(publishing: Server, kind: dict) -> None:
    with ExitStack() as stack:
        clients = join_all(publishing, stack)
        publisher = stack.enter_context(publishing.client())
        for first in range(0, COUNT, 50):
            publisher.call("test:publish", kind | {"first": first, "count": 50})
        for client in clients:
            heard = hear(client, COUNT)
            if "binary" in kind:
                assert heard == [number.to_bytes(4) + bytes(kind["size"]) for number in range(COUNT)]
            else:
                assert heard == [{"number": number, "filling": "x" * 100} for number in range(COUNT)]


def test_a_client_that_keeps_up_is_written_to_past_its_queue(publishing: Server) -> None:
    with publishing.client() as client:
        client.call("gallery:join", {})
        answer = client.call("test:publish", {"first": 0, "count": 20, "size": 50})
        assert answer["queued"] == [0]
        assert [payload["number"] for payload in hear(client, 20)] == list(range(20))


def test_the_system_s_socket_is_found_under_the_green_one(publishing: Server) -> None:
    green = publishing._settings["ASYNC_MODE"] != "threading"
    assert look(publishing)["green"] == [green]


def test_a_client_that_keeps_up_takes_no_thread_but_those_that_read(publishing: Server) -> None:
    # One serves the request that has become a websocket; simple-websocket, which is not eventlet's, adds another.
    reading = {"eventlet": 1}.get(publishing._settings["ASYNC_MODE"], 2)
    look_until(publishing, 0)
    with ExitStack() as stack:
        looker = stack.enter_context(publishing.client())
        threads = []
        for _ in range(2):  # the first ten also give those who have just left the time to be gone
            for _ in range(10):
                stack.enter_context(raw_socket(publishing.port)).join()
            looker.call("test:publish", {"first": 0, "count": 10, "size": 100})
            threads.append(looker.call("test:look")["threads"])
        assert threads[1] - threads[0] == 10 * reading


def test_frames_of_the_library_and_of_broadcasts_do_not_mix(publishing: Server) -> None:
    with raw_socket(publishing.port) as client, publishing.client() as publisher:
        client.join()
        pongs, numbers = [], []
        for first in range(0, 100, 10):
            client.send_frame(PING, b"are you there")
            publisher.call("test:publish", {"first": first, "count": 10, "size": 2_000})
        while len(numbers) < 100 or len(pongs) < 10:
            kind, content = client.read_frame()
            if kind == PONG:
                pongs.append(content)
            elif content.startswith(b'42["test:event"'):
                numbers.append(json.loads(content[2:])[1]["number"])
        assert numbers == list(range(100))
        assert pongs == [b"are you there"] * 10


def test_a_slow_client_gets_everything_in_order_while_it_stays_within_the_bound(publishing: Server) -> None:
    with raw_socket(publishing.port, receive_buffer_bytes=4096) as slow, publishing.client() as publisher:
        slow.join()
        publisher.call("test:publish", {"first": 0, "count": 10, "size": 40_000})
        assert max(look(publishing)["waiting_bytes"]) > 0
        numbers = []
        while len(numbers) < 10:
            text = slow.read_text()
            if text.startswith('42["test:event"'):
                numbers.append(json.loads(text[2:])[1]["number"])
        assert numbers == list(range(10))
        assert slow.command("gallery:leave", {})["ok"] is True
        publisher.call("gallery:join", {})
        assert publisher.call("test:publish", {"first": 0, "count": 1, "size": 1})["queued"] == [0]


def test_who_reads_nothing_is_disconnected_and_costs_bounded_memory_and_nobody_s_time(publishing: Server) -> None:
    with raw_socket(publishing.port, receive_buffer_bytes=4096) as stalled, publishing.client() as other:
        stalled.join()
        other.call("gallery:join", {})
        before = look(publishing)
        for first in range(0, 400, 10):
            other.call("test:publish", {"first": first, "count": 10, "size": 50_000})
            assert [payload["number"] for payload in hear(other, 10)] == list(range(first, first + 10))
        after = look_until(publishing, 1)
        assert after["in_room"] == 1
        assert after["resident_mb"] - before["resident_mb"] < 15, "20 MB were sent past the stalled client"
        read = [content for kind, content in stalled.read_to_the_end() if kind == TEXT]
        assert sum(map(len, read)) < 2_000_000


def test_who_polls_no_more_is_disconnected(publishing: Server) -> None:
    address = f"{publishing.base_url}/socket.io/?EIO=4&transport=polling"
    sid = json.loads(requests.get(address, timeout=10).text[1:])["sid"]
    for text in ("40", '420["gallery:join",{}]'):
        assert requests.post(f"{address}&sid={sid}", data=text, timeout=10).text == "OK"
    with publishing.client() as other:
        assert other.call("test:look")["in_room"] == 1
        other.call("test:publish", {"first": 0, "count": 40, "size": 50_000})
        facts = look_until(publishing, 1)
        assert facts["in_room"] == 0
        assert max(facts["waiting_bytes"]) == 0
        assert other.call("gallery:leave", {})["ok"] is True


def test_who_is_behind_is_told_what_to_do_instead_once_and_leaves_the_room(publishing: Server) -> None:
    with raw_socket(publishing.port, receive_buffer_bytes=4096) as slow, publishing.client() as other:
        slow.join()
        other.call("gallery:join", {})
        for first in range(0, 200, 10):
            wish = {"first": first, "count": 10, "size": 20_000, "binary": True, "instead": True}
            other.call("test:publish", wish)
            assert len(hear(other, 10)) == 10
        facts = look(publishing)
        assert facts["in_room"] == 1, "only the one that keeps up"
        assert max(facts["waiting_bytes"]) < 200_000
        names, numbers = [], []
        while "test:instead" not in names:
            kind, content = slow.read_frame()
            assert kind != CLOSE
            if kind == BINARY:
                numbers.append(int.from_bytes(content[:4]))
            elif content.startswith(b"42"):
                names.append(json.loads(content[2:])[0])
        assert numbers == list(range(len(numbers)))
        assert 0 < len(numbers) < 200
        assert names.count("test:instead") == 1
        assert slow.command("gallery:join", {})["ok"] is True  # it is as good as any other again
        other.call("test:publish", {"first": 777, "count": 1, "size": 10})
        assert '"number":777' in read_event(slow)


def read_event(client: RawSocket) -> str:
    """Read up to the next of the test's events."""
    while not (text := client.read_text()).startswith('42["test:event"'):
        assert "test:instead" not in text
    return text


def test_who_goes_in_the_middle_of_a_command_is_not_counted_for_ever(publishing: Server) -> None:
    with raw_socket(publishing.port) as client, publishing.client() as other:
        client.enter()
        client.send_text('421["test:vanish",{}]')
        client.read_to_the_end()
        for _ in range(300):
            seen = other.call("test:look")
            if seen["vanished"] and not seen["viewers"]:
                break
            time.sleep(0.02)
        assert (seen["vanished"], seen["viewers"]) == (1, 0)
