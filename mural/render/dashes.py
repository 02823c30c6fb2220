"""Cut lines into dashes along their own length.

The dashes of a graphics library start anew wherever it clips a line; cut beforehand they are the same in every band of
the page and in every format.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mural.geo.layers import Lines

Lengths = float | NDArray[np.float64]
"""Metres: the same for all lines, or for each its own."""


def dashed(lines: Lines, on_m: Lengths, off_m: Lengths) -> Lines:
    """Replace lines by dashes ``on_m`` long with ``off_m`` between them, each line beginning with a dash."""
    if not len(lines):
        return lines
    starts, ends = lines.offsets[:-1], lines.offsets[1:]
    steps = np.hypot(*np.diff(lines.xy, axis=0).T)
    steps[ends[:-1] - 1] = 1.0  # a gap between lines keeps positions along the whole array apart
    along = np.concatenate(([0.0], np.cumsum(steps)))
    first, last = along[starts], along[ends - 1]
    on_m, off_m = (np.broadcast_to(length_m, len(lines)) for length_m in (on_m, off_m))
    period = on_m + off_m
    counts = np.maximum(1, np.ceil((last - first) / period)).astype(np.int64)
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    begin = np.repeat(first, counts) + number * np.repeat(period, counts)
    end = np.minimum(begin + np.repeat(on_m, counts), np.repeat(last, counts))
    # A point lies within a dash when more dashes have begun before it than have ended by then.
    inner = along[np.searchsorted(begin, along) > np.searchsorted(end, along, side="right")]
    points = np.sort(np.concatenate((begin, inner, end)), kind="stable")
    xy = np.column_stack([np.interp(points, along, lines.xy[:, axis]) for axis in (0, 1)])
    offsets = np.concatenate((np.searchsorted(points, begin), [len(points)])).astype(np.int64)
    return Lines(xy, offsets, np.repeat(lines.level, counts))
