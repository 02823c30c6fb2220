"""What everybody placed in the last seconds: only that may be undone, and only while it is still on top."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from mural.errors import Conflict
from services.board.log import Kind, Placement

UNDO_MS: Final = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Noted:
    """A placement, and when it came: the time in the log may stand still for a while."""

    placement: Placement
    at_ms: int

    def is_young(self, now_ms: int) -> bool:
        """Tell whether it may be undone; what is to come was placed before the clock was set back."""
        return abs(now_ms - self.at_ms) <= UNDO_MS


class LastPixels:
    """Knows the last pixel of everybody, and which placement is on top of each pixel that changed lately."""

    def __init__(self) -> None:
        self._order: deque[Noted] = deque()
        self._by_actor: dict[str, Noted] = {}
        self._on_top: dict[int, int] = {}

    def note(self, placement: Placement, now_ms: int) -> None:
        """Take a placement in, and forget those that are too old to be undone."""
        noted = Noted(placement, now_ms)
        self._order.append(noted)
        self._on_top[placement.cell] = placement.seq
        if placement.kind is Kind.PLACE:
            self._by_actor[placement.actor] = noted
        elif placement.kind is Kind.UNDO:
            self._by_actor.pop(placement.actor, None)
        while not self._order[0].is_young(now_ms):
            self._forget(self._order.popleft())

    def undoable(self, actor: str, now_ms: int) -> Placement:
        """Find what somebody may undo; raise Conflict where there is nothing."""
        noted = self._by_actor.get(actor)
        if noted is None or not noted.is_young(now_ms):
            raise Conflict("There is nothing to undo: a pixel can be taken back for 5 seconds.", reason="too_late")
        last = noted.placement
        if not self.is_on_top(last.cell, last.seq):
            raise Conflict("Somebody has painted over your pixel.", reason="painted_over")
        return last

    def is_on_top(self, cell: int, seq: int) -> bool:
        """Tell whether nothing came after a placement on its pixel."""
        return self._on_top.get(cell) == seq

    def clear(self) -> None:
        """Forget everything: the board is another."""
        self._order.clear()
        self._by_actor.clear()
        self._on_top.clear()

    def _forget(self, noted: Noted) -> None:
        old = noted.placement
        if self._by_actor.get(old.actor) is noted:
            del self._by_actor[old.actor]
        if self._on_top.get(old.cell) == old.seq:
            del self._on_top[old.cell]
