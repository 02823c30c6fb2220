"""What the addresses and the forms of the pages may carry: the fields of the REST interface, as browsers send them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from mural.paper import SIZES, Orientation
from mural.poster import ALL_LAYERS
from routes.posters.fields import IN_ADDRESS, with_fields
from routes.posters.paper_fields import OWN_SIZE, is_size
from routes.posters.schemas.designs import FurnitureIn, MarkerIn
from routes.posters.schemas.posters import PageQuery
from routes.posters.schemas.previews import words_of
from routes.web.schemas import Address, Latitude, Line, Longitude, Name, ThemeId
from services.posters.designs import MARKERS_MAX


def _check_size(words: str) -> str:
    if words != OWN_SIZE and not is_size(words):
        raise PydanticCustomError("not_offered", "not offered", {"allowed": sorted(SIZES)})
    return words


def marker_fields(words: str) -> dict[str, Any]:
    """Take a marker apart as an address carries it: degrees north and east, shape, label."""
    latitude, longitude, shape, label = (words.split(",", 3) + [""] * 4)[:4]
    return {"latitude": latitude, "longitude": longitude, "shape": shape or "pin", "label": label}


class MineAddress(PageQuery):
    """Which of one's own posters; ``down`` is the one that was just taken down."""

    model_config = ConfigDict(extra="ignore")
    down: Name | None = None


@with_fields(IN_ADDRESS)
class WorkbenchAddress(Address):
    """A design in the address of the workbench or in its form; absent is what the workbench begins with."""

    like: Name | None = None
    job: Name | None = None
    city: Name | None = None
    country: Name | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    theme: ThemeId | None = None
    size: Annotated[Name, AfterValidator(_check_size)] | None = None
    orientation: Orientation | None = None
    title: Line | None = None
    subtitle: Line | None = None
    coordinates: Line | None = None
    font: Line | None = None
    hide: Annotated[Line, words_of(ALL_LAYERS)] | None = None
    add: list[Annotated[Line, words_of(FurnitureIn.model_fields)]] = Field(default_factory=list)
    marker: list[Annotated[MarkerIn, BeforeValidator(marker_fields)]] = Field(
        default_factory=list, max_length=MARKERS_MAX
    )
