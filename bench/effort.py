"""How much a run does: enough to see where things stand in three minutes, or everything (BENCH=full)."""

from __future__ import annotations

import os
import sys
from typing import Final, TypeVar

T = TypeVar("T")

MODES: Final = ("quick", "full")
MODE: Final = os.environ.get("BENCH") or MODES[0]
if MODE not in MODES:
    sys.exit(f"BENCH={MODE} is not known; it is one of {', '.join(MODES)}.")


def by_effort(quick: T, full: T) -> T:
    """Choose what suits this run."""
    return full if MODE == "full" else quick
