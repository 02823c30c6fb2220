"""How pages put facts into words: distances, coordinates, sizes, dates, and the steps of a job."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_decimal
from babel.units import format_unit

from mural.errors import NotFound
from mural.fonts import FAMILIES
from mural.geo.catalogue_index import Fault
from mural.jobs.progress import SHARES, Step, percentage
from mural.paper import SIZES, Size
from mural.poster import LayerChoice
from routes.web.context import services
from routes.web.languages import SOURCE, current, gettext, noted
from services.places.map_files import LeftOut
from services.posters.requests import Visibility

CREDIT: Final = "© OpenStreetMap contributors · openstreetmap.org/copyright"

STEP_WORDS: Final[dict[str, str]] = {
    Step.LOCATING: noted("Finding the place"),
    Step.MAP_DATA: noted("Fetching the map"),
    Step.LAYERS: noted("Sorting land, water and streets"),
    Step.DRAWING: noted("Drawing"),
    Step.LETTERING: noted("Lettering"),
    Step.EXPORTING: noted("Printing the file"),
    Step.THUMBNAILS: noted("Making small copies"),
    Step.PUBLISHING: noted("Hanging it"),
}

WAITING_WORDS: Final = noted("Waiting for its turn")

LAYER_WORDS: Final[dict[LayerChoice, str]] = {
    "roads": noted("Streets"),
    "rail": noted("Railways"),
    "buildings": noted("Buildings"),
    "sea": noted("Sea"),
    "water": noted("Lakes"),
    "rivers": noted("Rivers"),
    "parks": noted("Parks"),
    "beaches": noted("Beaches"),
    "airports": noted("Airports"),
    "piers": noted("Piers and ferries"),
}

PART_WORDS: Final = {
    "ok": noted("OK"),
    "starting": noted("starting"),
    "degraded": noted("some do not work"),
    "stopped": noted("stopped"),
    "memory in place of redis": noted("works in memory; Redis cannot be reached"),
}

MAP_FAULTS: Final[dict[Fault, str]] = {
    "damaged": noted("It cannot be read: it is damaged, or not a map file. Replace it by a sound copy."),
    "deadly": noted("What reads it dies of it. Replace it by a sound copy."),
    "memory": noted("Reading it takes too much memory. Import it with flask mural import-extract, or replace it."),
    "slow": noted("Reading it comes to no end. Replace it by a sound copy."),
    "boundless": noted("It does not say how far it reaches. Import it with flask mural import-extract."),
    "index": noted("This index cannot be read. Import the map file again."),
    "place": noted("It has the name of a map file but is none. Remove it."),
}

FURNITURE_WORDS: Final = {
    "frame": noted("A frame"),
    "north_arrow": noted("A north arrow"),
    "scale_bar": noted("A scale bar"),
}

GROUPS: Final = {
    "in": noted("Inches"),
    "cm": noted("Centimetres"),
    "mm": noted("A sizes"),
    "px": noted("Screens"),
}
"""What people call the sizes measured so."""

UNIT_WORDS: Final = {
    "cm": noted("Centimetres"),
    "mm": noted("Millimetres"),
    "in": noted("Inches"),
    "px": noted("Pixels"),
}

SHAPE_WORDS: Final = {"pin": noted("Pin"), "heart": noted("Heart"), "circle": noted("Ring"), "dot": noted("Dot")}

AUDIENCE_WORDS: Final[dict[Visibility, str]] = {
    "public": noted("On the wall"),
    "unlisted": noted("By its link"),
    "private": noted("Only me"),
}
"""Who sees a poster, as its maker says it."""

HIDDEN_ENDS_M: Final = (200, 500, 1000)
"""How much of the ends of tracks the workbench offers to hide."""

GROUND_WORDS: Final = {
    "bg": noted("Paper"),
    "gradient_color": noted("Fade at the edges"),
    "text": noted("Letters"),
    "water": noted("Water"),
    "parks": noted("Parks"),
}
STREET_WORDS: Final = {
    "road_motorway": noted("Motorways"),
    "road_primary": noted("Main roads"),
    "road_secondary": noted("Secondary roads"),
    "road_tertiary": noted("Smaller roads"),
    "road_residential": noted("Streets"),
    "road_default": noted("Paths and the rest"),
}
DERIVED_WORDS: Final = {
    "sea": noted("Sea"),
    "river": noted("Rivers"),
    "wood": noted("Woods"),
    "beach": noted("Beaches"),
    "buildings": noted("Buildings"),
    "airport": noted("Airports"),
    "pier": noted("Piers"),
    "rail": noted("Railways"),
    "pedestrian": noted("Squares and pedestrian streets"),
    "wetland": noted("Wetlands"),
    "snow": noted("Glaciers and ski runs"),
    "ferry": noted("Ferries"),
    "casing": noted("Edges of roads"),
    "route": noted("Tracks"),
    "marker": noted("Marks"),
}
"""What people call the colours of a theme."""

FADE_WORDS: Final = {
    "both": noted("At the head and the foot"),
    "head": noted("At the head"),
    "foot": noted("At the foot"),
    "none": noted("Nowhere"),
}
TEXTURE_WORDS: Final = {
    "none": noted("Smooth paper"),
    "paper": noted("Drawing paper"),
    "laid": noted("Laid paper"),
    "linen": noted("Linen"),
}
"""What people call the ways in which a theme fades, and what it looks printed on."""

SIZE_WORDS: Final[dict[str, str]] = {
    "letter": noted("Letter"),
    "tabloid": noted("Tabloid"),
    "square": noted("Square"),
    "story": noted("Phone story"),
    "wallpaper_hd": "Full HD",
    "wallpaper_4k": "4K",
    "wallpaper_phone": noted("Phone"),
    "thumbnail_16x9": noted("Video thumbnail"),
}
"""What people call a size; sizes that are missing here are called by their measures or, for A0 to A5, by their name."""


def distance_words(metres: float) -> str:
    """Write a distance as a person would say it: 800 m, 4 km, 12.5 km."""
    if round(metres) < 1000:
        return _measure(round(metres), "length-meter")
    return _measure(round(metres / 1000, 1), "length-kilometer")


def _measure(amount: float, unit: str) -> str:
    return format_unit(amount, unit, "short", locale=current().locale)


def _number(value: float, pattern: str = "#,##0.#") -> str:
    return format_decimal(value, pattern, locale=current().locale)


def coordinate_words(poster: dict[str, Any]) -> str:
    """Write a poster's place in degrees: 60.172° N 24.944° E."""
    latitude, longitude = poster["latitude"], poster["longitude"]
    north = gettext("%(degrees)s° N") if latitude >= 0 else gettext("%(degrees)s° S")
    east = gettext("%(degrees)s° E") if longitude >= 0 else gettext("%(degrees)s° W")
    degrees = [{"degrees": _number(abs(value), "0.000")} for value in (latitude, longitude)]
    return f"{north % degrees[0]} {east % degrees[1]}"


def size_words(poster: dict[str, Any]) -> str:
    """Write a poster's paper and pixels."""
    page, dimensions = poster["page"], poster["dimensions"]
    width_cm, height_cm = (_number(page[side] / 10) for side in ("width_mm", "height_mm"))
    facts = {"width": width_cm, "height": height_cm, "dpi": dimensions["dpi"]}
    return gettext("%(width)s × %(height)s cm at %(dpi)s DPI") % facts


def file_size_words(size: float) -> str:
    """Write how large files are: 635 kB, 1.3 MB."""
    for unit, size_bytes in (("gigabyte", 1e9), ("megabyte", 1e6)):
        if size >= size_bytes:
            return _measure(round(size / size_bytes, 1), f"digital-{unit}")
    return _measure(round(size / 1000), "digital-kilobyte")


def date_words(moment: str) -> str:
    """Write the day of an ISO time as the language does: 19 January 2026, 19. Januar 2026."""
    day, language = datetime.fromisoformat(moment), current()
    return format_date(day, "d MMMM y" if language.code == SOURCE else "long", locale=language.locale)


def theme_name(theme_id: str) -> str:
    """Call a theme, also one that a visitor has made, by its name; one that is gone by its id."""
    try:
        return services().own_themes.get(theme_id).name
    except NotFound:
        return theme_id


def steps() -> list[dict[str, Any]]:
    """List the steps of a job with the percentage at which each of them is over."""
    return [{"name": str(step), "words": gettext(STEP_WORDS[step]), "until": percentage(step, 1.0)} for step in SHARES]


def step_words(step: str) -> str:
    """Put a step into words; whatever is none of them is waiting."""
    return gettext(STEP_WORDS.get(step, WAITING_WORDS))


def queue_words(job: dict[str, Any]) -> str:
    """Say where a waiting job stands."""
    position = job.get("queue_position")
    if not position:
        return ""
    if position == 1:
        return gettext("It is the next one.")
    return gettext("%(number)s before it.") % {"number": _number(position - 1)}


def status_facts(
    parts: dict[str, str], stats: dict[str, Any], *, nothing_to_draw: bool = False
) -> list[tuple[str, str]]:
    """List how the installation is doing, for people."""
    names = {
        "database": gettext("Database"),
        "cache": gettext("Cache"),
        "render_pool": gettext("Render processes"),
        "storage": gettext("Storage"),
        "map_data": gettext("Map files"),
    }
    seconds = stats["average_generation_time"]
    words = {part: _part_word(word) for part, word in parts.items()}
    if nothing_to_draw and parts.get("map_data") == "ok":
        words["map_data"] = gettext("none yet")
    return [
        *((names.get(part, part), word) for part, word in words.items()),
        (gettext("Posters made"), _number(stats["total_posters"])),
        (gettext("Being made now"), _number(stats["active_jobs"])),
        (
            gettext("Time a poster takes"),
            _measure(round(seconds, 1), "duration-second") if seconds else gettext("not known yet"),
        ),
        (gettext("Storage used"), file_size_words(stats["storage_used"])),
        (gettext("Themes"), _number(stats["themes_count"])),
    ]


def _part_word(word: str) -> str:
    return gettext("some are left out") if word.startswith("degraded:") else gettext(PART_WORDS.get(word, word))


def left_out(files: list[LeftOut]) -> list[tuple[str, str, str]]:
    """List the map files that are not used: the name, why, and what the reader of the file said."""
    return [(file.name, gettext(MAP_FAULTS[file.fault]), file.reason) for file in files]


def layers() -> list[tuple[str, str]]:
    """List the layers that a poster may have."""
    return [(layer, gettext(words)) for layer, words in LAYER_WORDS.items()]


def furniture() -> list[tuple[str, str]]:
    """List what may stand around and on the map."""
    return _said(FURNITURE_WORDS)


def units() -> list[tuple[str, str]]:
    """List the units in which a size of one's own may be measured."""
    return _said(UNIT_WORDS)


def audiences() -> list[tuple[str, str]]:
    """List who may see a poster."""
    return [(visibility, gettext(words)) for visibility, words in AUDIENCE_WORDS.items()]


def shapes() -> list[tuple[str, str]]:
    """List the shapes that marks have."""
    return _said(SHAPE_WORDS)


def colour_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """List the colours that a theme must have, in groups."""
    return [
        (gettext("Ground and letters"), _said(GROUND_WORDS)),
        (gettext("Roads, from the widest"), _said(STREET_WORDS)),
    ]


def derived_colours() -> list[tuple[str, str]]:
    """List the colours that a theme may leave to be worked out."""
    return _said(DERIVED_WORDS)


def theme_choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """List what a theme chooses beside its colours: the key, what people call it, and what there is to choose from."""
    return [
        ("font", gettext("Typeface"), [(family.id, family.name) for family in FAMILIES.values()]),
        ("fades", gettext("The map fades"), _said(FADE_WORDS)),
        ("texture", gettext("Printed on"), _said(TEXTURE_WORDS)),
    ]


def colour_words() -> list[tuple[str, str]]:
    """List the colours that a theme must have."""
    return _said(GROUND_WORDS | STREET_WORDS)


def _said(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(key, gettext(word)) for key, word in words.items()]


def size_groups() -> list[tuple[str, list[dict[str, Any]]]]:
    """List the paper sizes as a person looks for them: by the ruler they think in, then screens."""
    groups: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS.values()}
    for name, size in SIZES.items():
        sides = as_measured(size)
        groups[_group(size)].append({"id": name, "words": _size_name(name, sides), **sides._asdict()})
    return [(gettext(group), sizes) for group, sizes in groups.items()]


def _group(size: Size) -> str:
    return GROUPS[size.unit]


def as_measured(size: Size) -> Size:
    """Measure a named size as people do: the A sizes in centimetres."""
    return Size(size.width / 10, size.height / 10, "cm") if size.unit == "mm" else size


def _size_name(name: str, sides: Size) -> str:
    if SIZES[name].unit == "mm":
        return f"{name.upper()}, {_sides(*sides)}"
    return f"{gettext(SIZE_WORDS[name])}, {_sides(*sides)}" if name in SIZE_WORDS else _sides(*sides)


def _sides(width: float, height: float, unit: str) -> str:
    sides = f"{_number(width, '0.##')} × {_number(height, '0.##')} {unit}"
    # An option of a list has no markup: marks keep the measure in its order on a page that runs the other way.
    return f"\u2066{sides}\u2069" if current().direction == "rtl" else sides


FILTERS: Final = (distance_words, coordinate_words, size_words, file_size_words, date_words, theme_name)
"""What templates may write as `value|name`."""
