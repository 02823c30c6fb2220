"""How much of the web server's time each address may take, and that nobody waits for another's whole crowd.

The account of an address is in seconds. What its requests have taken is measured and subtracted; it fills up again by
itself. Whoever has overdrawn it is told to wait, which costs time as well, and who goes on nevertheless is not listened
to any more.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from limits import parse

CONNECTION_S: Final = 0.0001
"""What accepting a connection takes, on an ordinary machine; it is too short to be measured each time."""

MOST_CHARGED_S: Final = 1.0
"""One request is not charged more, however much went on while it waited."""


class Standing(Enum):
    """How the account of an address stands."""

    GOOD = auto()
    SPENT = auto()
    OVERDRAWN = auto()


@dataclass(slots=True)
class Account:
    """What an address may still take."""

    left_s: float
    filled_at_s: float


class WorkBudget:
    """Keeps the accounts of the addresses that were here last."""

    PATIENCE_S: Final = 5.0
    """An account is overdrawn by what it is given in so many seconds before its address is not heard any more."""

    DEEPEST_S: Final = 10.0
    """Nor is anybody kept out for longer than it takes to get what comes in so many seconds."""

    MAX_ADDRESSES: Final = 10_000

    def __init__(self, limit: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow "12 per minute": twelve seconds of work at once, and a fifth of a second in each second after that."""
        item = parse(limit)
        self._most_s = float(item.amount)
        self._per_s = item.amount / item.get_expiry()
        self._clock = clock
        self._accounts: OrderedDict[str, Account] = OrderedDict()
        self._guard = threading.Lock()

    def standing(self, address: str) -> Standing:
        """Tell whether an address is to be served."""
        left_s = self._left_s(address)
        if left_s > 0:
            return Standing.GOOD
        return Standing.SPENT if left_s > -self.PATIENCE_S * self._per_s else Standing.OVERDRAWN

    def charge(self, address: str, seconds: float) -> None:
        """Subtract what was done for an address."""
        with self._guard:
            account = self._account(address)
            deepest_s = -self.DEEPEST_S * self._per_s
            account.left_s = max(deepest_s, account.left_s - min(seconds, MOST_CHARGED_S))

    def wait_s(self, address: str) -> int:
        """Tell in how many seconds an address is served again."""
        return max(1, math.ceil(-self._left_s(address) / self._per_s)) if self._per_s else 3600

    def _left_s(self, address: str) -> float:
        with self._guard:
            return self._account(address).left_s

    def _account(self, address: str) -> Account:
        now_s = self._clock()
        account = self._accounts.get(address)
        if account is None:
            account = self._accounts[address] = Account(self._most_s, now_s)
            if len(self._accounts) > self.MAX_ADDRESSES:
                self._accounts.popitem(last=False)
        self._accounts.move_to_end(address)
        account.left_s = min(self._most_s, account.left_s + (now_s - account.filled_at_s) * self._per_s)
        account.filled_at_s = now_s
        return account


class WorkClock:
    """Tells how long this process has worked, less what was charged to somebody.

    With green threads all requests are one thread to the system: while one waits others are served, and what was
    charged to them is not to be charged twice.
    """

    def __init__(self, *, green: bool, worked_s: Callable[[], float] = time.thread_time) -> None:
        self._green = green
        self._worked_s = worked_s
        self._charged_s = 0.0

    def now_s(self) -> float:
        """Read the clock, before some work."""
        return self._worked_s() - self._charged_s

    def spent_s(self, since_s: float) -> float:
        """Tell what the work has taken since then, to charge it."""
        spent_s = max(0.0, self.now_s() - since_s)
        if self._green:
            self._charged_s += spent_s
        return spent_s


@dataclass(slots=True)
class _Line:
    turns: tuple[threading.Lock, ...]
    came: int = 0
    waiting: int = 0


class FairTurns:
    """Lets what one address wants begin in turns of a few at once, and everybody else in between."""

    def __init__(self, sleep: Callable[[float], None], at_once: int) -> None:
        self._sleep = sleep
        self._at_once = at_once
        self._lines: dict[str, _Line] = {}
        self._guard = threading.Lock()

    def wait(self, address: str) -> None:
        """Wait for the next turn of an address."""
        with self._guard:
            line = self._lines.get(address)
            if line is None:
                line = self._lines[address] = _Line(tuple(threading.Lock() for _ in range(self._at_once)))
            line.waiting += 1
            line.came += 1
            turn = line.turns[line.came % self._at_once]
        try:
            with turn:
                self._sleep(0)
        finally:
            with self._guard:
                line.waiting -= 1
                if not line.waiting:
                    del self._lines[address]
