"""How benchmarks show their figures: on the screen, and the same text in bench/results/."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Final, TextIO

from bench.machine import describe

RESULTS: Final = Path(__file__).parent / "results"
ENOUGH_FOR_P99: Final = 100
"""Among fewer samples no one in a hundred can be told from the slowest."""


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table with aligned columns."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    print(f"\n{title}")
    for row in cells:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which the share (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def tail(samples: int) -> tuple[str, float]:
    """Name the slow end that so many samples can show, and the share of them below it: of a few, the slowest."""
    return ("p99", 0.99) if samples >= ENOUGH_FOR_P99 else ("slowest", 1.0)


@contextmanager
def kept(name: str, folder: Path = RESULTS) -> Iterator[Path]:
    """Write what a benchmark prints into a file as well, below what the figures depend on."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.txt"
    with file.open("w", encoding="utf-8") as stream:
        stream.write("\n".join([name, *describe(), ""]))
        with redirect_stdout(_Both(sys.stdout, stream)):
            yield file


class _Both(io.TextIOBase):
    """Writes to two places."""

    def __init__(self, *places: TextIO) -> None:
        self._places = places

    def write(self, text: str) -> int:
        for place in self._places:
            place.write(text)
            place.flush()  # a long run can be followed
        return len(text)
