"""What everybody placed in the last seconds: only that may be undone, and only while it is still on top."""

from __future__ import annotations

from collections import deque
from typing import Final

from mural.errors import Conflict
from services.canvas.log import Kind, Placement

UNDO_MS: Final = 5_000


class LastPixels:
    """Knows the last pixel of everybody, and which placement is on top of each pixel that changed lately."""

    def __init__(self) -> None:
        self._order: deque[Placement] = deque()
        self._by_actor: dict[str, Placement] = {}
        self._on_top: dict[int, int] = {}

    def note(self, placement: Placement) -> None:
        """Take a placement in, and forget those that are too old to be undone."""
        self._order.append(placement)
        self._on_top[placement.cell] = placement.seq
        if placement.kind is Kind.PLACE:
            self._by_actor[placement.actor] = placement
        elif placement.kind is Kind.UNDO:
            self._by_actor.pop(placement.actor, None)
        while self._order[0].at_ms < placement.at_ms - UNDO_MS:
            self._forget(self._order.popleft())

    def undoable(self, actor: str, now_ms: int) -> Placement:
        """Find what somebody may undo; raise Conflict where there is nothing."""
        last = self._by_actor.get(actor)
        if last is None or last.at_ms < now_ms - UNDO_MS:
            raise Conflict("There is nothing to undo: a pixel can be taken back for 5 seconds.", reason="too_late")
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

    def _forget(self, old: Placement) -> None:
        if self._by_actor.get(old.actor) is old:
            del self._by_actor[old.actor]
        if self._on_top.get(old.cell) == old.seq:
            del self._on_top[old.cell]
