"""How an Area lies in a file of the area cache.

A line of magic, the length of the header, the header as JSON, and then the arrays one behind the other, as they are in
memory: loading maps the file and copies nothing. The header knows the size and the checksum of what follows.
"""

from __future__ import annotations

import json
import mmap
import os
import time
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

import numpy as np
from numpy.typing import NDArray

from mural.geo.bbox import BBox
from mural.geo.layers import Area, Layer, Lines, Polygons

Origin = Literal["extract", "sample", "overpass"]

MAGIC: Final = b"mural area 4\n"
"""Raise the number whenever the format changes or the table in features.py reads the same file differently."""
DOWNLOAD_MAX_AGE_S: Final = 7 * 86_400
SET_BACK_S: Final = 86_400
"""A download may seem to be to come by so much: a clock that was set back makes nothing stale."""
_ALIGNMENT: Final = 64
_LENGTH_BYTES: Final = 8
_LONGEST_HEADER: Final = 1_000_000
_CHUNK_BYTES: Final = 1 << 20
FILE_ERRORS: Final = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What a file raises that is not what was written."""
_FIELDS: Final = {"lines": ("xy", "offsets", "level"), "polygons": ("xy", "rings", "polygons")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What the area was made from: a file, as it was then, or a download."""

    origin: Origin
    name: str
    size: int = 0
    mtime_ns: int = 0

    @classmethod
    def of_file(cls, origin: Origin, path: Path) -> Stamp:
        """Stamp a file as it is now."""
        return cls.of_status(origin, path, path.stat())

    @classmethod
    def of_status(cls, origin: Origin, path: Path, status: os.stat_result) -> Stamp:
        """Stamp a file as it was when it was looked at."""
        return cls(origin=origin, name=str(path), size=status.st_size, mtime_ns=status.st_mtime_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a file of the cache says about itself; ``bbox`` in degrees, ``made_at`` in seconds since 1970."""

    path: Path
    bbox: BBox
    stamp: Stamp
    made_at: float
    size: int

    @property
    def fresh(self) -> bool:
        """Tell whether what it was made from is still the same."""
        if self.stamp.origin == "overpass":
            return -SET_BACK_S < time.time() - self.made_at < DOWNLOAD_MAX_AGE_S
        try:
            return Stamp.of_file(self.stamp.origin, Path(self.stamp.name)) == self.stamp
        except (OSError, TypeError, ValueError):
            return False

    @classmethod
    def of_header(cls, path: Path, header: dict[str, Any]) -> Entry:
        """Read an entry from the header of its file."""
        return cls(
            path=path,
            bbox=BBox(*map(float, header["bbox"])),
            stamp=Stamp(**header["stamp"]),
            made_at=float(header["made_at"]),
            size=int(header["size"]),
        )


def area_parts(area: Area, stamp: Stamp) -> list[bytes | memoryview]:
    """Turn an area and what it was made from into the parts of a file; the arrays are looked at, not copied."""
    arrays: list[tuple[str, str, tuple[int, ...], int]] = []
    parts: list[bytes | memoryview] = []
    size = checksum = 0
    for name, values in _arrays(area):
        arrays.append((name, values.dtype.str, values.shape, size))
        contents = np.ascontiguousarray(values).data.cast("B")
        for part in (contents, bytes(-len(contents) % _ALIGNMENT)):
            parts.append(part)
            size += len(part)
            checksum = zlib.crc32(part, checksum)
    header = {
        "bbox": area.bbox,
        "source": area.source,
        "stamp": asdict(stamp),
        "made_at": time.time(),
        "size": size,
        "checksum": checksum,
        "arrays": arrays,
    }
    text = json.dumps(header).encode()
    text += b" " * (-(len(MAGIC) + _LENGTH_BYTES + len(text)) % _ALIGNMENT)
    return [MAGIC, len(text).to_bytes(_LENGTH_BYTES, "little"), text, *parts]


def read_entry(path: Path) -> Entry | None:
    """Read the header of a file; None when it is not an area file of this version, or is cut off."""
    try:
        with path.open("rb") as file:
            start, header = _read_header(file.read(len(MAGIC) + _LENGTH_BYTES), file)
        whole = path.stat().st_size == start + header["size"]
        return Entry.of_header(path, header) if whole else None
    except FILE_ERRORS:
        return None


def load_area(path: Path) -> Area:
    """Map a file into memory; raises FileNotFoundError, and ValueError when its contents are not what was written."""
    with path.open("rb") as file:
        return load_area_in(file)


def load_area_in(file: BinaryIO) -> Area:
    """Map an open file into memory, from its beginning, as load_area() does."""
    file.seek(0)
    start, header = _read_header(file.read(len(MAGIC) + _LENGTH_BYTES), file)
    file.seek(start)
    # Read before it is mapped: on a damaged disk that is an error, a look at what is mapped a signal.
    size = checksum = 0
    while part := file.read(_CHUNK_BYTES):
        size, checksum = size + len(part), zlib.crc32(part, checksum)
    if (size, checksum) != (header["size"], header["checksum"]):
        raise ValueError("its checksum does not fit")
    view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))[start:]
    arrays = {
        name: np.frombuffer(view, dtype=dtype, count=int(np.prod(shape)), offset=offset).reshape(shape)
        for name, dtype, shape, offset in header["arrays"]
    }
    present = [name.split("/")[:2] for name in arrays if name.endswith("/xy")]
    lines = {Layer(layer): Lines(*_fields(arrays, kind, layer)) for kind, layer in present if kind == "lines"}
    polygons = {Layer(layer): Polygons(*_fields(arrays, kind, layer)) for kind, layer in present if kind == "polygons"}
    return Area(BBox(*header["bbox"]), lines, polygons, header["source"])


def _read_header(start: bytes, file: BinaryIO) -> tuple[int, dict[str, Any]]:
    """Give where the arrays start, and the header."""
    if not start.startswith(MAGIC):
        raise ValueError("it is not an area file of this version")
    length = int.from_bytes(start[len(MAGIC) :], "little")
    header = json.loads(file.read(min(length, _LONGEST_HEADER)))
    if not isinstance(header, dict):
        raise TypeError
    return len(start) + length, header


def _arrays(area: Area) -> Iterator[tuple[str, NDArray[Any]]]:
    for kind, layers in (("lines", area.lines), ("polygons", area.polygons)):
        for layer, parts in layers.items():
            for field in _FIELDS[kind]:
                yield f"{kind}/{layer}/{field}", getattr(parts, field)


def _fields(arrays: dict[str, NDArray[Any]], kind: str, layer: str) -> Iterator[NDArray[Any]]:
    return (arrays[f"{kind}/{layer}/{field}"] for field in _FIELDS[kind])
