"""The wall: everyone's posters, newest first, and a sequence of events that loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from infra.db.models import PosterRow
from infra.db.session import Database
from infra.events.announcing import Announcer
from infra.events.events import GALLERY_ROOM, Event, Name, Publisher
from infra.events.payloads import Making, MakingJob
from infra.events.streams import Outcome, Position, Resume, Worded
from infra.gathered import Gathered
from infra.jobs.live import LiveProgress
from mural.errors import InvalidInput
from services.posters.addressing import wording
from services.posters.job_store import PosterJobStore
from services.posters.store import SHOWN, narrowed, shown_view
from services.posters.urls import Urls
from services.posters.views import PosterView
from services.posters.wall_news import WALL

LIMIT_MAX: Final = 100
MAKING_MAX: Final = 50


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
            "posters": [poster.card_json() for poster in self.posters],
            "epoch": self.epoch,
            "seq": self.seq,
            "next_before": self.next_before,
        }


@dataclass(frozen=True, slots=True)
class WallState:
    """How the wall stands: what everybody who joins it is told."""

    position: Position
    making: list[MakingJob]


class GalleryService:
    """Answers what hangs on the wall and what has changed since."""

    def __init__(
        self,
        database: Database,
        jobs: PosterJobStore,
        live: LiveProgress,
        publisher: Publisher,
        urls: Urls,
        sleep: Callable[[float], None],
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._live = live
        self._publisher = Announcer(publisher)
        self._urls = urls
        self.worded: Worded = wording(urls)
        self._last_making: list[MakingJob] = []
        self._state = Gathered(self._read_state, sleep)

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
            stream = WALL.position(session)
            rows = session.execute(query.order_by(PosterRow.gallery_seq.desc()).limit(limit + 1)).all()
        shown = rows[:limit]
        next_before = shown[-1].gallery_seq if len(rows) > limit else None
        posters = tuple(shown_view(row[:-1], self._urls) for row in shown)
        return GalleryPage(posters, stream.epoch, stream.seq, next_before)

    def join(self, epoch: str | None, seq: int | None) -> tuple[Resume, list[MakingJob]]:
        """Tell what somebody who joins has to do, and which posters are on their way; read once for all who come."""
        state = self._state.get()
        here = state.position
        if epoch == here.epoch and seq is not None and 0 <= seq < here.seq:
            return self.resume(epoch, seq), state.making
        outcome: Outcome = "current" if (epoch, seq) == (here.epoch, here.seq) else "refetch"
        return Resume(outcome, here.epoch, here.seq), state.making

    def _read_state(self) -> WallState:
        with self._database.read() as session:
            position = WALL.position(session)
        return WallState(position, self.making())

    def resume(self, epoch: str | None, seq: int | None) -> Resume:
        """Tell a client that knows the wall as of ``epoch`` and ``seq`` exactly what it missed."""
        with self._database.read() as session:
            return WALL.resume(session, epoch, seq)

    def making(self) -> list[MakingJob]:
        """List the public posters on their way."""
        listed = []
        for row in self._jobs.public_active(MAKING_MAX):
            running = self._live.of(row.id)
            progress = running.percent if running else 0
            listed.append(MakingJob(id=row.id, city=row.city, theme=row.theme, progress=progress))
        return listed

    def announce_making(self) -> None:
        """Send the list of what is being made, if it is another than the last."""
        making = self.making()
        if making != self._last_making:
            self._last_making = making
            self._publisher.publish(Event(Name.GALLERY_MAKING, Making(jobs=making), (GALLERY_ROOM,)))
