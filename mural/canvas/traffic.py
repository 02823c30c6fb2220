"""When newcomers place faster than people do: on the whole board, and from one range of addresses.

Whoever has been here for a while is held by the cooldown alone. New identities cost nothing, though, so a program can
have any number of them; what gives it away is that more is placed than a crowd of new people could, and far more than
was usual lately. Times are milliseconds since 1970 in UTC.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

WINDOW_S: Final = 30
"""The time in which placements are counted together."""

TRAIL_S: Final = 600.0
"""What was usual is an average that forgets at this pace."""

CROWD: Final = 1_000
"""So many new people at once are an ordinary crowd, each of them as quick as the cooldown lets them."""

NETWORK_CROWD: Final = 100
"""So many are one in a single range of addresses, such as that of a school."""

SURGE: Final = 4
"""What is so many times more than usual is a surge."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """More than is plausible: ``network`` is a range of addresses, or None for the whole board."""

    network: str | None
    placed: int
    newcomers: int


class Traffic:
    """Counts what newcomers place."""

    def __init__(self, cooldown_ms: float, stack: int) -> None:
        """Take the cooldown from which follows what people can place; without one everything is plausible."""
        self._cooldown_ms = cooldown_ms
        self._stack = stack
        self._board = _Window()
        self._networks: dict[str, _Window] = {}
        self._usual_per_s = 0.0
        self._judged_ms: int | None = None

    def note(self, network: str | None, at_ms: int, *, first: bool) -> None:
        """Count one placement of a newcomer; ``first`` says that it is the first one."""
        self._board.add(at_ms // 1000, first=first)
        if network is not None:
            self._networks.setdefault(network, _Window()).add(at_ms // 1000, first=first)

    def plausible(self, people: int) -> float:
        """Tell how many pixels so many people can place in the window, all of their charges saved up before."""
        if not self._cooldown_ms:
            return math.inf
        return people * (self._stack + WINDOW_S * 1000 / self._cooldown_ms)

    def judge(self, now_ms: int) -> list[Anomaly]:
        """List what is not plausible at a moment; to be asked about once a second."""
        found = []
        for network, window in list(self._networks.items()):
            window.move_on(now_ms // 1000)
            if window.placed > self.plausible(NETWORK_CROWD) or window.newcomers > NETWORK_CROWD:
                found.append(Anomaly(network, window.placed, window.newcomers))
            if not window.placed:
                del self._networks[network]
        self._board.move_on(now_ms // 1000)
        usual = SURGE * WINDOW_S * self._usual_per_s
        if self._board.placed > max(self.plausible(CROWD), usual):
            found.append(Anomaly(None, self._board.placed, self._board.newcomers))
        self._learn(now_ms)
        return found

    def _learn(self, now_ms: int) -> None:
        passed_s = 0.0 if self._judged_ms is None else max(0.0, (now_ms - self._judged_ms) / 1000)
        weight = 1 - math.exp(-passed_s / TRAIL_S)
        self._usual_per_s += weight * (self._board.placed / WINDOW_S - self._usual_per_s)
        self._judged_ms = now_ms


class _Window:
    """Sums of the last seconds."""

    __slots__ = ("_seconds", "newcomers", "placed")

    def __init__(self) -> None:
        self.placed = 0
        self.newcomers = 0
        self._seconds: deque[list[int]] = deque()

    def add(self, second: int, *, first: bool) -> None:
        self._follow(second)
        if not self._seconds or self._seconds[-1][0] < second:
            self._seconds.append([second, 0, 0])
        latest = self._seconds[-1]
        latest[1] += 1
        latest[2] += first
        self.placed += 1
        self.newcomers += first

    def move_on(self, second: int) -> None:
        self._follow(second)
        while self._seconds and self._seconds[0][0] <= second - WINDOW_S:
            _second, placed, newcomers = self._seconds.popleft()
            self.placed -= placed
            self.newcomers -= newcomers

    def _follow(self, second: int) -> None:
        """Go along with a clock that was set back: else all that comes would count as of one moment until then."""
        for counted in reversed(self._seconds):
            if counted[0] <= second:
                break
            counted[0] = second
