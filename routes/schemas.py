"""What requests may carry: validation and the OpenAPI document come from these."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import date
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from mural.paper import DEFAULT_DPI, DEFAULT_SIZE, DPI_RANGE, Orientation, Size, Unit
from mural.poster import ALL_LAYERS, Format, Furniture, LayerChoice, Marker, Texts, Track
from mural.themes import REQUIRED, Theme
from routes.words import COLOUR, LINE, NAME
from services.batches import BATCH_MAX
from services.designs import DISTANCE_M_MIN, LABEL_MAX, LINE_MAX, LINES_MAX, MARKERS_MAX, NAME_MAX, TRACKS_MAX
from services.geocoding import LARGEST_BATCH
from services.requests import DEFAULT_DISTANCE_M, PER_PAGE_MAX, PosterRequest, Visibility

DISTANCE_M_MAX: Final = 50_000
"""What MAX_DISTANCE allows at most; an installation may allow less."""
TRACK_POINTS_MAX: Final = 50_000


class Request(BaseModel):
    """A body or a query; a field that it does not have is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_MAX, pattern=NAME)]
Line = Annotated[str, StringConstraints(max_length=LINE_MAX, pattern=LINE)]
Label = Annotated[str, StringConstraints(max_length=LABEL_MAX, pattern=LINE)]
Latitude = Annotated[float, Field(ge=-85, le=85, examples=[60.1715])]
Longitude = Annotated[float, Field(ge=-180, le=180, examples=[24.9443])]
Distance = Annotated[
    float,
    Field(
        ge=DISTANCE_M_MIN,
        le=DISTANCE_M_MAX,
        description="Metres from the centre to the nearer edges.",
        examples=[500],
    ),
]
City = Annotated[Name, Field(examples=["Helsinki"])]
Country = Annotated[Name, Field(examples=["Finland"])]
ThemeId = Annotated[Name, Field(examples=["noir"])]
Turn = Annotated[float, Field(ge=0, le=360, description="Degrees by which the map is turned clockwise.")]
Turned = Annotated[Orientation | None, Field(description="Absent: the size as it stands.")]
SequenceNumber = Annotated[int, Field(ge=0, le=2**62)]


class SizeIn(Request):
    """Paper measured by its sides."""

    width: float = Field(gt=0, le=100_000)
    height: float = Field(gt=0, le=100_000)
    unit: Unit = "mm"


def _kind_of_size(value: Any) -> str:
    return "[name]" if isinstance(value, str) else "[sides]"


SizeChoice = Annotated[
    Annotated[Name, Tag("[name]")] | Annotated[SizeIn, Tag("[sides]")],
    Discriminator(_kind_of_size),
    Field(description="A named size such as a3, or an object with width, height and unit."),
]


class TextsIn(Request):
    """What the poster says; absent: the usual line, empty: no line."""

    title: Line | None = None
    subtitle: Line | None = None
    coordinates: Line | None = None
    lines: list[Line] = Field(default_factory=list, max_length=LINES_MAX)
    font: Line | None = None


class TrackIn(Request):
    """A path over the map as [latitude, longitude] pairs."""

    points: list[tuple[Latitude, Longitude]] = Field(min_length=2, max_length=TRACK_POINTS_MAX)
    label: Label = ""


class MarkerIn(Request):
    """A place to point out."""

    latitude: Latitude
    longitude: Longitude
    label: Label = ""
    shape: Literal["pin", "heart", "circle", "dot"] = "pin"


class FurnitureIn(Request):
    """Optional things around and on the map."""

    north_arrow: bool = False
    scale_bar: bool = False
    frame: bool = False


class LooksIn(Request):
    """How a poster looks, whatever place it shows and in whatever theme."""

    distance: Distance = DEFAULT_DISTANCE_M
    size: SizeChoice = DEFAULT_SIZE
    orientation: Turned = None
    dpi: int = Field(default=DEFAULT_DPI, ge=DPI_RANGE[0], le=DPI_RANGE[1])
    format: Format = Format.PNG
    layers: dict[LayerChoice, bool] = Field(default_factory=dict, description="Layers to switch off or on; all are on.")
    texts: TextsIn = Field(default_factory=TextsIn)
    rotation: Turn = 0
    furniture: FurnitureIn = Field(default_factory=FurnitureIn)
    tracks: list[TrackIn] = Field(default_factory=list, max_length=TRACKS_MAX)
    markers: list[MarkerIn] = Field(default_factory=list, max_length=MARKERS_MAX)
    bleed_mm: float = Field(default=0, ge=0, le=20)
    crop_marks: bool = False
    visibility: Visibility = "public"

    def looks(self) -> dict[str, Any]:
        """Hand the checked values on under the names that the services have for them."""
        size = self.size if isinstance(self.size, str) else Size(self.size.width, self.size.height, self.size.unit)
        texts = self.texts.model_dump() | {"lines": tuple(self.texts.lines)}
        return {
            "distance_m": self.distance,
            "size": size,
            "orientation": self.orientation,
            "dpi": self.dpi,
            "format": self.format,
            "layers": ALL_LAYERS - {layer for layer, wanted in self.layers.items() if not wanted},
            "texts": Texts(**texts),
            "rotation_deg": self.rotation,
            "bleed_mm": self.bleed_mm,
            "crop_marks": self.crop_marks,
            "furniture": Furniture(**self.furniture.model_dump()),
            "tracks": tuple(Track(points=tuple(track.points), label=track.label) for track in self.tracks),
            "markers": tuple(Marker(**marker.model_dump()) for marker in self.markers),
            "visibility": self.visibility,
        }


class PlaceIn(Request):
    """A place by its name, and where it is if that is known; else it is looked up."""

    city: City
    country: Country
    latitude: Latitude | None = None
    longitude: Longitude | None = None

    @model_validator(mode="after")
    def _both_coordinates(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise PydanticCustomError("half_a_point", "half a point")
        return self


class DesignIn(PlaceIn, LooksIn):
    """Everything that decides how a poster looks."""

    theme: ThemeId

    def to_request(self) -> PosterRequest:
        """Hand the checked values on as the services take them."""
        place = self.model_dump(include={"city", "country", "latitude", "longitude"})
        return PosterRequest(**place, **self.looks(), theme=self.theme)


class PosterIn(DesignIn):
    """A poster to make."""

    preview_mode: bool = False

    def to_request(self) -> PosterRequest:
        """Hand the checked values on as the services take them."""
        return replace(super().to_request(), preview=self.preview_mode)


class DrawnIn(DesignIn):
    """A design to draw now; what only its file has (format, bleed and crop marks) is left out."""

    width: int = Field(default=800, ge=100, le=800)
    draft_theme: dict[str, Line] | None = Field(
        default=None, description="A theme that is not kept yet, with the keys of ThemeIn, to draw it in instead."
    )

    def to_request(self) -> PosterRequest:
        """Hand the checked values on as the services take them."""
        return replace(super().to_request(), format=Format.PNG, bleed_mm=0.0, crop_marks=False)


class PosterBatchIn(LooksIn):
    """Several posters of one look: every place in every theme."""

    places: list[PlaceIn] = Field(min_length=1, max_length=BATCH_MAX)
    themes: list[ThemeId] = Field(min_length=1, max_length=BATCH_MAX)

    def to_requests(self) -> list[PosterRequest]:
        """Hand the checked values on as the services take them."""
        looks = self.looks()
        places = [place.model_dump() for place in self.places]
        return [PosterRequest(**place, **looks, theme=theme) for place in places for theme in self.themes]


def _words_of(allowed: Collection[str]) -> AfterValidator:
    """Allow words of a list, separated by commas."""

    def check(words: str) -> str:
        if not set(filter(None, words.split(","))) <= set(allowed):
            raise PydanticCustomError("not_among", "not among the words", {"words": ", ".join(sorted(allowed))})
        return words

    return AfterValidator(check)


def _choice(what: str, allowed: Collection[str]) -> str:
    return f"{what}, separated by commas, of {', '.join(sorted(allowed))}."


class LivePreviewIn(PlaceIn):
    """The part of a design that the live preview shows; everything is in the query."""

    theme: ThemeId
    distance: Distance = DEFAULT_DISTANCE_M
    size: Name = DEFAULT_SIZE
    orientation: Turned = None
    rotation: Turn = 0
    title: Line | None = None
    subtitle: Line | None = None
    coordinates: Line | None = None
    line: Line | None = None
    font: Line | None = None
    hide: Annotated[Line, _words_of(ALL_LAYERS)] = Field(
        default="", description=_choice("Layers to leave out", ALL_LAYERS)
    )
    add: Annotated[Line, _words_of(FurnitureIn.model_fields)] = Field(
        default="", description=_choice("What to add", FurnitureIn.model_fields)
    )
    width: int = Field(default=800, ge=100, le=800)

    def to_request(self) -> PosterRequest:
        """Hand the checked values on as the services take them."""
        texts = Texts(
            title=self.title,
            subtitle=self.subtitle,
            coordinates=self.coordinates,
            lines=(self.line,) if self.line else (),
            font=self.font,
        )
        return PosterRequest(
            **self.model_dump(include={"city", "country", "latitude", "longitude", "theme", "size", "orientation"}),
            distance_m=self.distance,
            rotation_deg=self.rotation,
            layers=ALL_LAYERS - set(self.hide.split(",")),
            furniture=Furniture(**{name: name in self.add.split(",") for name in FurnitureIn.model_fields}),
            texts=texts,
        )


class PageQuery(Request):
    """Which page of one's own posters."""

    page: int = Field(default=1, ge=1, le=1_000_000)
    per_page: int = Field(default=20, ge=1, le=PER_PAGE_MAX)
    sort: Literal["created_at", "city", "theme"] = "created_at"
    order: Literal["asc", "desc"] = "desc"
    theme: Name | None = None
    city: Name | None = None
    first_day: date | None = Field(default=None, description="The earliest day on which they were made (UTC).")
    last_day: date | None = Field(default=None, description="The latest day.")


class GalleryQuery(Request):
    """Which part of the wall."""

    limit: int = Field(default=24, ge=1, le=100)
    before: SequenceNumber | None = Field(default=None, description="Older than this gallery sequence number.")
    since: SequenceNumber | None = Field(default=None, description="What came after this gallery sequence number.")
    theme: Name | None = None
    city: Name | None = None


class ExportIn(Request):
    """The same poster as another kind of file."""

    format: Format


class DownloadQuery(Request):
    """In which format; absent: the one it was made in."""

    format: Format | None = None


class GeocodeQuery(Request):
    """A place by name."""

    city: City
    country: Country


class SuggestQuery(Request):
    """The beginning of a place's name."""

    q: Name = Field(examples=["Hels"])
    limit: int = Field(default=8, ge=1, le=20)


class PointQuery(Request):
    """A place by its coordinates in degrees."""

    lat: float = Field(ge=-90, le=90, examples=[60.17])
    lon: Longitude


class GeocodeBatchIn(Request):
    """Several places by name."""

    locations: list[GeocodeQuery] = Field(min_length=1, max_length=LARGEST_BATCH)


class ThemeBase(Request):
    """A theme of one's own: every colour is #rrggbb; what is left out is derived from what is there."""


_Colour = Annotated[str, StringConstraints(pattern=COLOUR)]


def _theme_field(key: str) -> Any:
    kind = {"name": Name, "description": Line, "font": Name}.get(key, _Colour)
    return (kind, ...) if key in REQUIRED else (kind | None, None)


ThemeIn = create_model(
    "ThemeIn",
    __base__=ThemeBase,
    __doc__=ThemeBase.__doc__,
    **{field.name: _theme_field(field.name) for field in fields(Theme) if field.name != "id"},
)
"""The keys of a theme, as mural.themes has them."""
