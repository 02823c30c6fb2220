"""The index of an imported extract: a file of tiles, of which a box needs only those that its features lie in.

Every feature lies whole in one tile. A tile is a cell of a grid of degrees, and large features lie in coarser grids, so
that no tile reaches farther than about its own size beyond its cell. The tiles follow each other; behind them stand
their directory, a description as JSON, and the place where both begin. Reading a box costs a look at the directory,
32 bytes a tile, and the tiles that the box touches.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

import numpy as np
from numpy.typing import NDArray

from mural.errors import BrokenExtract
from mural.files import printable
from mural.geo import ragged
from mural.geo.bbox import BBox
from mural.geo.collector import InMemory
from mural.geo.layers import Area, Lines
from mural.geo.packed import LAYERS, PER_DEGREE, Integers, unpack

SUFFIX: Final = ".tiles"
"""Added to the name of the map file."""
MAGIC: Final = b"mural tiles 2\n"
"""Raise the number whenever the format changes or the table in features.py reads the same file differently."""
SMALLEST_CELL_DEG: Final = 0.05
"""Width and height of the finest grid's cells: with a city's data in it a tile is read within milliseconds, and a page
of 50 km takes a few hundred."""
_DIRECTORY: Final = np.dtype([("bounds", "<i4", (4,)), ("start", "<u8"), ("size", "<u4"), ("checksum", "<u4")])
_TAIL: Final = struct.Struct("<QQ14s")
"""Where the directory starts, where the description starts, and the magic again: a file that is cut off lacks it."""

INDEX_ERRORS: Final = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, MemoryError),
    struct.error,
)
"""What a file raises that is not what an import has written."""


@dataclass(frozen=True, slots=True)
class Source:
    """The map file that an index was made from, as it was then."""

    name: str
    size: int
    mtime_ns: int

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """Describe a file as it is now."""
        status = path.stat()
        return cls(path.name, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Description:
    """What an index says about itself; ``bbox`` in degrees."""

    bbox: BBox
    source: Source
    tiles: int
    features: int
    points: int


def index_for(file: Path, folder: Path) -> Path:
    """Name the index of a map file in the folder of the extracts."""
    return folder / (file.name + SUFFIX)


def describe(path: Path) -> Description:
    """Read what an index says about itself; raises BrokenExtract."""
    try:
        with path.open("rb") as file:
            return _description(_Parts(file))[0]
    except INDEX_ERRORS as error:
        raise _broken(path, error) from error


def read_tiles(path: Path, bbox: BBox) -> Area:
    """Read the features that touch ``bbox`` (degrees), whole, as read_area() does; raises BrokenExtract."""
    kept = InMemory(bbox)
    try:
        with path.open("rb") as file:
            data = _Parts(file)
            about, start, end = _description(data)
            directory = np.frombuffer(data.part(start, end), _DIRECTORY)
            for tile in directory[ragged.touches(directory["bounds"] / PER_DEGREE, bbox)]:
                _read_tile(data, tile, kept)
        lines, polygons = kept.finish()
    except INDEX_ERRORS as error:
        raise _broken(path, error) from error
    return Area(bbox, lines, polygons, source=printable(about.source.name))


def directory_entry(points: Integers, start: int, data: bytes) -> NDArray[Any]:
    """Describe a tile that starts there in the file; ``points`` are all of its points, shape (n, 2)."""
    bounds = (*points.min(axis=0), *points.max(axis=0))
    return np.array([(bounds, start, len(data), zlib.crc32(data))], dtype=_DIRECTORY)


def ending(at: int, directory: list[NDArray[Any]], about: Description) -> bytes:
    """Write what stands behind the tiles, which end ``at`` so many bytes."""
    entries = np.concatenate(directory).tobytes() if directory else b""
    text = json.dumps(asdict(about) | {"layers": LAYERS}).encode()
    return entries + text + _TAIL.pack(at, at + len(entries), MAGIC)


class _Parts:
    """A file read in parts. It is not mapped: where it is cut short meanwhile, a look there would kill the process."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, os.SEEK_END)

    def part(self, start: int, end: int) -> bytes:
        """Read from one place to another, both of which must lie in the file."""
        if not 0 <= start <= end <= self.size:
            raise ValueError("it is cut off")
        self._file.seek(start)
        return self._file.read(end - start)


def _description(data: _Parts) -> tuple[Description, int, int]:
    """Give the description, and where the directory starts and ends."""
    tail = data.size - _TAIL.size
    start, end, magic = _TAIL.unpack(data.part(tail, data.size))
    if magic != MAGIC or data.part(0, len(MAGIC)) != MAGIC:
        raise ValueError("it is not an index of this version, or is cut off")
    about = json.loads(data.part(end, tail))
    if about.pop("layers") != list(LAYERS):
        raise ValueError("it has other layers than this version")
    about |= {"bbox": BBox(*map(float, about["bbox"])), "source": Source(**about["source"])}
    return Description(**about), start, end


def _read_tile(data: _Parts, tile: np.void, kept: InMemory) -> None:
    contents = data.part(int(tile["start"]), int(tile["start"]) + int(tile["size"]))
    if zlib.crc32(contents) != tile["checksum"]:
        raise ValueError("a checksum does not fit")
    for layer, part in unpack(contents):
        if isinstance(part, Lines):
            kept.keep_lines(layer, part)
        else:
            kept.keep_polygons(layer, part)


def _broken(path: Path, error: Exception) -> BrokenExtract:
    reason, name = printable(str(error)) or type(error).__name__, printable(path.name)
    message = f"The index {name} cannot be read: {reason}. Import the map file again."
    return BrokenExtract(message, file=name, fault="index", reason=reason)
