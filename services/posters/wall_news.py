"""What the wall's stream tells: a poster is hung, a poster is taken down."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.db.models import PosterRow, StreamEventRow
from infra.events.events import GALLERY_ROOM, Event, Name
from infra.events.payloads import PosterAdded, PosterRemoved
from infra.events.streams import Stream
from services.posters.store import poster_view
from services.posters.urls import Urls

WALL: Final = Stream("gallery", GALLERY_ROOM)


def append_added(session: Session, row: PosterRow, now: datetime) -> Event:
    """Hang a poster as the newest and tell of it."""

    def hung_as(seq: int) -> PosterAdded:
        row.gallery_seq = seq  # the addresses of its files carry it
        return PosterAdded(seq=seq, poster=poster_view(row, Urls()).facts())

    return WALL.append(session, Name.GALLERY_POSTER_ADDED, row.id, hung_as, now)


def append_removed(session: Session, poster_id: str, now: datetime) -> Event:
    """Tell that a poster hangs no more, and let what was told of it before tell no more than that either.

    To be called for one that was taken down and for one that is not for everybody any longer.
    """
    withdraw(session, [poster_id])
    return WALL.append(session, Name.GALLERY_POSTER_REMOVED, poster_id, lambda seq: _removed(seq, poster_id), now)


def withdraw(session: Session, poster_ids: Collection[str]) -> None:
    """Tell those who come back late that posters are gone, in the place of the news that they were hung."""
    WALL.withdraw(session, Name.GALLERY_POSTER_ADDED, poster_ids, Name.GALLERY_POSTER_REMOVED, _removed)


def withdraw_gone(session: Session) -> None:
    """Withdraw what is still told of posters that do not hang, such as by a version that left it standing."""
    row = StreamEventRow
    hung = select(PosterRow.id).where(PosterRow.gallery_seq.is_not(None))
    told = select(row.subject).where(row.stream == WALL.name, row.event == Name.GALLERY_POSTER_ADDED)
    withdraw(session, session.scalars(told.where(row.subject.not_in(hung)).distinct()).all())


def _removed(seq: int, poster_id: str) -> PosterRemoved:
    return PosterRemoved(seq=seq, id=poster_id)
