"""Map files that are wrong: made by hand byte by byte, and sound ones damaged in as many ways as there are numbers."""

from __future__ import annotations

import bz2
import gzip
import random
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import osmium

from mural.geo.bbox import BBox
from tests.support.maps import HELSINKI, Ways, write_osm

TOWN: Final = BBox(7.0, 51.0, 7.009, 51.003)
"""Where the moved piece of the sample lies: far from every other map of the tests."""
AROUND: Final = BBox(6.95, 50.95, 7.06, 51.05)
"""What the files made by hand say they cover."""
_PIECE: Final = BBox(24.940, 60.170, 24.949, 60.173)


def varint(number: int) -> bytes:
    """Write a number as protobuf does."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def sint(number: int) -> int:
    """Fold a number that may be negative, as protobuf's sint64."""
    return number * 2 if number >= 0 else -2 * number - 1


def field(number: int, value: int | bytes) -> bytes:
    """Write a field of a protobuf message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def blob(kind: bytes, content: bytes, *, raw_size: int | None = None) -> bytes:
    """Wrap a block of a .pbf; ``raw_size`` is a lie about how large it is unpacked."""
    size = len(content) if raw_size is None else raw_size
    data = field(2, size) + field(3, zlib.compress(content))
    head = field(1, kind) + field(3, len(data))
    return struct.pack(">I", len(head)) + head + data


def header(program: bytes = b"by hand", box: BBox | None = AROUND) -> bytes:
    """Write the block that a file begins with."""
    content = b""
    if box is not None:
        sides = (box.left, box.right, box.top, box.bottom)
        content = field(1, b"".join(field(k, sint(round(side * 1e9))) for k, side in enumerate(sides, 1)))
    return blob(b"OSMHeader", content + field(4, b"OsmSchema-V0.6") + field(16, program))


def streets(key: bytes = b"highway", value: bytes = b"primary", ways: int = 2) -> bytes:
    """Write a block with streets across the town, tagged as told."""
    corners = [(TOWN.bottom, TOWN.left), (TOWN.top, TOWN.right)]
    nodes = b"".join(
        field(1, field(1, sint(ident)) + field(8, sint(round(lat * 1e7))) + field(9, sint(round(lon * 1e7))))
        for ident, (lat, lon) in enumerate(corners, 1)
    )
    refs = varint(sint(1)) + varint(sint(1))
    lines = b"".join(
        field(3, field(1, ident) + field(2, varint(1)) + field(3, varint(2)) + field(8, refs))
        for ident in range(1, ways + 1)
    )
    strings = b"".join(field(1, text) for text in (b"", key, value))
    return blob(b"OSMData", field(1, strings) + field(2, nodes) + field(2, lines))


def in_no_known_script() -> bytes:
    """Make a file whose header names a program that is no UTF-8: its error cannot even be put into words."""
    return blob(b"OSMHeader", field(4, b"Osm\xff\x80") + field(16, b"\x80")) + streets()


def deadly(box: BBox | None = AROUND) -> bytes:
    """Make a file with a zero byte inside of a tag, at which osmium runs out of its bounds and dies."""
    return header(box=box) + streets(b"\0")


def swollen(points: int = 30_000_000) -> bytes:
    """Make a file of which a kilobyte becomes sixteen megabytes: streets with very many points, all the same."""
    strings = b"".join(field(1, text) for text in (b"", b"highway", b"primary"))
    street = field(1, 1) + field(2, varint(1)) + field(3, varint(2)) + field(8, bytes(points))
    return header() + blob(b"OSMData", field(1, strings) + field(2, field(3, street))) * 4


def moved_sample(path: Path) -> Path:
    """Write a piece of the sample to where the town is."""
    east, north = TOWN.left - _PIECE.left, TOWN.bottom - _PIECE.bottom
    nodes = {}
    ways: list[tuple[int, Sequence[int], dict[str, str]]] = []
    for thing in osmium.FileProcessor(str(HELSINKI)):
        if isinstance(thing, osmium.osm.Node) and _PIECE.covers_point(thing.lat, thing.lon):
            nodes[thing.id] = (thing.lon + east, thing.lat + north)
        elif isinstance(thing, osmium.osm.Way) and all(node.ref in nodes for node in thing.nodes):
            ways.append((thing.id, [node.ref for node in thing.nodes], dict(thing.tags)))
    used = {ref for _, refs, _ in ways for ref in refs}
    islands = [(1, [("w", ways[0][0], "outer")], {"type": "multipolygon", "natural": "water"})]
    kept: Ways = ways
    return write_osm(path, {ref: nodes[ref] for ref in sorted(used)}, kept, islands, box=tuple(TOWN))


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a .pbf, unpacked."""

    kind: bytes
    content: bytes


def blocks(data: bytes) -> list[Block]:
    """Take a .pbf apart."""
    found, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        head = dict(_fields(data[at + 4 : at + 4 + length]))
        start = at + 4 + length
        at = start + int(head[3])
        body = dict(_fields(data[start:at]))
        found.append(Block(bytes(head[1]), zlib.decompress(bytes(body[3]))))
    return found


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        if key & 7 == 2:
            yield key >> 3, message[at : at + value]
            at += value
        else:
            yield key >> 3, value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value, shift, at = value | (byte & 0x7F) << shift, shift + 7, at + 1
        if byte < 0x80:
            return value, at


Damage = Callable[[bytes, random.Random], bytes]


def _some_bytes(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 2, 5, 20))):
        out[chance.randrange(len(out))] = chance.choice((0, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return bytes(out)


def _bits(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 3, 10))):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _one_byte(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.choice((b"\0", b"\x7f", b"\xff")) + data[at + 1 :]


def _in_a_word(data: bytes, chance: random.Random) -> bytes:
    words = [found.start() for found in re.finditer(rb"[a-z:_]{4,}", data)] or [0]
    at = chance.choice(words) + chance.randrange(4)
    return data[:at] + chance.choice((b"\0", b"\xff", b"\n", b"\x80")) + data[at + 1 :]


def _start(data: bytes, chance: random.Random) -> bytes:
    return _some_bytes(data[:100], chance) + data[100:]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _doubled(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:end] + data[start:]


def _noise(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + chance.randbytes(chance.choice((10, 300, 5000))) + data[start + 300 :]


ON_THE_OUTSIDE: Final[tuple[Damage, ...]] = (_bits, _some_bytes, _start, _cut, _doubled, _noise)
INSIDE: Final[tuple[Damage, ...]] = (*ON_THE_OUTSIDE, *(_one_byte, _in_a_word) * 5)
ENDINGS: Final = (".osm.pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.pbf.tiles")


class Breaker:
    """Damages a sound file, differently for each number and the same for the same one."""

    def __init__(self, folder: Path) -> None:
        self._pbf = moved_sample(folder / "sound.osm.pbf").read_bytes()
        self._xml = moved_sample(folder / "sound.osm").read_bytes()
        self._blocks = blocks(self._pbf)

    def write(self, number: int, folder: Path) -> Path:
        """Write the damaged file of this number."""
        chance = random.Random(number)
        make = chance.choices((self._inside, self._outside, self._blocks_moved, self._text), (14, 3, 2, 3))[0]
        content, ending = make(chance)
        if chance.random() < 0.05:
            ending = chance.choice(ENDINGS)
        path = folder / f"{number:05}{ending}"
        path.write_bytes(content)
        return path

    def _inside(self, chance: random.Random) -> tuple[bytes, str]:
        """Damage what is packed, and pack it again as it should be."""
        broken = list(self._blocks)
        for _ in range(chance.choice((1, 1, 1, 2))):
            at = chance.randrange(len(broken))
            broken[at] = replace(broken[at], content=chance.choice(INSIDE)(broken[at].content, chance))
        return _packed(broken), ".osm.pbf"

    def _outside(self, chance: random.Random) -> tuple[bytes, str]:
        return chance.choice(ON_THE_OUTSIDE)(self._pbf, chance), ".osm.pbf"

    def _blocks_moved(self, chance: random.Random) -> tuple[bytes, str]:
        """Give blocks twice, in another order, in part, or with a lie about their size."""
        moved = chance.choices(self._blocks, k=chance.randrange(1, 6))
        sizes = [chance.choice((None, 0, 5, 2**31, 2**40)) for _ in moved]
        packed = [blob(block.kind, block.content, raw_size=size) for block, size in zip(moved, sizes, strict=True)]
        return _packed(self._blocks[:1]) + b"".join(packed), ".osm.pbf"

    def _text(self, chance: random.Random) -> tuple[bytes, str]:
        """Damage XML, packed or not."""
        broken = chance.choice(ON_THE_OUTSIDE)(self._xml, chance)
        ending = chance.choice((".osm", ".osm.gz", ".osm.bz2"))
        packed = {".osm": bytes, ".osm.gz": gzip.compress, ".osm.bz2": bz2.compress}[ending](broken)
        return packed, ending


def _packed(parts: list[Block]) -> bytes:
    return b"".join(blob(block.kind, block.content) for block in parts)
