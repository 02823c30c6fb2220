"""Filters for what strangers can cause to be logged: the log must not grow as fast as they like, nor wake the host."""

from __future__ import annotations

import logging
from typing import Final

from infra.limits import TokenBucket

PER_SECOND: Final = 0.2
BURST: Final = 20


class Sparing(logging.Filter):
    """Lets a burst of records pass and then one every five seconds, which tells how many were left out."""

    def __init__(self) -> None:
        super().__init__()
        self._bucket = TokenBucket(PER_SECOND, BURST)
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is to be written."""
        if not self._bucket.take():
            self._left_out += 1
            return False
        if self._left_out:
            record.msg = f"{record.getMessage()} ({self._left_out} more were left out)"
            record.args = ()
            self._left_out = 0
        return True


class Blameless(logging.Filter):
    """Makes a warning of what a library calls an error though a client did it, such as asking for a closed session."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass; those with a traceback are errors indeed."""
        if record.levelno > logging.WARNING and not record.exc_info:
            record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        return True
