"""What requests about the board may carry, and what the answers look like."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from routes.web.schemas import Answer, Request

UtcMoment = Annotated[datetime, AfterValidator(lambda at: at if at.tzinfo else at.replace(tzinfo=UTC))]
"""A moment; without a time zone it is taken for UTC."""


Coordinate = Annotated[int, Field(strict=True)]
Paint = Annotated[int | str, Field(union_mode="left_to_right", description="An index or a #rrggbb of the palette.")]
RequestId = Annotated[str, Field(min_length=1, max_length=64)]
"""What a pixel to place is made of, over HTTP and over sockets alike."""


class SpotQuery(Request):
    """A pixel of the board."""

    x: int = Field(examples=[12])
    y: int = Field(examples=[34])


class PixelIn(Request):
    """A pixel to place."""

    x: Coordinate
    y: Coordinate
    color: Paint
    request_id: RequestId | None = Field(default=None, description="Sent again: no new pixel.")


class HistoryQuery(Request):
    """When."""

    at: UtcMoment = Field(examples=["2100-01-01T00:00:00Z"], description="A moment to come means now.")


class ScaleQuery(Request):
    """How large."""

    scale: int = Field(default=1, ge=1, le=8)


class TimelapseQuery(Request):
    """Which part of the season, and how fast."""

    begin: UtcMoment | None = Field(default=None, alias="from")
    end: UtcMoment | None = Field(default=None, alias="to")
    speed: float | None = Field(default=None, ge=1, le=1e7, description="Seconds of the board in a second of film.")

    @property
    def from_ms(self) -> int | None:
        """When the film begins."""
        return None if self.begin is None else round(self.begin.timestamp() * 1000)

    @property
    def to_ms(self) -> int | None:
        """When the film ends."""
        return None if self.end is None else round(self.end.timestamp() * 1000)


class ColourOut(Answer):
    name: str
    color: str


class CanvasOut(Answer):
    """The board; further facts stand beside."""

    model_config = ConfigDict(extra="allow")
    width: int
    height: int
    palette: list[ColourOut]
    cooldown: float
    stack: int
    epoch: int
    seq: int
    available_at: str
    charges: int
    braked: bool


class SeasonOut(Answer):
    epoch: int
    since: str
    until: str | None
    width: int
    height: int
    palette: list[ColourOut]


class SeasonsOut(Answer):
    seasons: list[SeasonOut]


class PixelOut(Answer):
    x: int
    y: int
    color: str
    name: str
    user_id: str | None
    timestamp: str | None
    history: list[dict[str, Any]]


class PlacedOut(Answer):
    ok: Literal[True]
    seq: int
    available_at: str
    charges: int
    braked: bool


class CanvasStatsOut(Answer):
    epoch: int
    since: str
    placements: int
    visitors: int
    last_placement: str | None
    colors: list[dict[str, Any]]
