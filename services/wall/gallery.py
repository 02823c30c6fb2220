"""The wall: everyone's posters, newest first, and a sequence of events that loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import select

from infra.db.models import PosterRow
from infra.db.session import Database
from infra.events import gallery_store
from infra.events.events import GALLERY_ROOM, Event, Name, Publisher
from infra.gathered import Gathered
from mural.errors import InvalidInput
from services.posters.job_store import JobStore
from services.posters.live import LiveProgress
from services.posters.store import SHOWN, narrowed, shown_view
from services.posters.urls import Urls
from services.posters.views import PosterView

LIMIT_MAX: Final = 100
MAKING_MAX: Final = 50

Outcome = Literal["current", "replay", "refetch"]


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """A stretch of the wall, and the point in the sequence of events that it stands for."""

    posters: tuple[PosterView, ...]
    epoch: str
    seq: int
    next_before: int | None

    def to_json(self) -> dict[str, Any]:
        """Give the body of GET /gallery."""
        return {
            "posters": [poster.to_json() for poster in self.posters],
            "epoch": self.epoch,
            "seq": self.seq,
            "next_before": self.next_before,
        }


@dataclass(frozen=True, slots=True)
class Resume:
    """What a client that was away has to do: nothing, apply ``events``, or fetch the wall anew."""

    outcome: Outcome
    epoch: str
    seq: int
    events: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the acknowledgement of gallery:join."""
        body: dict[str, Any] = {"epoch": self.epoch, "seq": self.seq, "outcome": self.outcome}
        return body | {"events": list(self.events)} if self.outcome == "replay" else body


@dataclass(frozen=True, slots=True)
class Standing:
    """How the wall stands: what everybody who joins it is told."""

    epoch: str
    seq: int
    making: list[dict[str, Any]]


class GalleryService:
    """Answers what hangs on the wall and what has changed since."""

    def __init__(
        self,
        database: Database,
        jobs: JobStore,
        live: LiveProgress,
        publisher: Publisher,
        urls: Urls,
        sleep: Callable[[float], None],
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._live = live
        self._publisher = publisher
        self._urls = urls
        self._last_making: list[dict[str, Any]] = []
        self._standing = Gathered(self._read_standing, sleep)

    def page(
        self,
        limit: int = 40,
        before: int | None = None,
        since: int | None = None,
        theme: str | None = None,
        city: str | None = None,
    ) -> GalleryPage:
        """Give the newest posters hung before and after two sequence numbers; stable while new ones arrive."""
        if not 1 <= limit <= LIMIT_MAX:
            raise InvalidInput(f"The limit must be 1 to {LIMIT_MAX}.", field="limit", value=limit)
        hung = select(*SHOWN, PosterRow.gallery_seq).where(PosterRow.gallery_seq.is_not(None))
        query = narrowed(hung, theme, city)
        if before is not None:
            query = query.where(PosterRow.gallery_seq < before)
        if since is not None:
            query = query.where(PosterRow.gallery_seq > since)
        with self._database.read() as session:
            stream = gallery_store.position(session)
            rows = session.execute(query.order_by(PosterRow.gallery_seq.desc()).limit(limit + 1)).all()
        shown = rows[:limit]
        next_before = shown[-1].gallery_seq if len(rows) > limit else None
        posters = tuple(shown_view(row[:-1], self._urls) for row in shown)
        return GalleryPage(posters, stream.epoch, stream.seq, next_before)

    def join(self, epoch: str | None, seq: int | None) -> tuple[Resume, list[dict[str, Any]]]:
        """Tell what somebody who joins has to do, and which posters are on their way; read once for all who come."""
        now = self._standing.get()
        if epoch == now.epoch and seq is not None and 0 <= seq < now.seq:
            return self.resume(epoch, seq), now.making
        outcome: Outcome = "current" if (epoch, seq) == (now.epoch, now.seq) else "refetch"
        return Resume(outcome, now.epoch, now.seq), now.making

    def _read_standing(self) -> Standing:
        with self._database.read() as session:
            stream = gallery_store.position(session)
        return Standing(stream.epoch, stream.seq, self.making())

    def resume(self, epoch: str | None, seq: int | None) -> Resume:
        """Tell a client that knows the wall as of ``epoch`` and ``seq`` exactly what it missed."""
        with self._database.read() as session:
            stream = gallery_store.position(session)
            if epoch != stream.epoch or seq is None or not 0 <= seq <= stream.seq:
                return Resume("refetch", stream.epoch, stream.seq)
            if seq == stream.seq:
                return Resume("current", stream.epoch, stream.seq)
            rows = gallery_store.after(session, seq)
        if not rows or rows[0].seq != seq + 1:
            return Resume("refetch", stream.epoch, stream.seq)
        events = tuple({"seq": row.seq, "event": row.event, "payload": row.payload} for row in rows)
        return Resume("replay", stream.epoch, stream.seq, events)

    def making(self) -> list[dict[str, Any]]:
        """List the public posters on their way."""
        listed = []
        for row in self._jobs.public_active(MAKING_MAX):
            running = self._live.of(row.id)
            progress = running.percent if running else 0
            listed.append({"id": row.id, "city": row.city, "theme": row.theme, "progress": progress})
        return listed

    def announce_making(self) -> None:
        """Send the list of what is being made, if it is another than the last."""
        making = self.making()
        if making != self._last_making:
            self._last_making = making
            self._publisher.publish(Event(Name.GALLERY_MAKING, {"jobs": making}, (GALLERY_ROOM,)))
