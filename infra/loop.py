"""A background thread that does one thing again and again: when woken, and when its time has come."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from infra.background import Background
from mural.errors import MuralError

log = logging.getLogger(__name__)

AFTER_TROUBLE_S: Final = 1.0
LONGEST_STOP_S: Final = 10.0


class Loop:
    """Repeats a step until stopped. A step that meets trouble is repeated a little later."""

    def __init__(self, background: Background, name: str, rest_s: float = 0.0) -> None:
        """Make a loop whose steps begin at least ``rest_s`` apart."""
        self._background = background
        self._name = name
        self._rest_s = rest_s
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._ended.set()
        self._halt = threading.Event()

    def start(self, step: Callable[[], float | None], last: Callable[[], None] = lambda: None) -> None:
        """Begin with a step; each tells after how many seconds it is due again, or None: when woken.

        When the loop is stopped, ``last`` is done in the same thread.
        """
        self._halt.clear()
        self._ended.clear()
        self._background.start_background_task(self._run, step, last)

    def wake(self) -> None:
        """Have the step done now."""
        self._wake.set()

    def stop(self) -> bool:
        """End, wait until the step that is being done has ended, and tell whether it has."""
        self._halt.set()
        self._wake.set()
        return self._ended.wait(LONGEST_STOP_S)

    def _run(self, step: Callable[[], float | None], last: Callable[[], None]) -> None:
        try:
            while not self._halt.is_set():
                began_s = time.monotonic()
                self._wake.clear()
                nap_s = self._guarded(step)
                self._background.sleep(0)  # even a loop that is behind lets others run
                self._halt.wait(max(0.0, began_s + self._rest_s - time.monotonic()))
                self._wake.wait(nap_s)
            last()
        finally:
            self._ended.set()

    def _guarded(self, step: Callable[[], float | None]) -> float | None:
        try:
            return step()
        except (MuralError, OSError) as error:
            log.warning("%s has to wait: %s", self._name, error)
        except Exception:  # the edge of a thread that must go on
            log.exception("%s met an error of the program", self._name)
        return AFTER_TROUBLE_S
