"""Lines and polygons as bytes: what an index of an extract consists of, and what its making leaves in passing.

A section holds one layer: a head, the points as OpenStreetMap has them (whole ten-millionths of a degree, so that what
is read equals what was written), the lengths of lines or rings, the levels of lines or the ring counts of polygons.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mural.geo import ragged
from mural.geo.layers import Coordinates, Layer, Lines, Polygons

Integers = NDArray[np.int32]

PER_DEGREE: Final = 10_000_000
LAYERS: Final = tuple(Layer)
"""A section names its layer by its place in here."""
_HEAD: Final = struct.Struct("<BxxxIII")
"""Layer; lines or polygons; lines or rings; points. Every array starts at a multiple of four bytes."""
_POLYGONS: Final = 0x80
"""Added to the layer of a section of polygons."""


def to_integers(degrees: Coordinates) -> Integers:
    """Turn degrees into ten-millionths of a degree."""
    return np.rint(degrees * PER_DEGREE).astype(np.int32)


def pack_lines(layer: Layer, lines: Lines) -> bytes:
    """Write the lines of a layer (degrees)."""
    head = _HEAD.pack(LAYERS.index(layer), len(lines), len(lines), len(lines.xy))
    level = lines.level.tobytes()
    padding = bytes(-len(level) % 4)
    return b"".join((head, to_integers(lines.xy).tobytes(), _lengths(lines.offsets), level, padding))


def pack_polygons(layer: Layer, polygons: Polygons) -> bytes:
    """Write the polygons of a layer (degrees)."""
    counts = len(polygons), len(polygons.rings) - 1, len(polygons.xy)
    head = _HEAD.pack(LAYERS.index(layer) | _POLYGONS, *counts)
    return b"".join((head, to_integers(polygons.xy).tobytes(), _lengths(polygons.rings), _lengths(polygons.polygons)))


def unpack(data: bytes | memoryview) -> Iterator[tuple[Layer, Lines | Polygons]]:
    """Read sections one behind the other, in degrees; raises ValueError and struct.error for anything else."""
    at = 0
    while at < len(data):
        kind, things, runs, points = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        xy = np.frombuffer(data, "<i4", 2 * points, at).reshape(-1, 2) / PER_DEGREE
        at += 8 * points
        offsets = ragged.offsets_of(np.frombuffer(data, "<u4", runs, at))
        at += 4 * runs
        if kind & _POLYGONS:
            polygons = ragged.offsets_of(np.frombuffer(data, "<u4", things, at))
            yield LAYERS[kind ^ _POLYGONS], Polygons(xy, offsets, polygons)
            at += 4 * things
        else:
            yield LAYERS[kind], Lines(xy, offsets, np.frombuffer(data, np.int8, things, at))
            at += things + -things % 4


def _lengths(offsets: NDArray[np.int64]) -> bytes:
    return np.diff(offsets).astype("<u4").tobytes()
