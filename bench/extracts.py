"""What importing a map file costs, and that reading a box of it costs the same however large the file is."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.grow import grown, original_box
from bench.processes import measure
from bench.report import print_table
from mural.geo.tiles import index_for
from tests.support.real_parts import SAMPLE_FILE, SHARED_DATA

SIZES = (1, 10, 50)
HEADER = (
    *("copies", "file MB", "import s", "peak MB", "of it own", "index MB"),
    *("box from index s", "own MB", "box from file s", "own MB", "points"),
)


def run() -> None:
    """Print the growth from one city to fifty."""
    city = SHARED_DATA / "chisinau.osm.pbf"
    source = city if city.exists() else SAMPLE_FILE
    with tempfile.TemporaryDirectory() as folder:
        rows = [_row(source, Path(folder), copies) for copies in SIZES]
    print_table(f"copies of {source.name} side by side: import, and the middle of the first one read", HEADER, rows)


def _row(source: Path, folder: Path, copies: int) -> tuple[str, ...]:
    file = grown(source, copies)
    box = [str(edge) for edge in original_box(source).scaled(0.4)]
    imported = measure("-m", "mural.geo.import_extract", str(file), str(folder))
    index = index_for(file, folder)
    indexed = measure("-m", "bench.read_box", str(index), *box)
    scanned = measure("-m", "bench.read_box", str(file), *box)
    index_s, points = indexed.output.split()
    if scanned.output.split()[1] != points:
        raise RuntimeError(f"the index gave {points} points, the file itself {scanned.output}")
    return (
        *(str(copies), f"{file.stat().st_size / 1e6:.1f}", f"{imported.seconds:.1f}", f"{imported.peak_mb:.0f}"),
        *(f"{imported.own_mb:.0f}", f"{index.stat().st_size / 1e6:.1f}", f"{float(index_s):.4f}"),
        *(f"{indexed.own_mb:.0f}", f"{float(scanned.output.split()[0]):.2f}", f"{scanned.own_mb:.0f}", points),
    )
