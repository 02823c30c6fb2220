"""Numbered streams of anything: every change has a number, and the order of the numbers is the order of the commits.

A stream's number is a row that is locked with the change: whoever changes something waits until whoever was before
has committed, on SQLite as on PostgreSQL, in one process or several. So whoever has seen a number can have missed none
before it. The latest events are kept for those who were away; a stream may also keep what happened in a log of its
own and take its numbers here only, as the board does.

Events are kept as facts. Addresses are made from them where they leave: they depend on how the server is reached then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import uuid4

from sqlalchemy import bindparam, column, delete, insert, select, table, update
from sqlalchemy.orm import Session

from infra.db.models import StreamEventRow, StreamRow
from infra.events.events import Event
from mural.errors import Unavailable

EVENTS_KEPT: Final = 1000

Outcome = Literal["current", "replay", "refetch"]

Facts = Mapping[str, Any]
Worded = Callable[[str, Facts], Facts]
"""Makes of an event's name and facts what clients get."""


_ROWS: Final = table("streams", column("name"), column("epoch"), column("seq"))
TAKE_AFTER: Final = (
    update(_ROWS)
    .where(_ROWS.c.name == bindparam("stream"), _ROWS.c.epoch == bindparam("of"), _ROWS.c.seq == bindparam("after"))
    .values(seq=bindparam("upto"))
)
"""Built once, and past the ORM: a pixel that is placed alone pays for it."""


class Overtaken(Unavailable):
    """Somebody else has changed the stream: what its change was made from is no longer how things stand."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a stream has come: the number of its latest event, within an epoch."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One of the latest events."""

    seq: int
    event: str
    facts: Facts

    def to_json(self, worded: Worded) -> dict[str, Any]:
        """Give it as a replay tells it."""
        return {"seq": self.seq, "event": self.event, "payload": worded(self.event, self.facts)}


@dataclass(frozen=True, slots=True)
class Resume:
    """What a client that was away has to do: nothing, apply ``events``, or fetch everything anew."""

    outcome: Outcome
    epoch: str
    seq: int
    events: tuple[Kept, ...] = ()

    def to_json(self, worded: Worded) -> dict[str, Any]:
        """Give the part of the acknowledgement of a join that every stream has."""
        body: dict[str, Any] = {"epoch": self.epoch, "seq": self.seq, "outcome": self.outcome}
        return body | {"events": [event.to_json(worded) for event in self.events]} if self.events else body


@dataclass(frozen=True, slots=True)
class Stream:
    """One numbered stream, whose events are heard in a room; all of it happens in the session of the change."""

    name: str
    room: str
    kept: int = EVENTS_KEPT

    def find(self, session: Session) -> Position | None:
        """Tell how far it has come, if it was begun."""
        row = session.execute(select(StreamRow.epoch, StreamRow.seq).where(StreamRow.name == self.name)).first()
        return Position(row.epoch, row.seq) if row else None

    def position(self, session: Session) -> Position:
        """Tell how far it has come; raise LookupError where no epoch was begun."""
        position = self.find(session)
        if position is None:
            raise LookupError(f"the stream {self.name} was not begun")
        return position

    def ensure(self, session: Session) -> None:
        """Begin it where it was not."""
        if self.find(session) is None:
            session.execute(insert(StreamRow).values(name=self.name, epoch=uuid4().hex, seq=0))

    def begin_epoch(self, session: Session, seq: int, epoch: str = "") -> None:
        """Begin a new epoch: what clients remember means nothing any more."""
        session.execute(delete(StreamEventRow).where(StreamEventRow.stream == self.name))
        values = {"epoch": epoch or uuid4().hex, "seq": seq}
        if not session.execute(update(StreamRow).where(StreamRow.name == self.name).values(**values)).rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
            session.execute(insert(StreamRow).values(name=self.name, **values))

    def catch_up(self, session: Session, position: Position) -> None:
        """Stand at least at a position that a log of its own has come to."""
        here = self.find(session)
        if here is None or here.epoch != position.epoch:
            self.begin_epoch(session, position.seq, position.epoch)
            return
        behind = (StreamRow.name == self.name, StreamRow.seq < position.seq)
        session.execute(update(StreamRow).where(*behind).values(seq=position.seq))

    def take(self, session: Session, count: int = 1) -> int:
        """Take the next numbers and give the last of them; everybody else waits for the end of the transaction."""
        taken = update(StreamRow).where(StreamRow.name == self.name).values(seq=StreamRow.seq + count)
        return session.execute(taken.returning(StreamRow.seq)).scalar_one()

    def take_after(self, session: Session, position: Position, count: int) -> None:
        """Take the numbers that follow a position; raise Overtaken where the stream does not stand there."""
        given = {"stream": self.name, "of": position.epoch, "after": position.seq, "upto": position.seq + count}
        if session.connection().execute(TAKE_AFTER, given).rowcount != 1:
            raise Overtaken("Another process has changed this in the meantime. Try again.")

    def append(self, session: Session, event: str, subject: str, facts: Callable[[int], Facts], now: datetime) -> Event:
        """Give an event its number and keep it; give what is to be announced once this is committed.

        ``facts`` makes what is told from the number; ``subject`` names what it tells of, for ``withdraw``.
        """
        seq = self.take(session)
        told = Event(event, facts(seq), (self.room,))  # refused here, where nothing is committed yet
        session.add(
            StreamEventRow(
                stream=self.name, seq=seq, event=event, subject=subject, payload=told.payload, created_at=now
            )
        )
        old = (StreamEventRow.stream == self.name, StreamEventRow.seq <= seq - self.kept)
        session.execute(delete(StreamEventRow).where(*old))
        return told

    def withdraw(
        self, session: Session, event: str, subjects: Collection[str], instead: str, facts: Callable[[int, str], Facts]
    ) -> None:
        """Tell those who come back late something else of subjects than a kept event does, in its place.

        The numbers stay taken: whoever found one missing would take the whole stream for torn.
        """
        session.flush()
        row = StreamEventRow
        told = select(row.seq, row.subject).where(
            row.stream == self.name, row.event == event, row.subject.in_(subjects)
        )
        for seq, subject in session.execute(told).all():
            payload = Event(instead, facts(seq, subject), (self.room,)).payload
            news = update(row).where(row.stream == self.name, row.seq == seq)
            session.execute(news.values(event=instead, payload=payload))

    def since(self, session: Session, seq: int) -> tuple[Kept, ...]:
        """List the kept events that came after a number, in order."""
        row = StreamEventRow
        later = select(row.seq, row.event, row.payload).where(row.stream == self.name, row.seq > seq)
        return tuple(Kept(*found) for found in session.execute(later.order_by(row.seq)))

    def resume(self, session: Session, epoch: str | None, seq: int | None) -> Resume:
        """Tell a client that knows things as of ``epoch`` and ``seq`` exactly what it missed."""
        here = self.position(session)
        if epoch != here.epoch or seq is None or not 0 <= seq <= here.seq:
            return Resume("refetch", here.epoch, here.seq)
        if seq == here.seq:
            return Resume("current", here.epoch, here.seq)
        events = self.since(session, seq)
        if not events or events[0].seq != seq + 1:
            return Resume("refetch", here.epoch, here.seq)
        return Resume("replay", here.epoch, here.seq, events)
