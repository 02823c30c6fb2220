"""Log lines on their way to standard error, where a disk, a pipe or a paused terminal may keep them waiting."""

from __future__ import annotations

import logging
from collections import deque
from functools import partial
from typing import Final, TextIO

from infra.background import Background, RunBlocking
from infra.loop import Loop

WAITING_MAX: Final = 10_000
"""So many lines wait for a reader that takes none; those after them are counted and left out."""


class LineWriter(logging.StreamHandler[TextIO]):
    """Writes a line for each record: at once, and after ``write_in_background`` without holding up whoever logs."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._waiting: deque[str] = deque()
        self._left_out = 0
        self._loop: Loop | None = None

    def write_in_background(self, background: Background, run_blocking: RunBlocking) -> None:
        """Have the lines from here on written beside whatever is going on."""
        self._loop = Loop(background, "The log")
        step = partial(self._write_waiting, run_blocking)
        self._loop.start(step, last=step)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or put it in line."""
        if self._loop is None:
            super().emit(record)
            return
        try:
            line = self._line(record)
        except Exception:  # noqa: BLE001 - a record that cannot be written must not break what it tells about
            self.handleError(record)
            return
        if len(self._waiting) < WAITING_MAX:
            self._waiting.append(line)
        else:
            self._left_out += 1
        self._loop.wake()

    def close(self) -> None:
        """Write what waits, unless a line before it got stuck."""
        if self._loop is not None and self._loop.stop():
            self._loop = None
        super().close()

    def _write_waiting(self, run_blocking: RunBlocking) -> None:
        # No lock: whoever ends the program holds the handler's own while it waits for the last lines.
        lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
        left_out, self._left_out = self._left_out, 0
        if left_out:
            message = "%d lines of the log were left out, as nobody took them"
            lines.append(self._line(logging.LogRecord(__name__, logging.WARNING, "", 0, message, (left_out,), None)))
        try:
            if lines:
                run_blocking(partial(self._write, "".join(lines)))
        except (OSError, ValueError):  # a full disk, a reader that has gone, a closed stream
            self._left_out += len(lines) + left_out

    def _line(self, record: logging.LogRecord) -> str:
        return f"{self.format(record)}\n"

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()
