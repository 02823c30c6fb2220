"""Poster themes: the colours a map is drawn in, read from JSON files that hold data only."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from mural.errors import InvalidInput

THEME_ID: Final = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")
COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A poster's colours, each ``#rrggbb``. What a theme file leaves out is derived from what it has."""

    id: str
    name: str
    description: str
    bg: str
    text: str
    gradient_color: str
    water: str
    parks: str
    road_motorway: str
    road_primary: str
    road_secondary: str
    road_tertiary: str
    road_residential: str
    road_default: str
    sea: str = ""
    river: str = ""
    wood: str = ""
    beach: str = ""
    buildings: str = ""
    airport: str = ""
    pier: str = ""
    rail: str = ""
    casing: str = ""
    route: str = ""
    marker: str = ""
    font: str = ""

    @classmethod
    def from_mapping(cls, ident: str, data: Mapping[str, Any]) -> Theme:
        """Check a theme's data and complete it; raise InvalidInput naming the first key that is wrong."""
        known = {field.name for field in fields(cls)} - {"id"}
        for key in data:
            if key not in known:
                raise InvalidInput(f"“{key}” is not a key of a theme.", field=key, value=data[key])
        for key in sorted(known):
            _check_value(key, data.get(key), required=key in REQUIRED)
        return cls(id=ident, **_derived(data) | dict(data))


REQUIRED: Final = (
    "name",
    "description",
    "bg",
    "text",
    "gradient_color",
    "water",
    "parks",
    "road_motorway",
    "road_primary",
    "road_secondary",
    "road_tertiary",
    "road_residential",
    "road_default",
)
WORDS: Final = frozenset({"name", "description", "font"})


def mix(colour: str, other: str, share: float) -> str:
    """Blend two ``#rrggbb`` colours; ``share`` (0 to 1) is how much of the other there is."""
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def load_theme(path: Path) -> Theme:
    """Read one theme file; raise InvalidInput when it is not a theme."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path.name} is not readable JSON: {error}", field="file", value=path.name) from error
    if not isinstance(data, dict):
        raise InvalidInput(f"{path.name} must hold one JSON object.", field="file", value=path.name)
    return Theme.from_mapping(path.stem, data)


def _check_value(key: str, value: object, *, required: bool) -> None:
    if value is None and not required:
        return
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"“{key}” is missing or not text.", field=key, value=value)
    if key not in WORDS and not COLOUR.fullmatch(value):
        raise InvalidInput(f"“{key}” must be a colour like #1a2b3c.", field=key, value=value)


def _derived(data: Mapping[str, Any]) -> dict[str, str]:
    """Fill the optional colours from the required ones."""
    bg, water, parks, road = data["bg"], data["water"], data["parks"], data["road_default"]
    return {
        "sea": water,
        "river": water,
        "wood": mix(parks, bg, 0.25),
        "beach": mix(bg, data["road_secondary"], 0.12),
        "buildings": mix(bg, data["text"], 0.09),
        "airport": mix(bg, road, 0.35),
        "pier": bg,
        "rail": mix(bg, data["text"], 0.45),
        "casing": bg,
        "route": data["road_motorway"],
        "marker": data["text"],
    }
