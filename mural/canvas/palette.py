"""The colours of a board: 16 to 64 of them, each with a name that people can say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mural.colours import distance
from mural.errors import InvalidInput

MIN_COLOURS: Final = 16
MAX_COLOURS: Final = 64


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour of a palette; ``hex`` is ``#rrggbb`` in lower case."""

    name: str
    hex: str

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue, 0 to 255."""
        return int(self.hex[1:3], 16), int(self.hex[3:5], 16), int(self.hex[5:7], 16)

    def to_json(self) -> dict[str, str]:
        """Give the colour as answers carry it."""
        return {"name": self.name, "color": self.hex}


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours in the order of their indexes; a blank board is all of the first one."""

    colours: tuple[Colour, ...]

    def __len__(self) -> int:
        return len(self.colours)

    def index(self, wanted: int | str) -> int:
        """Find a colour by its index or its ``#rrggbb``; raise InvalidInput for any other."""
        if isinstance(wanted, str):
            known = {colour.hex: index for index, colour in enumerate(self.colours)}
            found = known.get(wanted.lower())
            if found is not None:
                return found
        elif 0 <= wanted < len(self.colours):
            return wanted
        message = f"The palette has no colour {wanted!r}: give 0 to {len(self.colours) - 1}, or one of its #rrggbb."
        raise InvalidInput(message, field="color", value=wanted, reason="bad_color")

    def nearest(self, hex_colour: str) -> int:
        """Find the colour that looks most like another one."""
        return min(range(len(self.colours)), key=lambda index: distance(self.colours[index].hex, hex_colour))

    def to_json(self) -> list[dict[str, str]]:
        """List the colours as answers carry them."""
        return [colour.to_json() for colour in self.colours]


def _built_in(text: str) -> Palette:
    pairs = (line.rsplit(" ", 1) for line in text.strip().splitlines())
    return Palette(tuple(Colour(name.strip(), value) for name, value in pairs))


PALETTES: Final = {
    "mural32": _built_in(
        """
        White #ffffff
        Silver #d4d7d9
        Grey #898d90
        Slate #515252
        Black #101012
        Oxblood #6d001a
        Red #be0039
        Vermilion #ff4500
        Orange #ffa800
        Yellow #ffd635
        Cream #fff8b8
        Pine #00684a
        Green #00a368
        Spring #00cc78
        Lime #7eed56
        Moss #6b7a2a
        Petrol #00756f
        Teal #009eaa
        Mint #00ccc0
        Navy #1b2a6b
        Blue #2450a4
        Azure #3690ea
        Sky #51e9f4
        Indigo #493ac1
        Periwinkle #6a5cff
        Lavender #94b3ff
        Plum #811e9f
        Purple #b44ac0
        Orchid #e4abff
        Pink #ff99aa
        Brown #6d482f
        Sand #d9b38c
        """
    ),
    "mural16": _built_in(
        """
        White #ffffff
        Silver #c9ced2
        Grey #7d8388
        Black #101012
        Oxblood #7a0d22
        Red #d8263b
        Orange #f58a1f
        Yellow #f9d648
        Green #2f9e58
        Lime #9bdc5a
        Petrol #0f7a82
        Sky #58c7e8
        Blue #2450a4
        Purple #7d3fa8
        Pink #f39ab4
        Brown #7a4f33
        """
    ),
}
"""The palettes that a name stands for."""


def parse_palette(text: str) -> Palette:
    """Read the name of a palette, or colours such as “Ink #101820, Paper #f6f1e7, ...”."""
    if text in PALETTES:
        return PALETTES[text]
    found = [re.fullmatch(r"\s*([^#,]{1,30}?)\s*(#[0-9a-fA-F]{6})\s*", part) for part in text.split(",")]
    colours = tuple(Colour(match[1], match[2].lower()) for match in found if match)
    different = len({colour.hex for colour in colours}) == len(colours)
    if len(colours) != len(found) or not different or not MIN_COLOURS <= len(colours) <= MAX_COLOURS:
        allowed = f"{', '.join(PALETTES)}, or {MIN_COLOURS} to {MAX_COLOURS} different colours such as “Ink #101820”"
        message = f"CANVAS_PALETTE is not understood: it may be {allowed}, separated by commas."
        raise InvalidInput(message, field="CANVAS_PALETTE", value=text)
    return Palette(colours)


def palette_of(pairs: Sequence[Sequence[str]]) -> Palette:
    """Rebuild a palette from (name, #rrggbb) pairs."""
    return Palette(tuple(Colour(name, value) for name, value in pairs))
