"""One answer for all who ask the same at about the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, Generic, TypeVar

T = TypeVar("T")

APART_S: Final = 0.05
"""So long at least lies between two reads: who asks in between waits for the next, with everybody else who does."""


class Gathered(Generic[T]):
    """Reads something for many who ask; nobody is given what was read before they asked.

    After a restart a thousand come back in a second, and the same few rows would be read for each of them.
    """

    def __init__(self, read: Callable[[], T], sleep: Callable[[float], None], apart_s: float = APART_S) -> None:
        self._read = read
        self._sleep = sleep
        self._apart_s = apart_s
        self._guard = threading.Lock()
        self._asked: Future[T] | None = None
        self._next_at_s = 0.0

    def get(self) -> T:
        """Give what is read from now on."""
        with self._guard:
            leads = self._asked is None
            asked = self._asked = self._asked or Future()
        if leads:
            self._answer(asked)
        return asked.result()

    def _answer(self, asked: Future[T]) -> None:
        try:
            wait_s = self._next_at_s - time.monotonic()
            if wait_s > 0:
                self._sleep(wait_s)
            self._close(asked)
            asked.set_result(self._read())
        except BaseException as error:  # whoever waits must hear of it, whatever it is
            self._close(asked)
            asked.set_exception(error)
            raise

    def _close(self, asked: Future[T]) -> None:
        """Have those who come from here on ask anew."""
        with self._guard:
            self._next_at_s = time.monotonic() + self._apart_s
            if self._asked is asked:
                self._asked = None
