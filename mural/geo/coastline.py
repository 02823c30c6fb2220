"""Make the sea of a page from coastlines. Everything is in metres on the page.

OpenStreetMap draws a coast with the land on its left and the water on its right, and knows no polygon for the sea. So
the coast's ways are joined, cut at the edge of the page, and followed with the sea on the right: along a coast to where
it leaves the page, then clockwise along the edge to where the next one enters, and so on until it closes. Rings within
the page are islands when they run counter-clockwise and lagoons when they run clockwise.

Real files break off. A loose end is tied to another loose end near it, or else led to the nearest edge. Whatever comes
of that, a sea under the streets is no sea: it is left out, so that damaged data leaves land and never drowns a city.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import shapely

from mural.geo import ragged
from mural.geo.bbox import BBox
from mural.geo.clip import clip_lines
from mural.geo.layers import Coordinates, Lines, Polygons

TOUCHING_M: Final = 0.001
"""Ends nearer than this are the same node; twenty times the resolution of OpenStreetMap's coordinates is 0.2 m, but
equal nodes stay equal through the projection to far better than a millimetre."""
STREETS_IN_SEA: Final = 0.25
"""Share of the page's street points that a part of the sea may hold before it is taken for a mistake."""
_SAMPLE: Final = 2000
"""Street points that are looked at."""
_CHOICE: Final = 16
"""Loose starts, the nearest ones, that a loose end may be tied to: in a coast of shreds all pairs would be millions."""


def sea(coasts: Lines, page: BBox, streets: Coordinates) -> Polygons:
    """Build the sea within the page; ``streets`` are points, shape (n, 2), that are known to be on land.

    Coasts off the page count where none is on it: they tell whether the page is all land or all sea.
    """
    chains = join(_parts(coasts))
    on_page = clip_lines(_lines(chains), page)
    pieces = join(_parts(on_page))
    if pieces:
        shape = _assemble(pieces, page)
        return ragged.from_shapes(_without_streets(_polygonal_parts(shape), streets))
    if (
        len(streets)
        or not chains
        or not _on_the_right((page.left + page.right) / 2, (page.bottom + page.top) / 2, chains)
    ):
        return ragged.from_shapes(np.empty(0, dtype=object))
    return ragged.from_shapes(np.array([shapely.box(*page)], dtype=object))


def join(parts: Iterable[Coordinates]) -> list[Coordinates]:
    """Join lines whose end is another's start; nothing is turned round.

    Rings come out closed; those that enclose nothing, islands too small to be seen, are left out.
    """
    pieces = [part for part in parts if len(part) > 1]
    by_start: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for k, piece in enumerate(pieces):
        by_start[_node(piece[0])].append(k)
    ends = {_node(piece[-1]) for piece in pieces}
    # Lines that follow no other come first: the rest are rings, and may begin anywhere.
    order = sorted(range(len(pieces)), key=lambda k: _node(pieces[k][0]) in ends)
    used: set[int] = set()
    chains = []
    for k in order:
        if k not in used:
            followed = list(_follow(k, pieces, by_start, used))
            chains.append(np.concatenate([followed[0], *(piece[1:] for piece in followed[1:])]))
    return [chain for chain in chains if len(chain) > 3 or not _is_closed(chain)]


def _follow(
    k: int, pieces: list[Coordinates], by_start: dict[tuple[int, int], list[int]], used: set[int]
) -> Iterator[Coordinates]:
    first = _node(pieces[k][0])
    following: int | None = k
    while following is not None:
        used.add(following)
        yield pieces[following]
        end = _node(pieces[following][-1])
        free = (other for other in by_start.get(end, ()) if other not in used)
        following = None if end == first else next(free, None)


def _node(point: Coordinates) -> tuple[int, int]:
    return round(float(point[0]) / TOUCHING_M), round(float(point[1]) / TOUCHING_M)


def _is_closed(piece: Coordinates) -> bool:
    return _node(piece[0]) == _node(piece[-1])


def _parts(lines: Lines) -> list[Coordinates]:
    return np.split(lines.xy, lines.offsets[1:-1]) if len(lines) else []


def _lines(parts: Sequence[Coordinates]) -> Lines:
    xy = np.concatenate(parts) if parts else np.empty((0, 2))
    return Lines(xy, ragged.offsets_of([len(part) for part in parts]), np.zeros(len(parts), dtype=np.int8))


def _assemble(pieces: list[Coordinates], page: BBox) -> shapely.Geometry:
    pieces = _Edge(page).tie(pieces)
    rings = [shapely.Polygon(piece) for piece in pieces if _is_closed(piece)]
    rings.sort(key=lambda ring: ring.area, reverse=True)
    crossing = [piece for piece in pieces if not _is_closed(piece)]
    if crossing:
        shape = shapely.union_all(shapely.make_valid([shapely.Polygon(ring) for ring in _Edge(page).walk(crossing)]))
    elif rings and rings[0].exterior.is_ccw:
        shape = shapely.box(*page)
    else:
        shape = shapely.Polygon()
    # From the largest to the smallest, so that an island in a lagoon of an island comes out right.
    for island, group in itertools.groupby(rings, key=lambda ring: bool(ring.exterior.is_ccw)):
        together = shapely.union_all(shapely.make_valid(list(group)))
        shape = shapely.difference(shape, together) if island else shapely.union(shape, together)
    return shape


class _Edge:
    """The edge of the page as one line: its points are told by how far they are clockwise from the top left corner."""

    def __init__(self, page: BBox) -> None:
        self._page = page
        width, height = page.right - page.left, page.top - page.bottom
        self._round = 2 * (width + height)
        self._corners = [
            (width, (page.right, page.top)),
            (width + height, (page.right, page.bottom)),
            (2 * width + height, (page.left, page.bottom)),
            (self._round, (page.left, page.top)),
        ]

    def tie(self, pieces: list[Coordinates]) -> list[Coordinates]:
        """Mend loose ends: tie a loose end to a loose start where that is nearer than the edge, else lead it there."""
        ends = [piece[-1] for piece in pieces if not _is_closed(piece) and self._gap(piece[-1]) > TOUCHING_M]
        starts = [piece[0] for piece in pieces if not _is_closed(piece) and self._gap(piece[0]) > TOUCHING_M]
        loose_ends, loose_starts = dict(enumerate(ends)), dict(enumerate(starts))
        bridges = []
        for _, end, start in sorted(self._ties(ends, starts)):
            if end in loose_ends and start in loose_starts:
                bridges.append(np.array((loose_ends.pop(end), loose_starts.pop(start))))
        leads_out = [np.array((end, self._nearest(end))) for end in loose_ends.values()]
        leads_in = [np.array((self._nearest(start), start)) for start in loose_starts.values()]
        return join([*pieces, *bridges, *leads_out, *leads_in])

    def _ties(self, ends: list[Coordinates], starts: list[Coordinates]) -> Iterator[tuple[float, int, int]]:
        """List loose ends and starts nearer to each other than to the edge: how far apart, and their numbers."""
        heads = np.array(starts).reshape(-1, 2)
        gaps = np.array([self._gap(start) for start in starts])
        for number, end in enumerate(ends):
            distances = np.hypot(*(heads - end).T)
            for near in np.argsort(distances, kind="stable")[:_CHOICE].tolist():
                if distances[near] < (gaps[near] + self._gap(end)) / 2:
                    yield float(distances[near]), number, near

    def walk(self, pieces: list[Coordinates]) -> Iterator[Coordinates]:
        """Follow coasts and edge with the sea on the right until each round closes."""
        entries = sorted((self._position(piece[0]), k) for k, piece in enumerate(pieces))
        while entries:
            first = entries.pop(0)
            ring = [pieces[first[1]]]
            while True:
                leaving = self._position(ring[-1][-1])
                following = self._next(entries, leaving, first)
                ring.append(self._corners_between(leaving, following[0]))
                if following is first:
                    break
                entries.remove(following)
                ring.append(pieces[following[1]])
            yield np.concatenate([*ring, ring[0][:1]])

    def _next(self, entries: list[tuple[float, int]], leaving: float, first: tuple[float, int]) -> tuple[float, int]:
        """Find the entry that comes next clockwise; ``first`` is where this round began."""
        if not entries:
            return first
        following = entries[bisect_left(entries, (leaving, -1)) % len(entries)]
        return min(first, following, key=lambda entry: (entry[0] - leaving) % self._round)

    def _corners_between(self, leaving: float, entering: float) -> Coordinates:
        span = (entering - leaving) % self._round
        passed = [((at - leaving) % self._round, corner) for at, corner in self._corners]
        return np.array([corner for at, corner in sorted(passed) if 0 < at < span]).reshape(-1, 2)

    def _distances(self, point: Coordinates) -> tuple[float, float, float, float]:
        """Measure how far the top, right, bottom and left edges are."""
        x, y = float(point[0]), float(point[1])
        page = self._page
        return abs(page.top - y), abs(page.right - x), abs(y - page.bottom), abs(x - page.left)

    def _gap(self, point: Coordinates) -> float:
        return min(self._distances(point))

    def _nearest(self, point: Coordinates) -> tuple[float, float]:
        x, y, page = float(point[0]), float(point[1]), self._page
        distances = self._distances(point)
        feet = (x, page.top), (page.right, y), (x, page.bottom), (page.left, y)
        return feet[distances.index(min(distances))]

    def _position(self, point: Coordinates) -> float:
        distances, page = self._distances(point), self._page
        x, y = float(point[0]), float(point[1])
        width, height = page.right - page.left, page.top - page.bottom
        along = (
            x - page.left,
            width + page.top - y,
            width + height + page.right - x,
            2 * width + height + y - page.bottom,
        )
        return along[distances.index(min(distances))]


def _on_the_right(x: float, y: float, chains: list[Coordinates]) -> bool:
    """Tell whether a point lies on the water side of the coast that is nearest to it."""
    starts = np.concatenate([chain[:-1] for chain in chains])
    steps = np.concatenate([np.diff(chain, axis=0) for chain in chains])
    to_point = np.array((x, y)) - starts
    length_2 = np.maximum(np.einsum("ij,ij->i", steps, steps), 1e-12)
    along = np.clip(np.einsum("ij,ij->i", steps, to_point) / length_2, 0, 1)
    distance = np.hypot(*(to_point - steps * along[:, None]).T)
    # At a corner two segments are equally near; the one seen more from the side is the one that tells.
    sideways = (steps[:, 0] * to_point[:, 1] - steps[:, 1] * to_point[:, 0]) / np.sqrt(length_2)
    nearest = np.flatnonzero(distance <= distance.min() + TOUCHING_M)
    return bool(sideways[nearest[np.argmax(np.abs(sideways[nearest]))]] < 0)


def _polygonal_parts(shape: shapely.Geometry) -> list[shapely.Polygon]:
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shape)))
    return [part for part in parts if isinstance(part, shapely.Polygon) and part.area > 0]


def _without_streets(parts: list[shapely.Polygon], streets: Coordinates) -> np.ndarray:
    """Leave out the parts that lie under streets."""
    sample = streets[:: max(1, len(streets) // _SAMPLE)]
    shapely.prepare(parts)
    kept = [
        part
        for part in parts
        if not len(sample)
        or np.count_nonzero(shapely.contains_xy(part, sample[:, 0], sample[:, 1])) <= STREETS_IN_SEA * len(sample)
    ]
    return np.array(kept, dtype=object)
