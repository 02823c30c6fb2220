"""Map files for tests: the sample, real extracts where they are at hand, and small ones written on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely
from osmium.osm.mutable import Node, Relation, Way

from mural.geo import ragged
from mural.geo.layers import Layer, Lines, ProjectedMap
from mural.geo.projection import View

ROOT = Path(__file__).parents[2]
HELSINKI = ROOT / "data" / "samples" / "helsinki.osm.pbf"

Tags = Mapping[str, str]
Nodes = Mapping[int, tuple[float, float]]
Ways = Sequence[tuple[int, Sequence[int], Tags]]
Relations = Sequence[tuple[int, Sequence[tuple[str, int, str]], Tags]]


def extract(name: str) -> Path:
    """Find a real extract by name, or skip: they lie beside the checkout only while the project is being built."""
    for folder in ROOT.parents:
        path = folder / "shared" / "data" / f"{name}.osm.pbf"
        if path.is_file():
            return path
    pytest.skip(f"the extract {name}.osm.pbf is not here")


def write_osm(
    path: Path,
    nodes: Nodes,
    ways: Ways = (),
    relations: Relations = (),
    *,
    box: tuple[float, float, float, float] | None = None,
) -> Path:
    """Write a map file: nodes by id, ways and relations as (id, members, tags), and the box for the header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = osmium.io.Header()
    if box is not None:
        header.add_box(osmium.osm.Box(osmium.osm.Location(*box[:2]), osmium.osm.Location(*box[2:])))
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        for ident, location in nodes.items():
            writer.add_node(Node(id=ident, location=location, version=1))
        for ident, refs, tags in ways:
            writer.add_way(Way(id=ident, nodes=list(refs), tags=dict(tags), version=1))
        for ident, members, tags in relations:
            writer.add_relation(Relation(id=ident, members=list(members), tags=dict(tags), version=1))
    return path


def lines(*parts: Sequence[tuple[float, float]], levels: Sequence[int] = ()) -> Lines:
    """Make Lines of lists of points."""
    return Lines(
        np.array([point for part in parts for point in part], dtype=np.float64).reshape(-1, 2),
        ragged.offsets_of([len(part) for part in parts]),
        np.array(levels or [0] * len(parts), dtype=np.int8),
    )


def polygons_at(page: ProjectedMap, view: View, lat: float, lon: float) -> set[Layer]:
    """Name the polygon layers that cover a point (degrees) of a page."""
    ((x, y),) = view.project(np.array([(lon, lat)]))
    return {layer for layer, part in page.polygons.items() if shapely.contains_xy(ragged.to_shapes(part), x, y).any()}
