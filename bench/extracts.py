"""What importing a map file costs, and that reading a box of it costs the same however large the file is."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.effort import by_effort
from bench.grow import grown, original_box
from bench.plots import Curve, Panel, draw
from bench.processes import Measured, measure
from bench.report import print_table
from mural.geo.extract_index import index_for
from tests.support.real_parts import SAMPLE_FILE, SHARED_DATA

SIZES = by_effort(quick=(1, 2, 4), full=(1, 10, 60))
SCANS = by_effort(quick=1, full=3)
INDEX_READS = 3
HEADER = (
    *("copies", "file MB", "import s", "peak MB", "of it own", "index MB"),
    *("box from index s", "own MB", "box from file s", "own MB", "points"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What importing one file and reading a box of it took; ``box_points`` is how much the box holds."""

    file_mb: float
    index_mb: float
    imported: Measured
    indexed: Measured
    scanned: Measured
    indexed_s: float
    scanned_s: float
    box_points: int

    def cells(self) -> tuple[str, ...]:
        """Write the figures into a row."""
        return (
            *(f"{self.file_mb:.1f}", f"{self.imported.seconds:.1f}", f"{self.imported.peak_mb:.0f}"),
            *(f"{self.imported.own_mb:.0f}", f"{self.index_mb:.1f}", f"{self.indexed_s:.4f}"),
            *(f"{self.indexed.own_mb:.0f}", f"{self.scanned_s:.2f}", f"{self.scanned.own_mb:.0f}"),
            f"{self.box_points}",
        )


def run() -> None:
    """Print the growth from one city to many, and draw it."""
    city = SHARED_DATA / "chisinau.osm.pbf"
    source = by_effort(quick=SAMPLE_FILE, full=city if city.exists() else SAMPLE_FILE)
    with tempfile.TemporaryDirectory() as folder:
        costs = {copies: _cost(source, Path(folder), copies) for copies in SIZES}
    title = f"copies of {source.name} side by side: imported once, the middle of the first one read"
    print_table(title, HEADER, [(copies, *cost.cells()) for copies, cost in costs.items()])
    print(f"  reading: best of {INDEX_READS} from the index, of {SCANS} from the file")
    _plot(list(costs.values()))


def _cost(source: Path, folder: Path, copies: int) -> Cost:
    file = grown(source, copies)
    box = [str(edge) for edge in original_box(source).scaled(0.4)]
    imported = measure("-m", "mural.geo.import_extract", str(file), str(folder))
    index = index_for(file, folder)
    indexed = measure("-m", "bench.read_box", str(INDEX_READS), str(index), *box)
    scanned = measure("-m", "bench.read_box", str(SCANS), str(file), *box)
    indexed_s, points = indexed.output.split()
    scanned_s, same_points = scanned.output.split()
    if same_points != points:
        raise RuntimeError(f"the index gave {points} points, the file itself {same_points}")
    return Cost(
        file_mb=file.stat().st_size / 1e6,
        index_mb=index.stat().st_size / 1e6,
        imported=imported,
        indexed=indexed,
        scanned=scanned,
        indexed_s=float(indexed_s),
        scanned_s=float(scanned_s),
        box_points=int(points),
    )


def _plot(costs: list[Cost]) -> None:
    size_mb = [cost.file_mb for cost in costs]
    box = (
        Curve("from its index", size_mb, [cost.indexed_s for cost in costs]),
        Curve("from the file itself", size_mb, [cost.scanned_s for cost in costs]),
    )
    own = (
        Curve("importing", size_mb, [cost.imported.own_mb for cost in costs]),
        Curve("reading the box", size_mb, [cost.indexed.own_mb for cost in costs]),
    )
    draw(
        "extracts",
        Panel("reading the same box", "MB of map file", "s", box),
        Panel("importing", "MB of map file", "s", (Curve("once", size_mb, [cost.imported.seconds for cost in costs]),)),
        Panel("memory of its own", "MB of map file", "MB", own),
    )
