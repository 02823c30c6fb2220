"""What visitors ask of the board, and what they are answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mural.errors import MuralError
from services.board.log import Kind
from services.board.rules import Allowance, Toll, Visitor


@dataclass(frozen=True, slots=True)
class Placed:
    """The answer to a placement: it is committed under this number."""

    seq: int
    allowance: Allowance

    def to_json(self) -> dict[str, Any]:
        """Give the acknowledgement."""
        return {"seq": self.seq} | self.allowance.to_json()


Answer = Placed | MuralError
Done = Callable[[Answer], None]


@dataclass(slots=True)
class Wish:
    """A change of one pixel that somebody waits for; ``undoes`` is the number of the placement it takes back."""

    visitor: Visitor
    cell: int
    colour: int
    waiting: list[Done] = field(default_factory=list)
    key: int | None = None
    undoes: int | None = None
    toll: Toll = ()

    @property
    def kind(self) -> Kind:
        """How the placement comes about."""
        return Kind.PLACE if self.undoes is None else Kind.UNDO

    def answer(self, answer: Answer) -> None:
        """Tell everybody who waits for it."""
        for done in self.waiting:
            done(answer)
