"""What was answered to whom, so that a client that asks again with the same request id is told the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final, Generic, TypeVar

from services.board.log import Kind

MAX_ANSWERS: Final = 100_000

Wish = TypeVar("Wish")


def request_key(user_id: str, kind: Kind, request_id: str) -> int:
    """Shorten a visitor's request id to 64 bits, signed as databases keep them; each kind of request has its own."""
    digest = blake2b(f"{user_id}\0{kind.name}\0{request_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


class Answers(Generic[Wish]):
    """Remembers wishes on their way and, of those that came true, the number of the placement; the oldest go first."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Wish | int] = OrderedDict()

    def of(self, key: int) -> Wish | int | None:
        """Tell what became of a request: a wish on its way, the number of its placement, or nothing known."""
        return self._known.get(key)

    def expect(self, key: int, wish: Wish) -> None:
        """Note that a request is on its way."""
        self._known[key] = wish

    def settle(self, key: int, seq: int) -> None:
        """Note that a request became a placement."""
        self._known[key] = seq
        self._known.move_to_end(key)
        while len(self._known) > MAX_ANSWERS:
            self._known.popitem(last=False)

    def forget(self, key: int) -> None:
        """Note that nothing came of a request: the client may try again."""
        self._known.pop(key, None)

    def remember(self, seqs: Mapping[int, int]) -> None:
        """Take up what the log knows after a restart, oldest first."""
        for key, seq in seqs.items():
            self.settle(key, seq)
