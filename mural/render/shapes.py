"""Lines and polygons as matplotlib paths, cut so that a band of the page draws only what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.path import Path

from mural.geo import ragged
from mural.geo.layers import Coordinates, Lines, Offsets, Polygons

LINES_PER_CHUNK: Final = 250
"""Lines in one path: enough that calls cost nothing, few enough that Agg sorts its cells in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A path in metres from the page's centre and the lowest and highest y it reaches."""

    path: Path
    bottom_m: float
    top_m: float


def compound_path(xy: Coordinates, offsets: Offsets, *, closed: bool) -> Path:
    """Make one path of the parts of a ragged array; ``closed`` parts repeat their first point at their end."""
    codes = np.full(len(xy), Path.LINETO, dtype=Path.code_type)
    codes[offsets[:-1]] = Path.MOVETO
    if closed:
        codes[offsets[1:] - 1] = Path.CLOSEPOLY
    path = Path(xy, codes)
    path.should_simplify = False  # the map arrives simplified
    return path


def line_chunks(lines: Lines) -> tuple[Chunk, ...]:
    """Cut lines into paths of neighbours, from the bottom of the page to its top."""
    spans = ragged.bounds(lines.xy, lines.offsets)
    bottoms, tops = spans[:, 1], spans[:, 3]
    order = np.argsort(bottoms + tops, kind="stable")
    xy, offsets = ragged.gather(lines.xy, lines.offsets, order)
    chunks = []
    for first in range(0, len(order), LINES_PER_CHUNK):
        members = order[first : first + LINES_PER_CHUNK]
        part = offsets[first : first + len(members) + 1]
        path = compound_path(xy[part[0] : part[-1]], part - part[0], closed=False)
        chunks.append(Chunk(path, float(bottoms[members].min()), float(tops[members].max())))
    return tuple(chunks)


class Surface:
    """Polygons of one layer, filled together so that neighbours leave no seam between them."""

    def __init__(self, polygons: Polygons) -> None:
        self._polygons = Polygons(_oriented(polygons), polygons.rings, polygons.polygons)
        self._spans = ragged.bounds(polygons.xy, ragged.polygon_points(polygons))

    def path_between(self, bottom_m: float, top_m: float) -> Path | None:
        """Make the path of the polygons that reach into a range of y, or None where there are none."""
        chosen = (self._spans[:, 3] >= bottom_m) & (self._spans[:, 1] <= top_m)
        if not chosen.any():
            return None
        polygons = ragged.take_polygons(self._polygons, chosen)
        return compound_path(polygons.xy, polygons.rings, closed=True)


def _oriented(polygons: Polygons) -> Coordinates:
    """Turn shells counter-clockwise and holes clockwise: overlapping polygons then add up and holes stay open."""
    xy, rings = polygons.xy, polygons.rings
    starts, ends = rings[:-1], rings[1:]
    following = np.roll(xy, -1, axis=0)
    cross = xy[:, 0] * following[:, 1] - following[:, 0] * xy[:, 1]
    cross[ends - 1] = 0.0  # from the end of one ring to the start of the next
    is_shell = np.zeros(len(starts), dtype=bool)
    is_shell[polygons.polygons[:-1]] = True
    wrong = (np.add.reduceat(cross, starts) > 0) != is_shell
    if not wrong.any():
        return xy
    lengths = ends - starts
    source = np.arange(len(xy))
    mirrored = np.repeat(starts + ends - 1, lengths) - source
    return xy[np.where(np.repeat(wrong, lengths), mirrored, source)]
