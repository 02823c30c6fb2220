"""`python -m bench [NAME ...]`: run the benchmarks of these names, or all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from bench import fanout, latency, posters

BENCHMARKS: Final[dict[str, Callable[[], None]]] = {
    "posters": posters.run,
    "latency": latency.run,
    "fanout": fanout.run,
}


def main() -> None:
    """Run what was asked for."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}.")
    for name in names:
        BENCHMARKS[name]()


main()
