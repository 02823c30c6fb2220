"""The cooldown holds whatever a client tries: the server's clock, the visitor and the address count, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.support.canvas_client import CanvasClient
from tests.support.server import QuickServer, Server

OF_ADDRESS = 12


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = QuickServer(tmp_path_factory.mktemp("slow"), PIXEL_COOLDOWN="3600", PIXEL_STACK="2")
    yield running
    running.stop()


def test_a_cooldown_refuses_with_the_moment_at_which_the_next_pixel_is_ready(ann: CanvasClient) -> None:
    assert ann.place(0, 0, 1)["charges"] == 1
    second = ann.place(0, 1, 1)
    assert (second["charges"], second["braked"]) == (0, False)
    refused = ann.place(0, 2, 1)
    assert (refused["ok"], refused["reason"]) == (False, "cooldown")
    assert refused["available_at"] == second["available_at"]
    assert refused["available_at"].endswith("Z")


def over_http(board: Server, client: CanvasClient, **headers: str) -> dict[str, Any]:
    """Place as the same visitor over plain HTTP."""
    pixel = {"x": 0, "y": 3, "color": 1}
    body: dict[str, Any] = client.session.post(
        f"{board.api}/canvas/pixels", json=pixel, headers=headers, timeout=30
    ).json()
    return body


def test_coming_again_another_way_or_with_another_clock_changes_nothing(board: Server, ann: CanvasClient) -> None:
    available_at = [ann.place(0, number, 1)["available_at"] for number in range(2)][-1]
    attempts = [over_http(board, ann)]
    attempts.append(over_http(board, ann, Date="Fri, 31 Dec 2100 23:59:59 GMT"))
    ann.cut()
    ann.connect()
    attempts += [ann.place(0, 3, 1), ann.place(0, 3, 1, "with another request id")]
    for refused in attempts:
        assert (refused["reason"], refused["available_at"]) == ("cooldown", available_at)
    for claim in ("timestamp", "at", "available_at"):
        answer = ann.call("canvas:place", {"x": 0, "y": 3, "color": 1, claim: "2100-01-01T00:00:00Z"})
        assert (answer["ok"], answer["field"]) == (False, claim)
    told = ann.call("canvas:inspect", {"x": 0, "y": 3})
    assert told["history"] == []


def test_undoing_gives_no_charge_back(ann: CanvasClient) -> None:
    for number in range(2):
        assert ann.place(20, number, 1)["ok"]
    assert ann.call("canvas:undo", {"request_id": "u"})["charges"] == 0
    assert ann.place(20, 3, 1)["reason"] == "cooldown"


def test_a_killed_server_does_not_forget(board: Server, ann: CanvasClient) -> None:
    available_at = [ann.place(30, number, 1)["available_at"] for number in range(2)][-1]
    ann.cut()
    board.kill()
    board.start()
    ann.connect()
    refused = ann.place(30, 3, 1)
    assert (refused["reason"], refused["available_at"]) == ("cooldown", available_at)


def test_new_cookies_give_one_address_no_more_than_its_limit(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = {"PIXEL_COOLDOWN": "60", "RATE_LIMIT_PIXELS": f"{OF_ADDRESS} per hour", "TRUSTED_PROXIES": "1"}
    board = QuickServer(tmp_path_factory.mktemp("limited"), **settings)

    def place_as_somebody_new(number: int, address: str) -> requests.Response:
        pixel = {"x": number, "y": 0, "color": 1}
        return requests.post(f"{board.api}/canvas/pixels", json=pixel, headers={"X-Forwarded-For": address}, timeout=30)

    try:
        answers = [place_as_somebody_new(number, "198.51.100.7") for number in range(3 * OF_ADDRESS)]
        assert [answer.status_code for answer in answers] == [201] * OF_ADDRESS + [429] * 2 * OF_ADDRESS
        refused = answers[-1].json()
        assert refused["reason"] == "rate_limited"
        assert int(answers[-1].headers["Retry-After"]) <= 300
        assert place_as_somebody_new(99, "198.51.100.8").status_code == 201
        board.kill()
        board.start()
        assert place_as_somebody_new(99, "198.51.100.7").json()["reason"] == "rate_limited"
    finally:
        board.stop()


def test_a_flood_of_placements_costs_the_flooder_and_nobody_else(board: Server) -> None:
    flooder, other = CanvasClient(board), CanvasClient(board)
    flooder.connect()
    other.connect()
    try:
        errors = {flooder.place(0, 0, 1).get("error") for _ in range(200)}
        assert "rate_limited" in errors
        assert other.call("canvas:leave", {})["ok"] is True
    finally:
        flooder.cut()
        other.cut()
