"""Make the index of an extract in bounded memory: features go to scratch files by tile, and each of those is sorted.

A tile belongs to one scratch file, chosen by a hash so that all of them grow alike; what has to be in memory at a time
is a batch of features or one scratch file.
"""

from __future__ import annotations

import math
import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import numpy as np
from numpy.typing import NDArray

from mural.geo import ragged
from mural.geo.bbox import BBox
from mural.geo.extract import points_bbox
from mural.geo.extract_index import MAGIC, SMALLEST_CELL_DEG, Description, Source, directory_entry, ending
from mural.geo.layers import STREETS, Coordinates, Layer, Lines, Polygons
from mural.geo.packed import pack_lines, pack_polygons, to_integers, unpack

Keys = NDArray[np.uint64]
"""Tiles by number: the grid in the upper bits (0 is the finest), then row and column."""

SCRATCH_BYTES: Final = 8_000_000
"""Size of the map file for which one scratch file is opened."""
MOST_SCRATCH_BITS: Final = 8
"""256 files stay well below the 1,024 that a process may have open."""
_COARSEST: Final = 13
"""A cell of this grid is wider than the earth."""
_HEAD: Final = struct.Struct("<II")
"""Before what is put aside: how many features, and the bytes of their section; their tiles stand between."""
_SCATTER: Final = np.uint64(0x9E3779B97F4A7C15)
"""Multiplied with it, the upper bits of numbers near each other differ."""


class TileWriter:
    """A Keeper that makes an index of what it is given; ``scratch`` is an empty folder with room for it."""

    def __init__(self, scratch: Path, source: Source) -> None:
        self._scratch, self._source = scratch, source
        self._bits = min(MOST_SCRATCH_BITS, max(0, math.ceil(math.log2(max(1, source.size) / SCRATCH_BYTES))))
        self._open = ExitStack()
        self._files: dict[int, BinaryIO] = {}
        self._features = self._points = 0
        self._roads = _Sample()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def keep_lines(self, layer: Layer, lines: Lines) -> None:
        """Put lines (degrees) aside."""
        keys = tiles_of(ragged.bounds(lines.xy, lines.offsets))
        if layer in STREETS:
            self._roads.add(lines.xy)
        self._count(len(lines), len(lines.xy))
        for chosen, part in ragged.split_lines(lines, self._scratch_numbers(keys)):
            self._put_aside(keys[chosen], pack_lines(layer, part))

    def keep_polygons(self, layer: Layer, polygons: Polygons) -> None:
        """Put polygons (degrees) aside."""
        keys = tiles_of(ragged.bounds(polygons.xy, ragged.polygon_points(polygons)))
        self._count(len(polygons), len(polygons.xy))
        for chosen, part in ragged.split_polygons(polygons, self._scratch_numbers(keys)):
            self._put_aside(keys[chosen], pack_polygons(layer, part))

    def write(self, target: Path, bbox: BBox | None, advanced: Callable[[float], None]) -> Description:
        """Write the index, telling ``advanced`` how far it is; ``bbox`` (degrees) is what the map file declares."""
        self._open.close()
        directory: list[NDArray[Any]] = []
        with target.open("wb") as file:
            file.write(MAGIC)
            for done, number in enumerate(sorted(self._files)):
                path = self._path(number)
                for _, tile in sorted(_tiles(path.read_bytes()).items()):
                    data = b"".join(tile.sections)
                    directory.append(directory_entry(to_integers(np.array(tile.corners)), file.tell(), data))
                    file.write(data)
                path.unlink()
                advanced((done + 1) / len(self._files))
            about = Description(bbox or self._roads.bbox(), self._source, len(directory), self._features, self._points)
            file.write(ending(file.tell(), directory, about))
        return about

    def _count(self, features: int, points: int) -> None:
        self._features += features
        self._points += points

    def _scratch_numbers(self, keys: Keys) -> Keys:
        return (keys * _SCATTER >> np.uint64(64 - MOST_SCRATCH_BITS)) >> np.uint64(MOST_SCRATCH_BITS - self._bits)

    def _put_aside(self, keys: Keys, section: bytes) -> None:
        (number,) = self._scratch_numbers(keys[:1]).tolist()
        if number not in self._files:
            self._files[number] = self._open.enter_context(self._path(number).open("wb"))
        head = _HEAD.pack(len(keys), len(section))
        self._files[number].writelines((head, keys.tobytes(), section))

    def _path(self, number: int) -> Path:
        return self._scratch / f"{number}.scratch"


def tiles_of(bounds: ragged.Bounds) -> Keys:
    """Tell the tile of each feature from its bounds (degrees): the finest cell of its size that holds its middle."""
    extent = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    grid = np.ceil(np.log2(np.maximum(extent / SMALLEST_CELL_DEG, 1.0))).clip(0, _COARSEST)
    cell = SMALLEST_CELL_DEG * 2.0**grid
    column = np.floor(((bounds[:, 0] + bounds[:, 2]) / 2 + 180) / cell)
    row = np.floor(((bounds[:, 1] + bounds[:, 3]) / 2 + 90) / cell)
    numbers = [part.astype(np.uint64) << np.uint64(shift) for part, shift in ((grid, 48), (row, 24), (column, 0))]
    keys: Keys = numbers[0] | numbers[1] | numbers[2]
    return keys


class _Sample:
    """Points of the roads, evenly thinned out as they become more, to tell how far a file without a box reaches."""

    _MOST: Final = 1_000_000

    def __init__(self) -> None:
        self._parts: list[Coordinates] = []
        self._count, self._stride = 0, 1

    def add(self, xy: Coordinates) -> None:
        part = xy[:: self._stride].copy()
        self._parts.append(part)
        self._count += len(part)
        if self._count > self._MOST:
            self._parts = [np.concatenate(self._parts)[::2]]
            self._count, self._stride = len(self._parts[0]), self._stride * 2

    def bbox(self) -> BBox:
        return points_bbox(self._parts)


@dataclass(slots=True)
class _Tile:
    """The sections of a tile, one a batch, and the least and greatest of their points."""

    sections: list[bytes] = field(default_factory=list)
    corners: list[Coordinates] = field(default_factory=list)

    def add(self, section: bytes, xy: Coordinates) -> None:
        self.sections.append(section)
        self.corners += (xy.min(axis=0), xy.max(axis=0))


def _tiles(scratch: bytes) -> dict[int, _Tile]:
    """Sort what was put aside in a scratch file."""
    tiles: defaultdict[int, _Tile] = defaultdict(_Tile)
    for layer, keys, features in _by_layer(scratch):
        if isinstance(features, Lines):
            for chosen, lines in ragged.split_lines(features, keys):
                tiles[int(keys[chosen[0]])].add(pack_lines(layer, lines), lines.xy)
        else:
            for chosen, polygons in ragged.split_polygons(features, keys):
                tiles[int(keys[chosen[0]])].add(pack_polygons(layer, polygons), polygons.xy)
    return tiles


def _by_layer(scratch: bytes) -> Iterator[tuple[Layer, Keys, Lines | Polygons]]:
    """Read what was put aside, the batches of a layer as one."""
    keys: defaultdict[Layer, list[Keys]] = defaultdict(list)
    lines: defaultdict[Layer, list[Lines]] = defaultdict(list)
    polygons: defaultdict[Layer, list[Polygons]] = defaultdict(list)
    at, view = 0, memoryview(scratch)
    while at < len(scratch):
        count, size = _HEAD.unpack_from(view, at)
        start = at + _HEAD.size + 8 * count
        ((layer, features),) = unpack(view[start : start + size])
        keys[layer].append(np.frombuffer(view, np.uint64, count, at + _HEAD.size))
        if isinstance(features, Lines):
            lines[layer].append(features)
        else:
            polygons[layer].append(features)
        at = start + size
    for layer, batches in lines.items():
        yield layer, np.concatenate(keys[layer]), ragged.concat_lines(batches)
    for layer, shapes in polygons.items():
        yield layer, np.concatenate(keys[layer]), ragged.concat_polygons(shapes)
