"""Poster themes: the colours a map is drawn in, read from JSON files that hold data only."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Literal, get_args

from mural.colours import contrast_ratio, distance, oklab
from mural.errors import InvalidInput
from mural.fonts import require_family

THEME_ID: Final = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")
COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")

FadeChoice = Literal["both", "head", "foot", "none"]
"""At which edges of the page the map fades; at a foot without a fade it ends in a clean edge above the lettering."""

TextureChoice = Literal["none", "paper", "laid", "linen"]
"""What a poster looks printed on, where it is made of pixels."""

CHOICES: Final[dict[str, tuple[str, ...]]] = {"fades": get_args(FadeChoice), "texture": get_args(TextureChoice)}
"""The keys of a theme that take one of a few words, the usual one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A poster's colours, each ``#rrggbb``, and its manner. What a theme file leaves out follows from what it has."""

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
    pedestrian: str = ""
    wetland: str = ""
    snow: str = ""
    ferry: str = ""
    casing: str = ""
    route: str = ""
    marker: str = ""
    font: str = ""
    fades: FadeChoice = "both"
    texture: TextureChoice = "none"

    @classmethod
    def from_mapping(cls, ident: str, data: Mapping[str, Any]) -> Theme:
        """Check a theme's data and complete it; raise InvalidInput naming the first key that is wrong."""
        known = {field.name for field in fields(cls)} - {"id"}
        for key in data:
            if key not in known:
                raise InvalidInput(f"“{key}” is not a key of a theme.", field=key, value=data[key])
        for key in sorted(known):
            _check_value(key, data.get(key), required=key in REQUIRED)
        if data.get("font"):
            require_family(data["font"])
        return cls(id=ident, **{key: value for key, value in data.items() if value is not None})

    def __post_init__(self) -> None:
        """Complete the colours: also those that a design of an earlier version, read back, knows nothing of."""
        for key, colour in _derived(self).items():
            if not getattr(self, key):
                object.__setattr__(self, key, colour)


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
_GROUNDS: Final = {"bg": 4.5, "gradient_color": 4.5, "water": 3.0, "sea": 3.0}
"""What lettering may stand on, and the least WCAG contrast there: water shows through the fade behind large letters."""

_TELL_APART: Final = (
    ("road_motorway", "road_primary", 0.05),
    ("road_primary", "road_secondary", 0.05),
    ("road_secondary", "road_tertiary", 0.05),
    ("road_tertiary", "road_residential", 0.04),
    ("road_residential", "road_default", 0.015),
    ("road_motorway", "bg", 0.3),
    ("road_primary", "bg", 0.25),
    ("road_secondary", "bg", 0.18),
    ("road_tertiary", "bg", 0.12),
    ("road_residential", "bg", 0.07),
    ("road_default", "bg", 0.05),
    ("water", "bg", 0.045),
    ("parks", "bg", 0.035),
    ("water", "parks", 0.035),
    ("road_default", "parks", 0.02),
)
"""Pairs of colours and the least Oklab distance between them; thin lines need more than areas."""

_QUIET_SHARES: Final = (0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
"""How much of a lighter or stronger colour there may be in a tint."""
_TOLD_APART: Final = 0.024
"""The Oklab distance at which two areas beside each other are seen to be two."""
_TOLD_APART_IN_THE_DARK: Final = 0.038
"""The same where the ground is dark and ink swallows what a screen still shows."""
_DARK: Final = 0.5
"""The Oklab lightness of a dark ground."""

WORDS: Final = frozenset({"name", "description", "font"})
COLOURS: Final = tuple(field.name for field in fields(Theme) if field.name not in {"id", *WORDS, *CHOICES})


def mix(colour: str, other: str, share: float) -> str:
    """Blend two ``#rrggbb`` colours; ``share`` (0 to 1) is how much of the other there is."""
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def load_theme(path: Path) -> Theme:
    """Read one theme file, named after the theme's id; raise InvalidInput when it is not a theme."""
    if not THEME_ID.fullmatch(path.stem):
        raise InvalidInput(f"“{path.name}”: small letters, digits and _ only.", field="file", value=path.name)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path.name} is not readable JSON: {error}", field="file", value=path.name) from error
    if not isinstance(data, dict):
        raise InvalidInput(f"{path.name} must hold one JSON object.", field="file", value=path.name)
    return Theme.from_mapping(path.stem, data)


def load_themes(folder: Path) -> tuple[dict[str, Theme], dict[str, str]]:
    """Read a folder's themes by id, and what is wrong with each file that is not one, by file name."""
    themes: dict[str, Theme] = {}
    broken: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            themes[path.stem] = load_theme(path)
        except InvalidInput as error:
            broken[path.name] = error.message
    return themes, broken


def theme_faults(theme: Theme) -> list[str]:
    """List, in sentences, what keeps a theme's lettering from being read or its map from being told apart."""
    faults = [
        f"The text is hard to read on “{ground}”: contrast {ratio:.1f}, at least {least} is needed."
        for ground, least in _GROUNDS.items()
        if (ratio := contrast_ratio(theme.text, getattr(theme, ground))) < least
    ]
    for key, other, least in _TELL_APART:
        if distance(getattr(theme, key), getattr(theme, other)) < least:
            faults.append(f"“{key}” and “{other}” look too much alike.")
    if distance(theme.road_motorway, theme.bg) < distance(theme.road_residential, theme.bg):
        faults.append("Motorways stand out less than residential streets.")
    return faults


def _check_value(key: str, value: object, *, required: bool) -> None:
    if value is None and not required:
        return
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"“{key}” is missing or not text.", field=key, value=value)
    if key in CHOICES:
        _check_choice(key, value)
    if key in COLOURS and not COLOUR.fullmatch(value):
        raise InvalidInput(f"“{key}” must be a colour like #1a2b3c.", field=key, value=value)


def _check_choice(key: str, value: str) -> None:
    allowed = CHOICES[key]
    if value not in allowed:
        words = f"{', '.join(allowed[:-1])} or {allowed[-1]}"
        raise InvalidInput(f"“{key}” must be {words}.", field=key, value=value, allowed=list(allowed))


def _derived(theme: Theme) -> dict[str, str]:
    """Make the optional colours from the required ones."""
    bg, water, parks, road = theme.bg, theme.water, theme.parks, theme.road_default
    buildings = theme.buildings or mix(bg, theme.text, 0.09)
    return {
        "sea": water,
        "river": water,
        "wood": mix(parks, bg, 0.25),
        "beach": mix(bg, theme.road_secondary, 0.12),
        "buildings": buildings,
        "airport": mix(bg, road, 0.5),
        "pier": bg,
        "wetland": mix(parks, water, 0.45),
        "snow": mix(bg, water, 0.35),
        "ferry": mix(theme.sea or water, theme.text, 0.3),
        "rail": mix(bg, theme.text, 0.45),
        "pedestrian": _quiet_tint(theme, (bg, buildings, parks, water)),
        "casing": bg,
        "route": theme.road_motorway,
        "marker": theme.text,
    }


def _quiet_tint(theme: Theme, beside: tuple[str, ...]) -> str:
    """Find the quietest tint of the ground that can be told from all colours it may lie beside.

    It is the ground lit up, as stone is in the sun, or else the ground with something of a road's colour.
    """
    inks = ("#ffffff", theme.road_residential, theme.road_secondary, theme.road_motorway)
    tints = [mix(theme.bg, ink, share) for ink in inks for share in _QUIET_SHARES]
    tints.sort(key=lambda tint: distance(tint, theme.bg))
    apart = {tint: min(distance(tint, other) for other in beside) for tint in tints}
    least = _TOLD_APART if oklab(theme.bg)[0] > _DARK else _TOLD_APART_IN_THE_DARK
    return next((tint for tint in tints if apart[tint] >= least), max(apart, key=lambda tint: apart[tint]))
