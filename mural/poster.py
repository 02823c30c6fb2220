"""What a poster is: the complete, validated description from which the render process draws the same picture always."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Final, Literal

from mural.themes import Theme
from mural.units import MM_PER_INCH, mm_to_px


class Format(StrEnum):
    """A file format a poster can be had in."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"
    JPEG = "jpeg"
    WEBP = "webp"


LayerChoice = Literal["sea", "water", "rivers", "parks", "beaches", "buildings", "airports", "rail", "roads", "piers"]
"""The groups of layers that a request can switch off."""

ALL_LAYERS: frozenset[LayerChoice] = frozenset(
    ("sea", "water", "rivers", "parks", "beaches", "buildings", "airports", "rail", "roads", "piers")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named point: degrees north and east (EPSG:4326)."""

    city: str
    country: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Paper: the trim size in millimetres, its resolution, and what a print shop asks for around it."""

    width_mm: float = 12 * MM_PER_INCH
    height_mm: float = 16 * MM_PER_INCH
    dpi: int = 300
    bleed_mm: float = 0.0
    crop_marks: bool = False

    @property
    def width_px(self) -> int:
        """Pixels across the trimmed page."""
        return mm_to_px(self.width_mm, self.dpi)

    @property
    def height_px(self) -> int:
        """Pixels down the trimmed page."""
        return mm_to_px(self.height_mm, self.dpi)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What the poster says. None means the usual line made from the place, "" hides the line."""

    title: str | None = None
    subtitle: str | None = None
    coordinates: str | None = None
    lines: tuple[str, ...] = ()
    font: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A path to draw over the map, (latitude, longitude) pairs in degrees, in order; ``label`` is written along it."""

    points: tuple[tuple[float, float], ...]
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A place to point out, with an optional label."""

    latitude: float
    longitude: float
    label: str = ""
    shape: Literal["pin", "heart", "circle", "dot"] = "pin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """Optional things around and on the map."""

    north_arrow: bool = False
    scale_bar: bool = False
    frame: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """What a poster's maker says of it that is not drawn: short plain texts, "" where nothing is said."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """What a wish for a poster says itself: a request has it under the same names as the design made of it.

    ``distance_m`` is the distance from the centre to the nearer page edges: a circle of that radius around the place
    touches the two long edges of the page. ``rotation_deg`` turns the map clockwise.
    """

    distance_m: float
    format: Format = Format.PNG
    layers: frozenset[LayerChoice] = ALL_LAYERS
    texts: Texts = field(default_factory=Texts)
    rotation_deg: float = 0.0
    furniture: Furniture = field(default_factory=Furniture)
    tracks: tuple[Track, ...] = ()
    markers: tuple[Marker, ...] = ()
    remarks: Remarks = field(default_factory=Remarks)

    def wished(self) -> dict[str, Any]:
        """Give the values by their names, for another form of the same wish."""
        return {field.name: getattr(self, field.name) for field in fields(Wished)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterDesign(Wished):
    """Everything that decides how a poster looks, and what its maker says of it beside."""

    place: Place
    theme: Theme
    page: Page = field(default_factory=Page)

    @property
    def labels(self) -> tuple[str, ...]:
        """What is to be written on the map, beside its markers and along its tracks."""
        return (*(marker.label for marker in self.markers), *(track.label for track in self.tracks))

    @property
    def half_extent_m(self) -> tuple[float, float]:
        """Metres from the centre to the right edge and to the top edge of the trimmed page."""
        shorter_mm = min(self.page.width_mm, self.page.height_mm)
        return (
            self.distance_m * self.page.width_mm / shorter_mm,
            self.distance_m * self.page.height_mm / shorter_mm,
        )


def for_others(design: PosterDesign) -> PosterDesign:
    """Give what anybody may build upon: the place and the look, without what its maker has added of their own.

    That is where they went, what they marked and what they wrote or said; a line that was left out stays left out.
    """
    texts = design.texts
    title, subtitle, coordinates = (
        "" if line == "" else None for line in (texts.title, texts.subtitle, texts.coordinates)
    )
    usual = Texts(title=title, subtitle=subtitle, coordinates=coordinates, font=texts.font)
    return replace(design, tracks=(), markers=(), texts=usual, remarks=Remarks())


DISTANCE_M_MIN: Final = 500.0
