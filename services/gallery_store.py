"""The wall's events in the database: numbered without gaps, the latest kept for those who were away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.db.models import GALLERY_STREAM, GalleryEventRow, StreamRow
from services.events import Name

EVENTS_KEPT: Final = 1000


def position(session: Session) -> StreamRow:
    """Tell the epoch and the number of the latest event; raise LookupError where no epoch was begun."""
    stream = session.get(StreamRow, GALLERY_STREAM)
    if stream is None:
        raise LookupError("the gallery's stream was not begun")
    return stream


def ensure_epoch(session: Session) -> None:
    """Begin the gallery's stream where there is none yet."""
    if session.get(StreamRow, GALLERY_STREAM) is None:
        session.add(StreamRow(name=GALLERY_STREAM, epoch=uuid4().hex, seq=0))


def begin_epoch(session: Session, seq: int) -> None:
    """Begin a new epoch: what clients remember of the wall means nothing any more."""
    session.execute(delete(GalleryEventRow))
    session.execute(update(StreamRow).where(StreamRow.name == GALLERY_STREAM).values(epoch=uuid4().hex, seq=seq))


def append(
    session: Session, event: str, poster_id: str, payload: Callable[[int], dict[str, Any]], now: datetime
) -> GalleryEventRow:
    """Give an event its number and keep it; ``payload`` makes what is sent from the number."""
    # The row lock of this update orders the numbers as the transactions commit.
    taken = update(StreamRow).where(StreamRow.name == GALLERY_STREAM).values(seq=StreamRow.seq + 1)
    seq = session.execute(taken.returning(StreamRow.seq)).scalar_one()
    row = GalleryEventRow(seq=seq, event=event, poster_id=poster_id, payload=payload(seq), created_at=now)
    session.add(row)
    session.execute(delete(GalleryEventRow).where(GalleryEventRow.seq <= seq - EVENTS_KEPT))
    return row


def forget(session: Session, poster_id: str) -> None:
    """Keep nothing of what was told about a poster: to those who were away it was never hung."""
    told = select(GalleryEventRow).where(
        GalleryEventRow.poster_id == poster_id, GalleryEventRow.event == Name.GALLERY_POSTER_ADDED
    )
    for row in session.scalars(told):
        row.event, row.payload = Name.GALLERY_POSTER_REMOVED, {"seq": row.seq, "id": poster_id}


def after(session: Session, seq: int) -> list[GalleryEventRow]:
    """List the kept events that came after a number, in order."""
    return list(session.scalars(select(GalleryEventRow).where(GalleryEventRow.seq > seq).order_by(GalleryEventRow.seq)))
