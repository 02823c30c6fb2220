"""What time it is, where tests must be able to say so themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Tell the time, aware of being UTC."""
    return datetime.now(UTC)
