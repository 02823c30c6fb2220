"""The wall's events in the database: numbered without gaps, the latest kept for those who were away."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from infra.db.models import GALLERY_STREAM, GalleryEventRow, PosterRow, StreamRow
from infra.events.events import Name

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


def append_removed(session: Session, poster_id: str, now: datetime) -> GalleryEventRow:
    """Tell that a poster hangs no more, and let what was told of it before tell no more than that either.

    To be called for one that was taken down and for one that is not for everybody any longer.
    """
    withdraw(session, [poster_id])
    return append(session, Name.GALLERY_POSTER_REMOVED, poster_id, lambda seq: _removed(seq, poster_id), now)


def withdraw(session: Session, poster_ids: Collection[str]) -> None:
    """Tell those who come back late that posters are gone, in the place of the news that they were hung.

    The numbers stay taken: whoever found one missing would take the whole stream for torn.
    """
    told = select(GalleryEventRow.seq, GalleryEventRow.poster_id).where(
        GalleryEventRow.event == Name.GALLERY_POSTER_ADDED, GalleryEventRow.poster_id.in_(poster_ids)
    )
    for seq, poster_id in session.execute(told).all():
        news = update(GalleryEventRow).where(GalleryEventRow.seq == seq)
        session.execute(news.values(event=Name.GALLERY_POSTER_REMOVED, payload=_removed(seq, poster_id)))


def withdraw_gone(session: Session) -> None:
    """Withdraw what is still told of posters that do not hang, such as by a version that left it standing."""
    hung = select(PosterRow.id).where(PosterRow.gallery_seq.is_not(None))
    told = select(GalleryEventRow.poster_id).where(GalleryEventRow.event == Name.GALLERY_POSTER_ADDED)
    withdraw(session, session.scalars(told.where(GalleryEventRow.poster_id.not_in(hung)).distinct()).all())


def after(session: Session, seq: int) -> list[GalleryEventRow]:
    """List the kept events that came after a number, in order."""
    return list(session.scalars(select(GalleryEventRow).where(GalleryEventRow.seq > seq).order_by(GalleryEventRow.seq)))


def _removed(seq: int, poster_id: str) -> dict[str, Any]:
    return {"seq": seq, "id": poster_id}
