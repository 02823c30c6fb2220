"""What the addresses and the forms of the pages may carry: the fields of the REST interface, as browsers send them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from mural.paper import SIZES, Orientation
from mural.poster import ALL_LAYERS
from routes.posters.fields import IN_ADDRESS, with_fields
from routes.posters.paper_fields import OWN_SIZE, is_size
from routes.posters.schemas.designs import FurnitureIn, MarkerIn
from routes.posters.schemas.posters import PageQuery
from routes.posters.schemas.previews import words_of
from routes.web.languages import LANGUAGES
from routes.web.schemas import Latitude, Line, Longitude, Name, SequenceNumber, ThemeId
from services.posters.designs import MARKERS_MAX

APPEARANCES: Final = ("system", "light", "dark", "coffee")


def _one_of(allowed: Collection[str]) -> AfterValidator:
    """Allow one of some words; the sentence about another lists them."""

    def check(word: str) -> str:
        if word not in allowed:
            raise PydanticCustomError("not_offered", "not offered", {"allowed": list(allowed)})
        return word

    return AfterValidator(check)


def _check_size(words: str) -> str:
    if words != OWN_SIZE and not is_size(words):
        raise PydanticCustomError("not_offered", "not offered", {"allowed": sorted(SIZES)})
    return words


def marker_fields(words: str) -> dict[str, Any]:
    """Take a marker apart as an address carries it: degrees north and east, shape, label."""
    latitude, longitude, shape, label = (words.split(",", 3) + [""] * 4)[:4]
    return {"latitude": latitude, "longitude": longitude, "shape": shape or "pin", "label": label}


class Address(BaseModel):
    """An address or a form. What is not asked for may stand in it: links are passed on with more behind them."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, allow_inf_nan=False)


class WallAddress(Address):
    """Which part of the wall, and for whom."""

    before: SequenceNumber | None = None
    kiosk: bool = False


class MineAddress(PageQuery):
    """Which of one's own posters; ``down`` is the one that was just taken down."""

    model_config = ConfigDict(extra="ignore")
    down: Name | None = None


class ThemeAddress(Address):
    """The theme that a new one begins with."""

    start: ThemeId | None = None


class AppearanceForm(Address):
    """How the pages are to look, and where the visitor was."""

    appearance: Annotated[str, _one_of(APPEARANCES)]
    back: str = ""


class LanguageForm(Address):
    """Which language the pages are to be in, and where the visitor was."""

    language: Annotated[str, _one_of(LANGUAGES)]
    back: str = ""


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
