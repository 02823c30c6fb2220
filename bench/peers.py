"""Our poster beside the maptoposter way of making it: same data, same page, same run, each in a process of its own."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import osmium
from numpy.typing import NDArray

from bench.effort import by_effort
from bench.peer_poster import PARKS, WATER
from bench.processes import measure
from bench.report import print_table
from bench.scenes import Scene, porto
from mural.geo.bbox import BBox
from mural.geo.projection import View, page_bbox
from tests.support.real_parts import SHARED_DATA

STEPS: Final = ("graph", "features", "project", "draw")
Seconds = NDArray[np.float64]
"""By the clock, and by the processor: on a busy machine the second tells more."""

PAGE_ASPECT: Final = 16 / 12


def run() -> None:
    """Print both for a road network and for a whole city."""
    rows = [row for scene in _scenes() for row in _rows(scene)]
    header = ("place", "made by", "new place s", "cpu s", "x", "another theme s", "cpu s", "x", "peak MB")
    print_table("12 x 16 in at 300 DPI, map data on disk, each once; x: how many times our cpu seconds", header, rows)


def _scenes() -> list[Scene]:
    city = SHARED_DATA / "chisinau.osm.pbf"
    if not city.exists():
        return [porto()]
    chisinau = Scene(city, "Chisinau", "Moldova", 47.0245, 28.8322, by_effort(quick=2_000, full=8_000))
    return by_effort(quick=[chisinau], full=[porto(), chisinau])


def _rows(scene: Scene) -> list[tuple[str, ...]]:
    place = f"{scene.city} {scene.distance_m / 1000:g} km"
    with tempfile.TemporaryDirectory() as folder:
        where = (str(scene.latitude), str(scene.longitude), str(scene.distance_m))
        ours = measure("-m", "bench.our_poster", str(scene.file), *where, folder)
        roads, features = _answers(scene, Path(folder))
        peer = measure("-m", "bench.peer_poster", str(roads), str(features), f"{folder}/peer.png")
    our_new, our_again = (np.array((poster["total"], poster["cpu"])) for poster in json.loads(ours.output))
    steps = {step: np.array(seconds) for step, seconds in json.loads(peer.output).items()}
    print(f"  {place}, OSMnx: " + ", ".join(f"{step} {steps[step][0]:.1f} s" for step in STEPS))
    # Its cache keeps the graph and the features; another theme projects and draws them again.
    their_new, their_again = sum(steps.values(), start=np.zeros(2)), steps["project"] + steps["draw"]
    return [
        (place, "Mural", *_figures(our_new, our_new), *_figures(our_again, our_again), f"{ours.peak_mb:.0f}"),
        (place, "OSMnx", *_figures(their_new, our_new), *_figures(their_again, our_again), f"{peer.peak_mb:.0f}"),
    ]


def _figures(seconds: Seconds, ours: Seconds) -> tuple[str, str, str]:
    return f"{seconds[0]:.2f}", f"{seconds[1]:.2f}", f"{seconds[1] / ours[1]:.1f}"


def _answers(scene: Scene, folder: Path) -> tuple[Path, Path]:
    """Write what a server would answer for the page: its streets, and its waters and parks."""
    half_m = scene.distance_m, scene.distance_m * PAGE_ASPECT
    bbox = page_bbox(View(latitude=scene.latitude, longitude=scene.longitude), *half_m)
    roads, features = folder / "roads.osm", folder / "features.osm"
    _write_answer(scene.file, roads, bbox, {"highway": ""})
    _write_answer(scene.file, features, bbox, WATER | PARKS)
    return roads, features


def _write_answer(file: Path, target: Path, bbox: BBox, tags: dict[str, str]) -> None:
    wanted = osmium.filter.KeyFilter(*tags)
    with osmium.BackReferenceWriter(str(target), ref_src=str(file), overwrite=True) as writer:
        for thing in osmium.FileProcessor(str(file)).with_locations().with_filter(wanted):
            if isinstance(thing, osmium.osm.Way) and _touches(thing, bbox):
                # A file that was cut out of a larger one names points that it does not hold; a server's answer has all.
                here = [node.ref for node in thing.nodes if node.location.valid()]
                writer.add_way(thing if len(here) == len(thing.nodes) else thing.replace(nodes=here))


def _touches(way: osmium.osm.Way, bbox: BBox) -> bool:
    return any(node.location.valid() and bbox.covers_point(node.lat, node.lon) for node in way.nodes)
