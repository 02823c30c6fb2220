"""Pictures drawn while somebody looks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from mural.paper import DEFAULT_SIZE
from mural.poster import ALL_LAYERS, Format, Furniture, Remarks, Texts
from routes.posters.schemas.designs import DesignIn, FurnitureIn, PlaceIn
from routes.web.schemas import Distance, Line, Name, ThemeId, Turn, Turned
from services.posters.requests import DEFAULT_DISTANCE_M, PosterRequest


def words_of(allowed: Collection[str]) -> AfterValidator:
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
    hide: Annotated[Line, words_of(ALL_LAYERS)] = Field(
        default="", description=_choice("Layers to leave out", ALL_LAYERS)
    )
    add: Annotated[Line, words_of(FurnitureIn.model_fields)] = Field(
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


class DrawnIn(DesignIn):
    """A design to draw now; what the picture does not show (format, bleed, crop marks and remarks) is left out."""

    width: int = Field(default=800, ge=100, le=800)
    draft_theme: dict[str, Line] | None = Field(
        default=None, description="A theme that is not kept yet, with the keys of ThemeIn, to draw it in instead."
    )

    def to_request(self) -> PosterRequest:
        """Hand the checked values on as the services take them."""
        return replace(super().to_request(), format=Format.PNG, bleed_mm=0.0, crop_marks=False, remarks=Remarks())
