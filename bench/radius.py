"""How the time of a poster grows with its radius, beside the map data that its page holds."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from bench.grow import grown
from bench.rendering import Studio
from bench.report import print_table
from bench.scenes import SAMPLE
from mural.geo.bbox import BBox
from mural.geo.extract import header_bbox
from mural.geo.import_extract import import_extract
from mural.geo.layers import Area
from mural.geo.projection import View, page_bbox
from mural.geo.sources import obtain_area
from tests.support.real_parts import SHARED_DATA

DISTANCES_M: Final = (1_000, 2_000, 5_000, 10_000, 20_000, 35_000, 50_000)
COPIES: Final = 49
"""Seven by seven cities: their middle is built-up for 70 km around."""
STEPS: Final = ("obtaining map data", "preparing layers", "drawing", "thumbnails", "total", "cpu")


def run() -> None:
    """Print time by step and the points in the page, from 1 to 50 km."""
    city = SHARED_DATA / "chisinau.osm.pbf"
    file = grown(city if city.exists() else SAMPLE.file, COPIES)
    box = header_bbox(file)
    if box is None:
        raise RuntimeError("a grown file says how far it reaches")
    with tempfile.TemporaryDirectory() as folder:
        index = import_extract(file, Path(folder), lambda _: None).path
        rows = [_row(index, box, distance_m, Path(folder)) for distance_m in DISTANCES_M]
    header = ("km", "points in page", *(f"{step} s" for step in STEPS), "cpu s / million points")
    print_table(f"12 x 16 in at 300 DPI in the middle of {COPIES} copies of {city.name}, new place", header, rows)


def _row(index: Path, box: BBox, distance_m: int, folder: Path) -> tuple[str, ...]:
    latitude, longitude = (box.bottom + box.top) / 2, (box.left + box.right) / 2
    with tempfile.TemporaryDirectory(dir=folder) as own:
        studio = Studio(index, Path(own))
        seconds = studio.draw(latitude, longitude, distance_m, "noir")
        page = page_bbox(View(latitude=latitude, longitude=longitude), distance_m, distance_m * 16 / 12)
        points = _points(obtain_area(page, studio.sources, lambda *_: None), page)
    figures = (f"{seconds.get(step, 0.0):.2f}" for step in STEPS)
    return (f"{distance_m / 1000:g}", f"{points:,}", *figures, f"{seconds['cpu'] / points * 1e6:.2f}")


def _points(area: Area, page: BBox) -> int:
    xy = np.concatenate([part.xy for part in area.lines.values()] + [part.xy for part in area.polygons.values()])
    inside = (xy[:, 0] >= page.left) & (xy[:, 0] <= page.right) & (xy[:, 1] >= page.bottom) & (xy[:, 1] <= page.top)
    return int(np.count_nonzero(inside))
