"""What the builder and the reader of the place index agree on."""

from __future__ import annotations

from typing import Final

FORMAT: Final = 1
"""Raised whenever the tables change, so that a reader refuses an index it would misread."""

PRIMARY_BONUS: Final = 2000
"""Score of a primary name over other spellings. Scores are 1000 log10(population): this is a hundredfold."""

CROWD_KEPT: Final = 50
"""Places stored for a prefix that too many names begin with: the most that can be suggested."""


def prefix_end(prefix: str) -> str:
    """Give the first key after all that begin with ``prefix``; no normalised name holds the last code point."""
    return prefix + "\U0010ffff"
