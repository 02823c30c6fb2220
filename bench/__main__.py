"""`python -m bench [NAME ...]`: run the benchmarks of these names, or all of them."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

BENCHMARKS: Final = (
    "posters",
    "previews",
    "prints",
    "peers",
    "radius",
    "extracts",
    "latency",
    "reads",
    "fanout",
)
"""Modules of this package; each has a function ``run`` that prints its tables."""


def main() -> None:
    """Run what was asked for."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}.")
    for name in names:
        import_module(f"bench.{name}").run()


main()
