"""What all schemas are made of: bodies that hold nothing unknown, and the fields that many have."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from config import DISTANCE_M_MAX
from mural.paper import Orientation
from mural.poster import DISTANCE_M_MIN
from routes.web.languages import LANGUAGES
from routes.web.words import LINE, NAME
from services.posters.designs import LABEL_MAX, LATITUDE_MAX_DEG, LINE_MAX, NAME_MAX
from services.posters.requests import MAX_HIDDEN_M


class Request(BaseModel):
    """A body or a query; a field that it does not have is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


class Answer(BaseModel):
    """A body of ours, as far as its state has the fields."""

    model_config = ConfigDict(extra="forbid")


class ErrorOut(Answer):
    """Every error looks like this; more facts may stand beside."""

    model_config = ConfigDict(extra="allow")
    error: str
    message: str


Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_MAX, pattern=NAME)]
Line = Annotated[str, StringConstraints(max_length=LINE_MAX, pattern=LINE)]
Label = Annotated[str, StringConstraints(max_length=LABEL_MAX, pattern=LINE)]
Latitude = Annotated[float, Field(ge=-LATITUDE_MAX_DEG, le=LATITUDE_MAX_DEG, examples=[60.1715])]
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
HiddenEnds = Annotated[
    float,
    Field(
        ge=0,
        le=MAX_HIDDEN_M,
        description="Metres of both ends of every track that are cut off before anything is kept or drawn.",
    ),
]
Turned = Annotated[Orientation | None, Field(description="Absent: the size as it stands.")]
SequenceNumber = Annotated[int, Field(ge=0, le=2**62)]

APPEARANCES: Final = ("system", "light", "dark", "coffee")


def _one_of(allowed: Collection[str]) -> AfterValidator:
    """Allow one of some words; the sentence about another lists them."""

    def check(word: str) -> str:
        if word not in allowed:
            raise PydanticCustomError("not_offered", "not offered", {"allowed": list(allowed)})
        return word

    return AfterValidator(check)


class Address(BaseModel):
    """An address or a form. What is not asked for may stand in it: links are passed on with more behind them."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, allow_inf_nan=False)


class AppearanceForm(Address):
    """How the pages are to look, and where the visitor was."""

    appearance: Annotated[str, _one_of(APPEARANCES)]
    back: str = ""


class LanguageForm(Address):
    """Which language the pages are to be in, and where the visitor was."""

    language: Annotated[str, _one_of(LANGUAGES)]
    back: str = ""
