"""The board's commands and events, through real clients, on each kind of green thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import requests

from tests.support.canvas_client import UNLIMITED, CanvasClient, server_digest
from tests.support.server import MODES, QuickServer, Server


@pytest.fixture(scope="module", params=MODES)
def board(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = QuickServer(tmp_path_factory.mktemp(request.param), ASYNC_MODE=request.param, **UNLIMITED)
    yield running
    running.stop()


def test_a_pixel_is_seen_by_websockets_and_by_those_who_poll_with_both_connected(
    board: Server, ann: CanvasClient
) -> None:
    polling = CanvasClient(board, "polling")
    polling.connect()
    try:
        for number in range(5):
            placed = ann.place(number, 1, number, f"both-{number}")
            assert placed["ok"] is True
        for client in (ann, polling):
            client.wait_for(placed["seq"])
        assert (placed["seq"], ann.digest()) == server_digest(board)
        assert polling.digest() == ann.digest()
        assert polling.frames > 0
        placed = polling.place(0, 2, "#ff4500")
        assert placed["ok"] is True
        ann.wait_for(placed["seq"])
    finally:
        polling.cut()


def test_joining_tells_the_geometry_the_palette_and_what_one_may_do(ann: CanvasClient) -> None:
    joined = ann.call("canvas:join", {})
    assert (joined["width"], joined["height"], len(joined["palette"])) == (256, 256, 32)
    assert joined["palette"][0] == {"name": "White", "color": "#ffffff"}
    assert joined["outcome"] == "refetch"
    assert {"epoch", "seq", "cooldown", "stack", "charges", "available_at", "viewers"} <= joined.keys()


def test_a_client_with_many_placements_in_flight_does_not_wait_for_each(board: Server, ann: CanvasClient) -> None:
    answers: list[dict] = []
    done = threading.Event()

    def answered(answer: dict) -> None:
        answers.append(answer)
        if len(answers) == 200:
            done.set()

    before = ann.call("canvas:join", {})["seq"]
    assert ann._client is not None
    for number in range(200):
        payload = {"x": number, "y": 9, "color": number % 32, "request_id": f"flight-{number}"}
        ann._client.emit("canvas:place", payload, callback=answered)
    assert done.wait(60)
    assert [answer["seq"] for answer in answers] == list(range(before + 1, before + 201))
    ann.wait_for(before + 200)
    assert (before + 200, ann.digest()) == server_digest(board)


def test_the_same_request_gives_the_first_answer_and_one_pixel(ann: CanvasClient) -> None:
    first = ann.place(3, 3, 3, "once")
    again = ann.place(3, 3, 4, "once")
    assert (again["ok"], again["seq"]) == (True, first["seq"])
    assert ann.call("canvas:inspect", {"x": 3, "y": 3})["color"] == _palette(ann)[3]


def _palette(client: CanvasClient) -> list[str]:
    return [colour["color"] for colour in client.call("canvas:join", {})["palette"]]


def test_what_cannot_be_placed_is_refused_with_a_reason(ann: CanvasClient) -> None:
    assert ann.place(256, 0, 1)["reason"] == "out_of_bounds"
    assert ann.place(0, -1, 1)["reason"] == "out_of_bounds"
    assert ann.place(0, 0, 32)["reason"] == "bad_color"
    assert ann.place(0, 0, "#123456")["reason"] == "bad_color"
    for payload in ({}, {"x": "1", "y": 1, "color": 1}, {"x": 1, "y": 1, "color": 1, "more": 1}, "text", None, [1]):
        answer = ann.call("canvas:place", payload)
        assert (answer["ok"], answer["error"]) == (False, "Validation error"), payload
    assert ann.call("canvas:undo", {"what": 1})["ok"] is False
    assert ann.call("canvas:inspect", {"x": 999, "y": 0})["reason"] == "out_of_bounds"


def test_ones_last_pixel_is_taken_back(board: Server, ann: CanvasClient) -> None:
    ann.place(7, 7, 5)
    undone = ann.call("canvas:undo", {})
    assert undone["ok"] is True
    ann.wait_for(undone["seq"])
    assert ann.board[7 * 256 + 7] == 0
    assert ann.call("canvas:undo", {})["reason"] == "too_late"
    told = ann.call("canvas:inspect", {"x": 7, "y": 7})
    assert [entry["kind"] for entry in told["history"]] == ["undo", "place"]


def test_who_was_away_gets_exactly_what_was_missed(board: Server, ann: CanvasClient) -> None:
    ben = CanvasClient(board)
    ben.connect()
    ben.cut()
    at = ben.seq
    last = [ann.place(number, 20, 9)["seq"] for number in range(30)][-1]
    ben.applied.clear()
    ben.connect()
    try:
        ben.wait_for(last)
        assert at is not None
        assert ben.applied == list(range(at + 1, last + 1))
        assert ben.digest() == server_digest(board)[1]
    finally:
        ben.cut()


def test_who_has_left_hears_nothing_more(board: Server, ann: CanvasClient) -> None:
    ben = CanvasClient(board)
    ben.connect()
    try:
        assert ben.call("canvas:leave", {}) == {"ok": True}
        heard = ben.frames
        ann.wait_for(ann.place(1, 30, 2)["seq"])
        assert ben.call("canvas:leave", {})["ok"] is True
        assert ben.frames == heard
    finally:
        ben.cut()


def test_plain_http_places_a_pixel_that_sockets_see(board: Server, ann: CanvasClient) -> None:
    answer = requests.post(f"{board.base_url}/api/place-pixel", json={"x": 5, "y": 50, "color": "#FF4500"}, timeout=30)
    assert (answer.status_code, answer.json()["ok"]) == (201, True)
    ann.wait_for(answer.json()["seq"])
    assert ann.board[50 * 256 + 5] == 7
