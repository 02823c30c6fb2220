"""Who is new on the board, and how fast the new ones place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mural.canvas.cooldown import Cooldown
from mural.canvas.traffic import Anomaly, Traffic
from services.board.log import CanvasLog
from services.board.rules import Visitor

NEW_FOR_MS: Final = 10 * 60 * 1000
"""So long after the first pixel somebody is a newcomer."""


class Crowd:
    """Remembers the newcomers; of the others the log knows."""

    def __init__(self, store: CanvasLog, cooldown: Cooldown) -> None:
        self._store = store
        self._counts = cooldown.interval_ms > 0
        self._traffic = Traffic(cooldown.interval_ms, cooldown.stack)
        self._first_ms: dict[str, int] = {}

    def note(self, visitors: Iterable[Visitor], strangers: frozenset[str], now_ms: int) -> None:
        """Take in who has placed a pixel each; ``strangers`` have done so for the first time."""
        if not self._counts:
            return
        for visitor in visitors:
            user_id = visitor.user_id
            first = user_id in strangers and user_id not in self._first_ms
            if first:
                self._first_ms[user_id] = now_ms
            if user_id in self._first_ms:
                self._traffic.note(visitor.network, now_ms, first=first)

    def is_new(self, user_id: str, now_ms: int) -> bool:
        """Tell whether somebody has placed nothing before the last minutes."""
        first_ms = self._first_ms.get(user_id)
        if first_ms is not None:
            return now_ms - first_ms < NEW_FOR_MS
        return not self._store.knows(user_id)

    def anomalies(self, now_ms: int) -> list[Anomaly]:
        """List where newcomers place more than people can; those who are new no more are forgotten."""
        for user_id, first_ms in reversed(self._first_ms.items()):
            if first_ms <= now_ms:
                break
            self._first_ms[user_id] = now_ms  # the clock was set back: nobody stays new until then
        # In the order of their coming: the first that is still new ends the search.
        while self._first_ms:
            user_id, first_ms = next(iter(self._first_ms.items()))
            if now_ms - first_ms < NEW_FOR_MS:
                break
            del self._first_ms[user_id]
        return self._traffic.judge(now_ms)
