"""Pulls the brake where more is placed than people place, and lets go when its time is over.

It gives orders as those who look after the board do, so what it did stands in the same record.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from infra.observing.metrics import Reading
from mural.canvas.brakes import NEWCOMERS
from mural.canvas.traffic import WINDOW_S
from services.board.caretaker import Caretaker
from services.board.service import CanvasService

log = logging.getLogger(__name__)


class Brakeman:
    """Watches the traffic; to be called between two batches, about once a second."""

    def __init__(self, canvas: CanvasService, caretaker: Caretaker) -> None:
        self._canvas = canvas
        self._caretaker = caretaker
        self._pulled = 0

    def watch(self) -> None:
        """Let go what has been held long enough, and brake what is not plausible."""
        now_ms, brakes = self._canvas.now_ms(), self._canvas.rules.brakes
        for brake in brakes.over(now_ms):
            self._caretaker.order("brake", on=False, who=brake.who, because="its time was over")
        anomalies = self._canvas.crowd.anomalies(now_ms)
        held = {brake.who for brake in brakes}
        for anomaly in anomalies if brakes.automatic else []:
            who = anomaly.network or NEWCOMERS
            if who not in held:
                because = f"{anomaly.placed} pixels and {anomaly.newcomers} newcomers in {WINDOW_S} s"
                log.warning("the board brakes %s: %s", who, because)
                self._pulled += 1
                until_ms = now_ms + brakes.hold_ms(who, now_ms)
                self._caretaker.order("brake", on=True, who=who, until_ms=until_ms, because=because)

    def readings(self) -> Iterator[Reading]:
        """Give the figures for those who watch the installation."""
        rules = self._canvas.rules
        yield "mural_canvas_brakes", "Brakes on the board that are pulled", sum(1 for _ in rules.brakes)
        yield "mural_canvas_brakes_pulled_total", "Brakes that the server has pulled by itself", self._pulled
        yield "mural_canvas_braked_total", "Pixels refused because of a brake", rules.braked
        yield "mural_canvas_placements_total", "Pixels placed since the start", self._canvas.ledger.placed
