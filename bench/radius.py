"""How the time of a poster grows with its radius, beside the map data that its page holds."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from bench.effort import by_effort
from bench.grow import grown
from bench.plots import Curve, Panel, draw
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

DISTANCES_M: Final = by_effort(
    quick=(1_000, 2_000, 4_000, 8_000), full=(1_000, 2_000, 5_000, 10_000, 20_000, 35_000, 50_000)
)
COPIES: Final = by_effort(quick=1, full=49)
"""Seven by seven cities: their middle is built-up for 70 km around; one is for 8 km."""
SAMPLE_COPIES: Final = 16
SAMPLE_DISTANCES_M: Final = (500, 1_000, 1_500)
"""Where no city is at hand: four by four samples are 4 km wide."""
STEPS: Final = ("obtaining map data", "preparing layers", "drawing", "thumbnails", "total", "cpu")


def run() -> None:
    """Print time by step and the points in the page, from the smallest page to the largest."""
    city = SHARED_DATA / "chisinau.osm.pbf"
    distances_m = DISTANCES_M if city.exists() else SAMPLE_DISTANCES_M
    file = grown(city, COPIES) if city.exists() else grown(SAMPLE.file, SAMPLE_COPIES)
    box = header_bbox(file)
    if box is None:
        raise RuntimeError("a grown file says how far it reaches")
    with tempfile.TemporaryDirectory() as folder:
        index = import_extract(file, Path(folder), lambda _: None).path
        figures = {distance_m: _figures(index, box, distance_m, Path(folder)) for distance_m in distances_m}
    header = ("km", "points in page", *(f"{step} s" for step in STEPS), "cpu s / million points")
    rows = [_row(distance_m, found) for distance_m, found in figures.items()]
    print_table(f"12 x 16 in at 300 DPI in the middle of {file.name}, new place, each made once", header, rows)
    kilometres = [distance_m / 1000 for distance_m in distances_m]
    draw(
        "radius",
        Panel("a poster by its radius", "km", "s", [_curve(step, kilometres, figures) for step in ("total", "cpu")]),
        Panel("where the time goes", "km", "s", [_curve(step, kilometres, figures) for step in STEPS[:4]]),
    )


def _curve(step: str, kilometres: list[float], figures: dict[int, dict[str, float]]) -> Curve:
    return Curve(step, kilometres, [found.get(step, 0.0) for found in figures.values()])


def _figures(index: Path, box: BBox, distance_m: int, folder: Path) -> dict[str, float]:
    latitude, longitude = (box.bottom + box.top) / 2, (box.left + box.right) / 2
    with tempfile.TemporaryDirectory(dir=folder) as own:
        studio = Studio(index, Path(own))
        seconds = studio.draw(latitude, longitude, distance_m, "noir")
        page = page_bbox(View(latitude=latitude, longitude=longitude), distance_m, distance_m * 16 / 12)
        points = _points(obtain_area(page, studio.sources, lambda *_: None), page)
    return seconds | {"points": points}


def _row(distance_m: int, found: dict[str, float]) -> tuple[str, ...]:
    seconds = (f"{found.get(step, 0.0):.2f}" for step in STEPS)
    per_million = found["cpu"] / found["points"] * 1e6
    return (f"{distance_m / 1000:g}", f"{found['points']:,}", *seconds, f"{per_million:.2f}")


def _points(area: Area, page: BBox) -> int:
    xy = np.concatenate([part.xy for part in area.lines.values()] + [part.xy for part in area.polygons.values()])
    inside = (xy[:, 0] >= page.left) & (xy[:, 0] <= page.right) & (xy[:, 1] >= page.bottom) & (xy[:, 1] <= page.top)
    return int(np.count_nonzero(inside))
