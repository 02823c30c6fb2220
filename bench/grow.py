"""Make large map files of real ones: copies of a city side by side, each with ids of its own.

Tags, shapes and the order of things stay those of OpenStreetMap; only the place of each copy is made up.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import osmium
from osmium.osm import Relation, Way
from osmium.osm.mutable import Node as NewNode
from osmium.osm.mutable import Relation as NewRelation
from osmium.osm.mutable import Way as NewWay

from mural.geo.bbox import BBox
from mural.geo.extract import header_bbox, read_area

GAP = 1.05
"""Copies stand so many widths and heights apart."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a copy stands (degrees from the original) and what is added to its ids."""

    east: float
    north: float
    ids: int


def grown(source: Path, copies: int) -> Path:
    """Give a grown file, made once: it takes minutes to write, so it stays in the system's temporary folder."""
    target = Path(tempfile.gettempdir()) / "mural-bench" / f"{copies}x-{source.name}"
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        target.parent.mkdir(exist_ok=True)
        unfinished = target.with_name(f"unfinished-{target.name}")
        grow(source, unfinished, copies)
        unfinished.replace(target)
    return target


def original_box(source: Path) -> BBox:
    """Tell the box (degrees) of a map file, where the first copy stands."""
    return header_bbox(source) or read_area(source).bbox


def grow(source: Path, target: Path, copies: int) -> None:
    """Write so many copies of a map file into one, side by side."""
    box = original_box(source)
    spread = list(_copies(box, copies, _greatest_id(source)))
    header = osmium.io.Header()
    corner = osmium.osm.Location(box.right + spread[-1].east, box.top + spread[-1].north)
    header.add_box(osmium.osm.Box(osmium.osm.Location(box.left, box.bottom), corner))
    with osmium.SimpleWriter(str(target), header=header, overwrite=True) as writer:
        _write_nodes(source, writer, spread)
        _write_ways(source, writer, spread)
        _write_relations(source, writer, spread)


def _copies(box: BBox, copies: int, greatest_id: int) -> Iterator[Copy]:
    columns = math.ceil(math.sqrt(copies))
    width, height = (box.right - box.left) * GAP, (box.top - box.bottom) * GAP
    return (Copy(k % columns * width, k // columns * height, k * (greatest_id + 1)) for k in range(copies))


def _greatest_id(source: Path) -> int:
    return max(max(thing.id, *_ids_in(thing)) for thing in osmium.FileProcessor(str(source)))


def _ids_in(thing: object) -> Iterator[int]:
    """Give the ids that a thing speaks of: a cut-out lacks some of them."""
    yield 0
    if isinstance(thing, Way):
        yield from (node.ref for node in thing.nodes)
    elif isinstance(thing, Relation):
        yield from (member.ref for member in thing.members)


def _write_nodes(source: Path, writer: osmium.SimpleWriter, spread: list[Copy]) -> None:
    nodes = [
        (node.id, node.lon, node.lat, dict(node.tags))
        for node in osmium.FileProcessor(str(source), osmium.osm.NODE)
        if isinstance(node, osmium.osm.Node)
    ]
    for copy in spread:
        for ident, lon, lat, tags in nodes:
            writer.add_node(NewNode(id=ident + copy.ids, location=(lon + copy.east, lat + copy.north), tags=tags))


def _write_ways(source: Path, writer: osmium.SimpleWriter, spread: list[Copy]) -> None:
    ways = [
        (way.id, [node.ref for node in way.nodes], dict(way.tags))
        for way in osmium.FileProcessor(str(source), osmium.osm.WAY)
        if isinstance(way, Way)
    ]
    for copy in spread:
        for ident, nodes, tags in ways:
            writer.add_way(NewWay(id=ident + copy.ids, nodes=[node + copy.ids for node in nodes], tags=tags))


def _write_relations(source: Path, writer: osmium.SimpleWriter, spread: list[Copy]) -> None:
    relations = [
        (relation.id, [(member.type, member.ref, member.role) for member in relation.members], dict(relation.tags))
        for relation in osmium.FileProcessor(str(source), osmium.osm.RELATION)
        if isinstance(relation, Relation)
    ]
    for copy in spread:
        for ident, members, tags in relations:
            moved = [(kind, ref + copy.ids, role) for kind, ref, role in members]
            writer.add_relation(NewRelation(id=ident + copy.ids, members=moved, tags=tags))
