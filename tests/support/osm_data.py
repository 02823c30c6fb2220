"""OpenStreetMap data held in memory and asked the way an Overpass server is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import osmium
import shapely

Tags = dict[str, str]
TagTest = Callable[[Tags], bool]

_STATEMENT = re.compile(r"(node|way|relation)((?:\[[^\]]*\])+)\(poly:['\"]([^'\"]+)['\"]\)")
_TAG_TEST = re.compile(r"\[['\"]([^'\"]+)['\"](?:(=|!=|~|!~)['\"]([^'\"]*)['\"])?\]")
_MEMBER_KINDS = {"n": "node", "w": "way", "r": "relation"}


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of elements, by kind."""

    node: set[int] = field(default_factory=set)
    way: set[int] = field(default_factory=set)
    relation: set[int] = field(default_factory=set)


class OsmData:
    """Nodes, ways and relations of some map files, with what a spatial question needs."""

    def __init__(self, *files: Path) -> None:
        self.places: dict[int, tuple[float, float]] = {}
        self.refs: dict[int, list[int]] = {}
        self.members: dict[int, list[tuple[str, int, str]]] = {}
        self.tags: dict[str, dict[int, Tags]] = {"node": {}, "way": {}, "relation": {}}
        for file in files:
            self._load(file)
        self._tagged_nodes = np.fromiter(self.tags["node"], dtype=np.int64)
        tagged = [self.places[node] for node in self._tagged_nodes.tolist()]
        self._points = shapely.points(np.array(tagged).reshape(-1, 2))
        drawable = {way: [self.places[node] for node in refs] for way, refs in self.refs.items() if len(refs) > 1}
        self._ways = np.fromiter(drawable, dtype=np.int64)
        self._tree = shapely.STRtree([shapely.LineString(places) for places in drawable.values()])

    def _load(self, file: Path) -> None:
        for thing in osmium.FileProcessor(str(file)):
            kind = _MEMBER_KINDS[thing.type_str()]
            if isinstance(thing, osmium.osm.Node):
                self.places[thing.id] = (thing.lon, thing.lat)
            elif isinstance(thing, osmium.osm.Way):
                # A cut-out lacks nodes beyond its edge; a server has whole ways, so here they end at the edge.
                self.refs[thing.id] = [node.ref for node in thing.nodes if node.ref in self.places]
            elif isinstance(thing, osmium.osm.Relation):
                self.members[thing.id] = [(_MEMBER_KINDS[m.type], m.ref, m.role) for m in thing.members]
            if len(thing.tags) or kind != "node":
                self.tags[kind][thing.id] = dict(thing.tags)

    def ask(self, query: str) -> Found:
        """Answer a query of statements on tags within polygons, each with its members and their nodes (``>``)."""
        found = Found()
        inside: dict[str, Found] = {}
        for kind, tests, corners in _STATEMENT.findall(query):
            if corners not in inside:
                inside[corners] = self._inside(corners)
            passes = _tag_test(tests)
            within: set[int] = getattr(inside[corners], kind)
            getattr(found, kind).update(ident for ident in within if passes(self.tags[kind][ident]))
        self._recurse_down(found)
        return found

    def _inside(self, corners: str) -> Found:
        numbers = [float(number) for number in corners.split()]
        polygon = shapely.Polygon(list(zip(numbers[1::2], numbers[0::2], strict=True)))
        shapely.prepare(polygon)
        nodes = set(self._tagged_nodes[shapely.intersects(polygon, self._points)].tolist())
        ways = set(self._ways[self._tree.query(polygon, predicate="intersects")].tolist())
        inside = {"node": nodes, "way": ways, "relation": set()}
        relations = {
            relation
            for relation, members in self.members.items()
            if any(ref in inside[kind] or (kind == "node" and self._covers(polygon, ref)) for kind, ref, _ in members)
        }
        return Found(nodes, ways, relations)

    def _covers(self, polygon: shapely.Polygon, node: int) -> bool:
        return node in self.places and bool(shapely.intersects_xy(polygon, *self.places[node]))

    def _recurse_down(self, found: Found) -> None:
        for relation in found.relation:
            for kind, ref, _ in self.members[relation]:
                if kind == "way" and ref in self.refs:
                    found.way.add(ref)
                elif kind == "node" and ref in self.places:
                    found.node.add(ref)
        for way in found.way:
            found.node.update(self.refs[way])

    def elements(self, found: Found) -> Iterator[dict[str, Any]]:
        """Describe elements the way ``out;`` does in JSON: nodes, ways, relations, each by id."""
        for ident in sorted(found.node):
            lon, lat = self.places[ident]
            yield _described("node", ident, self.tags["node"].get(ident), lat=round(lat, 7), lon=round(lon, 7))
        for ident in sorted(found.way):
            yield _described("way", ident, self.tags["way"][ident], nodes=self.refs[ident])
        for ident in sorted(found.relation):
            members = [{"type": kind, "ref": ref, "role": role} for kind, ref, role in self.members[ident]]
            yield _described("relation", ident, self.tags["relation"][ident], members=members)


@cache
def osm_data(*files: Path) -> OsmData:
    """Read files once, for all who only ask."""
    return OsmData(*files)


def _described(kind: str, ident: int, tags: Tags | None, **body: Any) -> dict[str, Any]:
    return {"type": kind, "id": ident, **body, **({"tags": tags} if tags else {})}


def _tag_test(text: str) -> TagTest:
    tests = [(key, operator, value) for key, operator, value in _TAG_TEST.findall(text)]

    def passes(tags: Tags) -> bool:
        return all(_passes_one(tags.get(key), operator, value) for key, operator, value in tests)

    return passes


def _passes_one(actual: str | None, operator: str, wanted: str) -> bool:
    if operator.startswith("!"):
        return actual is None or not _passes_one(actual, operator[1:], wanted)
    if actual is None:
        return False
    return {"": True, "=": actual == wanted, "~": bool(operator == "~" and re.search(wanted, actual))}[operator]


def as_json(elements: Iterable[dict[str, Any]], remark: str = "") -> str:
    """Write an answer as ``[out:json]`` asks for it."""
    answer = {"version": 0.6, "generator": "Overpass API", "elements": list(elements)}
    return json.dumps({**answer, **({"remark": remark} if remark else {})}, indent=1)


def as_xml(elements: Iterable[dict[str, Any]], remark: str = "") -> str:
    """Write an answer as ``[out:xml]`` asks for it."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="Overpass API">']
    lines.append("<note>The data included in this document is from www.openstreetmap.org.</note>")
    lines.append('<meta osm_base="2026-01-01T00:00:00Z"/>')
    for element in elements:
        place = f' lat="{element["lat"]:.7f}" lon="{element["lon"]:.7f}"' if element["type"] == "node" else ""
        children = [f'<nd ref="{node}"/>' for node in element.get("nodes", ())]
        children += [
            f'<member type="{member["type"]}" ref="{member["ref"]}" role={quoteattr(member["role"])}/>'
            for member in element.get("members", ())
        ]
        children += [f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in element.get("tags", {}).items()]
        opening = f'<{element["type"]} id="{element["id"]}"{place}'
        lines.append(f"{opening}>{''.join(children)}</{element['type']}>" if children else f"{opening}/>")
    if remark:
        lines.append(f"<remark> {remark} </remark>")
    return "\n".join([*lines, "", "</osm>", ""])
