"""Telling something that runs elsewhere that nobody wants its result any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from infra.background import Background

LOOK_EVERY_S: Final = 0.2


class CancelToken:
    """One wish to stop: asked for once, from any thread, and heard at once by whoever watches."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._watchers: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask to stop."""
        with self._lock:
            self._cancelled = True
            for watcher in self._watchers:
                watcher()

    @contextmanager
    def watched(self, on_cancel: Callable[[], None]) -> Iterator[None]:
        """Have a short function called as soon as somebody asks to stop, and never after this block."""
        with self._lock:
            self._watchers.append(on_cancel)
            late = self._cancelled
        if late:
            on_cancel()
        try:
            yield
        finally:
            with self._lock:
                self._watchers.remove(on_cancel)


@contextmanager
def cancelled_when(unwanted: Callable[[], bool], background: Background, patience_s: float) -> Iterator[CancelToken]:
    """Ask for the end of what the block does when, after a while, nobody wants it any more."""
    token, ended = CancelToken(), threading.Event()

    def look() -> None:
        pause_s = patience_s
        while not ended.wait(pause_s):
            if unwanted():
                token.cancel()
                return
            pause_s = LOOK_EVERY_S

    background.start_background_task(look)
    try:
        yield token
    finally:
        ended.set()
