"""The wall."""

from __future__ import annotations

from pydantic import Field

from routes.posters.schemas.posters import CardOut
from routes.web.schemas import Address, Answer, Name, Request, SequenceNumber


class GalleryQuery(Request):
    """Which part of the wall."""

    limit: int = Field(default=24, ge=1, le=100)
    before: SequenceNumber | None = Field(default=None, description="Older than this gallery sequence number.")
    since: SequenceNumber | None = Field(default=None, description="What came after this gallery sequence number.")
    theme: Name | None = None
    city: Name | None = None


class GalleryOut(Answer):
    """A stretch of the wall, and the point in the sequence of events that it stands for."""

    posters: list[CardOut]
    epoch: str
    seq: int
    next_before: int | None


class WallAddress(Address):
    """Which part of the wall, and for whom."""

    before: SequenceNumber | None = None
    kiosk: bool = False
