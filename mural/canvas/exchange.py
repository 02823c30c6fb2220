"""The board as JSON, to be taken elsewhere: {"x,y": {"color": "#rrggbb", "timestamp": ISO, "user_id": uuid}}."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from mural.canvas.board import Board
from mural.canvas.palette import Palette
from mural.errors import InvalidInput

MAX_PIXELS: Final = 4096 * 4096


@dataclass(frozen=True, slots=True)
class ForeignPixel:
    """One pixel of such a file, in terms of a board."""

    cell: int
    colour: int
    at_ms: int
    user_id: str


def export_lines(pixels: Iterable[ForeignPixel], width: int, palette: Palette) -> Iterator[str]:
    """Write the JSON piece by piece: it may be larger than memory should hold."""
    yield "{"
    comma = ""
    for pixel in pixels:
        entry = {
            "color": palette.colours[pixel.colour].hex,
            "timestamp": _iso(pixel.at_ms),
            "user_id": pixel.user_id,
        }
        yield f'{comma}\n"{pixel.cell % width},{pixel.cell // width}": {json.dumps(entry)}'
        comma = ","
    yield "\n}\n"


def parse_pixels(text: str, width: int, height: int, palette: Palette) -> list[ForeignPixel]:
    """Read the JSON, the oldest pixel first; a colour that the palette lacks becomes the nearest one."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"This is not JSON: {error}", field="file") from None
    if not isinstance(found, dict) or len(found) > MAX_PIXELS:
        raise InvalidInput("This is not an object with one entry a pixel.", field="file")
    nearest: dict[str, int] = {}
    board = Board(width, height)
    pixels = [_pixel(place, entry, board, palette, nearest) for place, entry in found.items()]
    return sorted(pixels, key=lambda pixel: pixel.at_ms)


def _pixel(place: str, entry: Any, board: Board, palette: Palette, nearest: dict[str, int]) -> ForeignPixel:
    try:
        x, y = (int(part) for part in place.split(","))
        cell = board.cell(x, y)
        colour = str(entry["color"]).lower()
        if colour not in nearest:
            nearest[colour] = palette.nearest(colour)
        at = datetime.fromisoformat(entry["timestamp"])
        at_ms = round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
        return ForeignPixel(cell, nearest[colour], at_ms, str(uuid.UUID(str(entry["user_id"]))))
    except (ArithmeticError, ValueError, KeyError, TypeError, IndexError) as error:
        raise InvalidInput(f"The entry “{place[:40]}” cannot be understood: {error}.", field=place[:40]) from None


def save_pixels(pixels: Iterable[ForeignPixel], file: Path) -> None:
    """Keep checked pixels for the server."""
    file.write_text(json.dumps([asdict(pixel) for pixel in pixels]), encoding="utf-8")


def load_pixels(file: Path) -> list[ForeignPixel]:
    """Read what ``save_pixels`` kept."""
    entries: list[Mapping[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return [ForeignPixel(**entry) for entry in entries]


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
