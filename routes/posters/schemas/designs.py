"""How a poster is to look, and of which place."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from mural.paper import DEFAULT_SIZE, Size, Unit
from mural.poster import ALL_LAYERS, Furniture, LayerChoice, Marker, Texts, Track
from routes.posters.fields import IN_BODY, asked, with_fields
from routes.web.schemas import (
    City,
    Country,
    Label,
    Latitude,
    Line,
    Longitude,
    Name,
    Request,
    ThemeId,
    Turned,
)
from services.posters.designs import LINES_MAX, MARKERS_MAX, TRACK_LATITUDE_MAX_DEG, TRACK_POINTS_MAX, TRACKS_MAX
from services.posters.requests import PosterRequest


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
    Field(description="A named size such as a3, sides such as 31x47.5cm, or an object with width, height and unit."),
]


class TextsIn(Request):
    """What the poster says; absent: the usual line, empty: no line."""

    title: Line | None = None
    subtitle: Line | None = None
    coordinates: Line | None = None
    lines: list[Line] = Field(default_factory=list, max_length=LINES_MAX)
    font: Line | None = None


TrackLatitude = Annotated[float, Field(ge=-TRACK_LATITUDE_MAX_DEG, le=TRACK_LATITUDE_MAX_DEG, examples=[60.1715])]


class TrackIn(Request):
    """A path over the map as [latitude, longitude] pairs."""

    points: list[tuple[TrackLatitude, Longitude]] = Field(min_length=2, max_length=TRACK_POINTS_MAX)
    label: Label = Field(
        default="", description="Written along the path where that can be read well, else beside its start."
    )


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


@with_fields(IN_BODY)
class LooksIn(Request):
    """How a poster looks, whatever place it shows and in whatever theme."""

    size: SizeChoice = DEFAULT_SIZE
    orientation: Turned = None
    layers: dict[LayerChoice, bool] = Field(default_factory=dict, description="Layers to switch off or on; all are on.")
    texts: TextsIn = Field(default_factory=TextsIn)
    furniture: FurnitureIn = Field(default_factory=FurnitureIn)
    tracks: list[TrackIn] = Field(default_factory=list, max_length=TRACKS_MAX)
    markers: list[MarkerIn] = Field(default_factory=list, max_length=MARKERS_MAX)
    bleed_mm: float = Field(default=0, ge=0, le=20)
    crop_marks: bool = False

    def looks(self) -> dict[str, Any]:
        """Hand the checked values on under the names that the services have for them."""
        size = self.size if isinstance(self.size, str) else Size(self.size.width, self.size.height, self.size.unit)
        texts = self.texts.model_dump() | {"lines": tuple(self.texts.lines)}
        return asked(self) | {
            "size": size,
            "orientation": self.orientation,
            "layers": ALL_LAYERS - {layer for layer, wanted in self.layers.items() if not wanted},
            "texts": Texts(**texts),
            "bleed_mm": self.bleed_mm,
            "crop_marks": self.crop_marks,
            "furniture": Furniture(**self.furniture.model_dump()),
            "tracks": tuple(Track(points=tuple(track.points), label=track.label) for track in self.tracks),
            "markers": tuple(Marker(**marker.model_dump()) for marker in self.markers),
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
