"""What requests may carry and what answers look like: validation and the OpenAPI document come from these."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from mural.jobs.states import JobState
from mural.paper import Orientation, Size, Unit
from mural.poster import ALL_LAYERS, Format, Furniture, LayerChoice, Marker, Texts, Track
from services.requests import PosterRequest, Visibility


class Request(BaseModel):
    """A body or a query; a field that it does not have is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Answer(BaseModel):
    """A body of ours, as far as its state has the fields."""


Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Latitude = Annotated[float, Field(ge=-85, le=85)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class SizeIn(Request):
    """Paper measured by its sides."""

    width: float = Field(gt=0, le=100_000)
    height: float = Field(gt=0, le=100_000)
    unit: Unit = "mm"


class TextsIn(Request):
    """What the poster says; absent: the usual line, empty: no line."""

    title: Line | None = None
    subtitle: Line | None = None
    coordinates: Line | None = None
    lines: list[Line] = Field(default_factory=list, max_length=4)
    font: Line | None = None


class TrackIn(Request):
    """A path over the map as [latitude, longitude] pairs."""

    points: list[tuple[Latitude, Longitude]] = Field(min_length=2, max_length=50_000)
    label: Line = ""


class MarkerIn(Request):
    """A place to point out."""

    latitude: Latitude
    longitude: Longitude
    label: Line = ""
    shape: Literal["pin", "heart", "circle", "dot"] = "pin"


class FurnitureIn(Request):
    """Optional things around and on the map."""

    north_arrow: bool = False
    scale_bar: bool = False
    frame: bool = False


class DesignIn(Request):
    """How a poster looks and what it shows."""

    city: Name = Field(examples=["Helsinki"])
    country: Name = Field(examples=["Finland"])
    theme: Name = Field(examples=["noir"])
    distance: float = Field(
        default=29_000, ge=500, le=50_000, description="Metres from the centre to the nearer edges."
    )
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    size: Name | SizeIn = "12x16in"
    orientation: Orientation | None = Field(default=None, description="Absent: the size as it stands.")
    dpi: int = Field(default=300, ge=72, le=600)
    format: Format = Format.PNG
    layers: dict[LayerChoice, bool] = Field(default_factory=dict, description="Layers to switch off or on; all are on.")
    texts: TextsIn = Field(default_factory=TextsIn)
    rotation: float = Field(default=0, ge=0, le=360, description="Degrees by which the map is turned clockwise.")
    furniture: FurnitureIn = Field(default_factory=FurnitureIn)
    tracks: list[TrackIn] = Field(default_factory=list, max_length=10)
    markers: list[MarkerIn] = Field(default_factory=list, max_length=50)
    bleed_mm: float = Field(default=0, ge=0, le=20)
    crop_marks: bool = False

    @model_validator(mode="after")
    def _both_coordinates(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            message = "latitude and longitude go together: give both or neither"
            raise ValueError(message)
        return self


class PosterIn(DesignIn):
    """A poster to make."""

    visibility: Visibility = "public"
    preview_mode: bool = False

    def to_request(self) -> PosterRequest:
        """Hand the checked values on as the services take them."""
        size = self.size if isinstance(self.size, str) else Size(self.size.width, self.size.height, self.size.unit)
        texts = self.texts.model_dump() | {"lines": tuple(self.texts.lines)}
        return PosterRequest(
            city=self.city,
            country=self.country,
            theme=self.theme,
            distance_m=self.distance,
            latitude=self.latitude,
            longitude=self.longitude,
            size=size,
            orientation=self.orientation,
            dpi=self.dpi,
            format=self.format,
            layers=ALL_LAYERS - {layer for layer, wanted in self.layers.items() if not wanted},
            texts=Texts(**texts),
            rotation_deg=self.rotation,
            bleed_mm=self.bleed_mm,
            crop_marks=self.crop_marks,
            furniture=Furniture(**self.furniture.model_dump()),
            tracks=tuple(Track(points=tuple(track.points), label=track.label) for track in self.tracks),
            markers=tuple(Marker(**marker.model_dump()) for marker in self.markers),
            visibility=self.visibility,
            preview=self.preview_mode,
        )


class LivePreviewIn(Request):
    """The part of a design that the live preview shows; everything is in the query."""

    city: Name
    country: Name
    theme: Name
    distance: float = Field(default=29_000, ge=500, le=50_000)
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    size: Name = "12x16in"
    orientation: Orientation | None = Field(default=None, description="Absent: the size as it stands.")
    rotation: float = Field(default=0, ge=0, le=360)
    title: Line | None = None
    subtitle: Line | None = None
    coordinates: Line | None = None
    line: Line | None = None
    font: Line | None = None
    hide: Line = Field(default="", description="Layers to leave out, separated by commas.")
    add: Line = Field(default="", description="Of north_arrow, scale_bar and frame what to add, separated by commas.")
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
            city=self.city,
            country=self.country,
            theme=self.theme,
            distance_m=self.distance,
            latitude=self.latitude,
            longitude=self.longitude,
            size=self.size,
            orientation=self.orientation,
            rotation_deg=self.rotation,
            layers=ALL_LAYERS - set(self.hide.split(",")),
            furniture=Furniture(**{name: name in self.add.split(",") for name in FurnitureIn.model_fields}),
            texts=texts,
        )


class PageQuery(Request):
    """Which page of one's own posters."""

    page: int = Field(default=1, ge=1, le=1_000_000)
    per_page: int = Field(default=20, ge=1, le=100)
    sort: Literal["created_at", "city", "theme"] = "created_at"
    order: Literal["asc", "desc"] = "desc"
    theme: Name | None = None
    city: Name | None = None


class GalleryQuery(Request):
    """Which part of the wall."""

    limit: int = Field(default=24, ge=1, le=100)
    before: int | None = Field(default=None, ge=0, le=2**62, description="Older than this gallery sequence number.")
    since: int | None = Field(default=None, ge=0, le=2**62, description="What came after this gallery sequence number.")
    theme: Name | None = None
    city: Name | None = None


class DownloadQuery(Request):
    """In which format; absent: the one it was made in."""

    format: Format | None = None


class GeocodeQuery(Request):
    """A place by name."""

    city: Name
    country: Name


class SuggestQuery(Request):
    """The beginning of a place's name."""

    q: Name
    limit: int = Field(default=8, ge=1, le=20)


class PointQuery(Request):
    """A place by its coordinates in degrees."""

    lat: float = Field(ge=-90, le=90)
    lon: Longitude


class BatchLocation(Request):
    city: Name
    country: Name


class BatchIn(Request):
    """Several places by name."""

    locations: list[BatchLocation] = Field(min_length=1, max_length=50)


class ErrorOut(Answer):
    """Every error looks like this; more facts may stand beside."""

    model_config = ConfigDict(extra="allow")
    error: str
    message: str


class Dimensions(Answer):
    width: int
    height: int
    dpi: int


class JobResultOut(Answer):
    poster_id: str
    download_url: str
    thumbnail_url: str
    preview_url: str
    filename: str
    file_size: int
    dimensions: Dimensions


class JobOut(Answer):
    """A job, as far as its state has the fields."""

    job_id: str
    status: JobState
    progress: int = Field(ge=0, le=100)
    current_step: str | None = None
    queue_position: int | None = None
    created_at: str
    started_at: str | None = None
    completed_at: str | None = None
    failed_at: str | None = None
    estimated_completion: str | None = None
    duration: float | None = None
    result: JobResultOut | None = None
    error: str | None = None
    error_message: str | None = None
    retry_allowed: bool | None = None


class SubmittedOut(Answer):
    job_id: str
    status: JobState
    created_at: str
    estimated_duration: float | None = None
    status_url: str
    result: JobResultOut | None = None


class CancelledOut(Answer):
    job_id: str
    status: Literal["cancelled"]
    message: str


class RetriedOut(Answer):
    job_id: str
    original_job_id: str
    status: JobState
    message: str


class PosterOut(Answer):
    """A poster; further facts stand beside."""

    model_config = ConfigDict(extra="allow")
    id: str
    city: str
    country: str
    theme: str
    created_at: str
    latitude: float
    longitude: float
    filename: str
    file_size: int
    dimensions: Dimensions
    download_url: str
    thumbnail_url: str
    preview_url: str


class Pagination(Answer):
    page: int
    per_page: int
    total: int
    pages: int
    has_next: bool
    has_prev: bool


class PostersOut(Answer):
    posters: list[PosterOut]
    pagination: Pagination


class GalleryOut(Answer):
    posters: list[PosterOut]
    epoch: str
    seq: int
    next_before: int | None = None


class ThemeColours(Answer):
    bg: str
    text: str


class ThemeSummary(Answer):
    id: str
    name: str
    description: str
    preview_url: str
    colors: ThemeColours


class ThemesOut(Answer):
    themes: list[ThemeSummary]
    total: int


class ThemeOut(Answer):
    model_config = ConfigDict(extra="allow")
    id: str
    name: str
    description: str
    preview_url: str
    colors: dict[str, str]


class LocationOut(Answer):
    city: str
    country: str
    latitude: float
    longitude: float
    display_name: str
    cached: bool


class SuggestionsOut(Answer):
    suggestions: list[dict[str, Any]]


class BatchOut(Answer):
    results: list[dict[str, Any]]
    total: int
    successful: int
    failed: int


class HealthOut(Answer):
    status: Literal["healthy", "degraded", "unhealthy"]
    version: str
    timestamp: str
    services: dict[str, str]


class StatsOut(Answer):
    total_posters: int
    total_jobs: int
    active_jobs: int
    cache_hit_rate: float | None = None
    average_generation_time: float | None = None
    storage_used: int
    themes_count: int
