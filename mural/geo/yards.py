"""Tell the tracks of a rail yard from a railway line. Everything is in metres on the page.

Tags alone do not: the tracks of a station and of many a yard are mapped as main lines all of them, and drawn as such
they would be the loudest thing on a page.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

from mural.geo import ragged
from mural.geo.carriageways import ASLANT, crossed, samples
from mural.geo.layers import Layer, Lines

REACH_M: Final = 40.0
"""Tracks that lie no farther apart than this,"""
TRACKS: Final = 6
"""and are at least so many, make a yard: a busy line has four."""
_MOSTLY: Final = 0.5
"""The share of a track that must lie in a yard."""
_SEARCH_M: Final = 43.0
"""Tracks are looked at every thirty metres, so what lies beside a point may be found a little ahead of it or behind."""


def set_yards_apart(lines: dict[Layer, Lines]) -> dict[Layer, Lines]:
    """Move the tracks that lie in yards from RAIL to SIDING, whatever their tags say."""
    rails = lines.get(Layer.RAIL)
    if rails is None or len(rails) < TRACKS:
        return lines
    yard = _in_yards(rails, lines.get(Layer.SIDING))
    sidings = [ragged.take_lines(rails, yard)] + ([lines[Layer.SIDING]] if Layer.SIDING in lines else [])
    return lines | {Layer.RAIL: ragged.take_lines(rails, ~yard), Layer.SIDING: ragged.concat_lines(sidings)}


def _in_yards(rails: Lines, sidings: Lines | None) -> ragged.Mask:
    tracks = rails if sidings is None else ragged.concat_lines([rails, sidings])
    owner, at, heading = samples(tracks)
    points = np.asarray(shapely.points(at), dtype=object)
    looking = owner < len(rails)
    one, other = shapely.STRtree(points).query(points[looking], "dwithin", distance=_SEARCH_M)
    alike = np.abs(crossed(heading[one], heading[other])) < ASLANT
    near = np.abs(crossed(at[other] - at[one], heading[one])) <= REACH_M
    beside = alike & near & (owner[one] != owner[other])
    pairs = np.unique(one[beside] * len(tracks) + owner[other[beside]])
    crowded = np.bincount(pairs // len(tracks), minlength=np.count_nonzero(looking)) >= TRACKS - 1
    share = np.bincount(owner[looking], crowded, len(rails)) / np.bincount(owner[looking], minlength=len(rails))
    return np.asarray(share >= _MOSTLY)
