"""`python -m bench [NAME ...]`: run the benchmarks of these names, or all of them; BENCH=full runs them at length."""

from __future__ import annotations

import sys
import time
from importlib import import_module
from typing import Final

from bench.report import RESULTS, kept, print_table

BENCHMARKS: Final = (
    "posters",
    "previews",
    "prints",
    "peers",
    "radius",
    "extracts",
    "latency",
    "reads",
    "burst",
    "fanout",
    "canvas",
    "boards",
)
"""Modules of this package; each has a function ``run`` that prints its tables, and may draw bench/results/NAME.svg."""


def main() -> None:
    """Run what was asked for, and say at the end what took how long and where it is written."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}.")
    rows = [_run(name) for name in names]
    total_s = sum(float(seconds) for _name, seconds, _files in rows)
    print_table(f"in all {total_s:.0f} s; written into {RESULTS}", ("benchmark", "seconds", "files"), rows)


def _run(name: str) -> tuple[str, str, str]:
    began = time.perf_counter()
    plot = RESULTS / f"{name}.svg"
    plot.unlink(missing_ok=True)
    with kept(name) as table:
        import_module(f"bench.{name}").run()
    files = (file.name for file in (table, plot) if file.exists())
    return name, f"{time.perf_counter() - began:.1f}", " ".join(files)


main()
