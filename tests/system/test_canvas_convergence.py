"""Whatever happens to the connections and to the server, every copy of the board ends up the same, pixel for pixel."""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from infra.db.models import PlacementRow
from infra.db.session import Database
from mural.canvas.board import Board
from services.board.log import CanvasLog
from tests.support.canvas_client import UNLIMITED, CanvasClient, server_digest
from tests.support.server import QuickServer, Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system

CLIENTS = 6
ROUNDS = 25


class Wanderer(threading.Thread):
    """Places pixels, leaves, stalls and comes back at random; sends again, with the same id, what was not answered."""

    def __init__(self, server: Server, number: int) -> None:
        super().__init__()
        self.client = CanvasClient(server, "polling" if number == 0 else "websocket")
        self.acknowledged: dict[str, tuple[int, int, int, int]] = {}
        self.trouble: BaseException | None = None
        self._number = number
        self._random = random.Random(number)

    def run(self) -> None:
        try:
            self._come_back()
            for step in range(ROUNDS):
                self._wander()
                x, y, color = self._random.randrange(256), self._random.randrange(8), self._random.randrange(32)
                seq = self._insist(x, y, color, f"{self._number}-{step}")
                self.acknowledged[f"{self._number}-{step}"] = (seq, x, y, color)
        except BaseException as error:  # noqa: BLE001 - told by the test
            self.trouble = error

    def _wander(self) -> None:
        chance = self._random.random()
        if chance < 0.15:
            self.client.cut()
            time.sleep(self._random.random() / 4)
            self._come_back()
        elif chance < 0.3:
            time.sleep(self._random.random() / 4)

    def _insist(self, x: int, y: int, color: int, request_id: str) -> int:
        while True:
            try:
                answer = self.client.place(x, y, color, request_id)
            except ConnectionError:
                self._come_back()
                continue
            assert answer["ok"] is True, answer
            return int(answer["seq"])

    def _come_back(self) -> None:
        def has_come_back() -> bool:
            with suppress(OSError):  # the server is down, or went down meanwhile
                self.client.cut()
                self.client.connect()
                return True
            return False

        wait_until(has_come_back)


def test_copies_converge_through_cuts_and_a_killed_server(tmp_path: Path) -> None:
    server = QuickServer(tmp_path / "data", **UNLIMITED)
    try:
        wanderers = [Wanderer(server, number) for number in range(CLIENTS)]
        for wanderer in wanderers:
            wanderer.start()
        third = CLIENTS * ROUNDS // 3
        wait_until(lambda: requests.get(f"{server.api}/canvas", timeout=30).json()["seq"] >= third)
        server.kill()
        server.start()
        for wanderer in wanderers:
            wanderer.join(180)
            assert not wanderer.is_alive(), "a client hangs"
            assert wanderer.trouble is None, repr(wanderer.trouble)
        seq, digest = server_digest(server)
        for wanderer in wanderers:
            wanderer.client.join()
            wanderer.client.wait_for(seq)
            assert wanderer.client.digest() == digest
            # A client may have fetched the board anew; what it applied after that came in order, and once.
            applied = wanderer.client.applied
            assert applied == sorted(set(applied))
        _assert_log_is_true(server, wanderers, seq, digest)
    finally:
        for wanderer in wanderers:
            wanderer.client.cut()
        server.stop()


def _assert_log_is_true(server: Server, wanderers: list[Wanderer], seq: int, digest: str) -> None:
    database = Database(f"sqlite:///{server.data_dir / 'mural.db'}")
    try:
        with database.read() as session:
            rows = session.query(PlacementRow).order_by(PlacementRow.seq).all()
        store = CanvasLog(database)
        season = store.season()
        assert season is not None
        replayed = store.state_after(store.first_snapshot(season)).board
    finally:
        database.close()
    placed = {row.seq: (row.seq, row.cell % 256, row.cell // 256, row.new_colour) for row in rows}
    answered = [answer for wanderer in wanderers for answer in wanderer.acknowledged.values()]
    assert len(answered) == CLIENTS * ROUNDS
    for answer in answered:
        assert placed[answer[0]] == answer, "an acknowledged pixel is not in the log as it was acknowledged"
    assert [row.seq for row in rows] == list(range(1, seq + 1)), "the log has gaps"
    assert len(rows) == CLIENTS * ROUNDS, "a pixel was applied twice, or one that was never acknowledged stayed"
    assert replayed.digest() == digest
    by_hand = Board(256, 256)
    for row in rows:
        assert by_hand.pixels[row.cell] == row.old_colour
        by_hand.pixels[row.cell] = row.new_colour
    assert by_hand.digest() == digest
