"""A bound on all that is done in a block, whatever it waits for in between."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self


class Deadline:
    """Raises an error in the middle of its block when that takes longer than ``seconds``.

    It rings by a signal, which only the main thread of a process can take, as a render process draws in; elsewhere
    there is no bound.
    """

    def __init__(self, seconds: float, error: Callable[[], Exception]) -> None:
        self._seconds = seconds
        self._error = error
        self._here = threading.current_thread() is threading.main_thread()
        self._before: Any = None

    def __enter__(self) -> Self:
        if self._here:
            self._before = signal.signal(signal.SIGALRM, self._ring)
        self.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._here:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before)

    def begin(self) -> None:
        """Begin to count anew."""
        if self._here:
            signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def _ring(self, _signal: int, _frame: FrameType | None) -> None:
        raise self._error()
