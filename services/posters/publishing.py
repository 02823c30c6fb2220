"""The last steps of a poster: its files into place, its row and its place on the wall in one commit, then the news.

The order is what makes the promises of the sockets true: whoever hears of a poster can fetch it, and its place in the
gallery's sequence is settled before anybody hears that the job is done. Coming down, the files leave their place first:
killed at any moment, the server ends what it began, and no file is left from which the poster could come back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from infra.clock import Clock
from infra.db.models import PosterJobRow, PosterRow
from infra.db.session import Database
from infra.events.announcing import Commits, nothing
from infra.events.events import Event, Publisher
from infra.jobs.store import JobStore, Outcome
from mural.errors import MuralError, NotFound
from mural.fingerprint import design_from_json
from mural.jobs.progress import Step
from mural.jobs.states import JobState
from mural.worker.protocol import RenderResult
from services.posters import wall_news
from services.posters.files import BrokenSidecar, PosterFiles
from services.posters.requests import Visibility
from services.posters.store import PosterFacts, facts_of, from_sidecar, poster_row, to_sidecar
from services.posters.traces import FACTS, Traces, earlier_tries, erase, put_back

log = logging.getLogger(__name__)

PREVIEW_LIFETIME: Final = timedelta(hours=24)

NARROWER: Final = ("public", "unlisted", "private")
"""Each is found by fewer than the one before."""


@dataclass(frozen=True, slots=True)
class TakenDown:
    """A poster that was set aside: what hangs it back, and what was known of it elsewhere."""

    facts: PosterFacts
    traces: Traces


class Publishing:
    """Hangs finished posters on the wall and takes them down again."""

    def __init__(
        self,
        database: Database,
        files: PosterFiles,
        publisher: Publisher,
        clock: Clock,
    ) -> None:
        self._database = database
        self._files = files
        self._commits = Commits(database, publisher)
        self._clock = clock
        self._farewells: list[Callable[[str], None]] = []
        self._taking_down = threading.Lock()

    def when_taken_down(self, forget: Callable[[str], None]) -> None:
        """Have another part forget what it made of a poster, by its id, each time that one was taken down."""
        self._farewells.append(forget)

    @property
    def files(self) -> PosterFiles:
        """Where the posters' files are."""
        return self._files

    def publish(self, job: PosterJobRow, result: RenderResult, made: Path, complete: Callable[[Session], None]) -> None:
        """File what a job has drawn and complete the job with it; raise what ``complete`` raises, and keep nothing."""
        now = self._clock()
        expires_at = now + PREVIEW_LIFETIME if job.preview else None
        design = design_from_json(job.payload)
        facts = facts_of(uuid4().hex, job, design, result, now=now, expires_at=expires_at)
        self._files.place(made, facts.id, to_sidecar(facts))
        self._hang(
            facts,
            lambda session: _complete_with(session, facts, complete),
            undo=partial(self._files.remove, facts.id),
        )

    def adopt_orphans(self, jobs: JobStore) -> None:
        """Settle what a kill left behind: folders without a row, and posters that were about to be taken down."""
        with self._database.read() as session:
            known = set(session.scalars(select(PosterRow.id)))
        for poster_id in self._files.leaving():
            if poster_id in known and not self._files.folder(poster_id).exists():
                log.info("Taking poster %s down, as was asked for just before the stop", poster_id)
                self._unhang_in_order(poster_id)
            self._files.forget(poster_id)
        for poster_id in self._files.ids():
            if poster_id not in known:
                self._settle(poster_id, jobs)
        with self._database.write() as session:
            wall_news.withdraw_gone(session)

    def take_down(self, poster_id: str) -> None:
        """Delete a poster: from the wall, the jobs and the database, with its files; raise NotFound or Unavailable."""
        self._unhang_aside(poster_id)
        self.forget(poster_id)

    def set_aside(self, poster_id: str) -> TakenDown | None:
        """Delete a poster but keep its files aside; give what hangs it back, if anything can.

        Raises NotFound, or Unavailable when it cannot be taken down now.
        """
        traces = self._unhang_aside(poster_id)
        try:
            facts = from_sidecar(poster_id, self._files.sidecar_aside(poster_id))
            # A sidecar that could not be written when its poster was hidden would hang it back for everybody.
            return TakenDown(replace(facts, visibility=traces.visibility), traces)
        except BrokenSidecar:
            self._files.forget(poster_id)
            return None

    def forget(self, poster_id: str) -> None:
        """Delete the files of a poster that was set aside."""
        self._files.forget(poster_id)
        self._database.keep_reserve()

    def hang_back(self, taken: TakenDown) -> None:
        """Hang a poster that was set aside as the newest on the wall; raise NotFound when its files are gone."""
        facts = taken.facts
        self._files.bring_back(facts.id)
        self._note_in_sidecar(facts.id, facts.visibility)
        self._hang(
            facts,
            lambda session: put_back(session, facts.id, taken.traces),
            undo=partial(self._files.set_aside, facts.id),
        )

    def _unhang_aside(self, poster_id: str) -> Traces:
        # One at a time: of two who take down the same, the one who moves the files must be the one who deletes the row.
        with self._taking_down:
            traces = self._database.freeing(lambda: self._moved_and_unhung(poster_id))
        for forget in self._farewells:
            forget(poster_id)
        return traces

    def _moved_and_unhung(self, poster_id: str) -> Traces:
        moved = self._files.set_aside(poster_id)
        return self._unhang_in_order(poster_id, undo=partial(self._files.bring_back, poster_id) if moved else nothing)

    def show_to(self, poster_id: str, visibility: Visibility) -> None:
        """Let a poster be found by others than before: it leaves the wall, or hangs there as the newest.

        Raises NotFound.
        """
        with self._commits.turn:
            with self._database.read() as session:
                before = _known(session, poster_id).visibility
            if before == visibility:
                return
            # In this order the sidecar, from which all is rebuilt, never shows the poster to more than the row does.
            hides = NARROWER.index(visibility) > NARROWER.index(before)
            if hides:
                self._note_in_sidecar(poster_id, visibility)
            self._commits.make(lambda session: (self._show_to(session, poster_id, visibility), None))
            if not hides:
                self._note_in_sidecar(poster_id, visibility)

    def _note_in_sidecar(self, poster_id: str, visibility: Visibility) -> None:
        try:
            facts = from_sidecar(poster_id, self._files.sidecar(poster_id))
            if facts.visibility != visibility:
                self._files.rewrite(poster_id, to_sidecar(replace(facts, visibility=visibility)))
        except (MuralError, OSError) as error:
            # Nobody has to stay on the wall for that: the row counts, the sidecar only when the rows are lost.
            log.warning("The sidecar of poster %s does not say that it is %s now: %s", poster_id, visibility, error)

    def _show_to(self, session: Session, poster_id: str, visibility: Visibility) -> Event | None:
        row = _known(session, poster_id)
        row.visibility = visibility
        _show_jobs_to(session, row)
        if row.gallery_seq is not None and not row.public:
            row.gallery_seq = None
            return wall_news.append_removed(session, poster_id, self._clock())
        if row.gallery_seq is None and row.public and not row.preview:
            return wall_news.append_added(session, row, self._clock())
        return None

    def _unhang_in_order(self, poster_id: str, undo: Callable[[], object] = nothing) -> Traces:
        return self._commits.make(lambda session: self._unhang(session, poster_id), undo)

    def _hang(
        self, facts: PosterFacts, settle: Callable[[Session], None], undo: Callable[[], object] = nothing
    ) -> None:
        """Put a poster on the wall, and with it bring in order what else is known of it."""

        def hang(session: Session) -> tuple[Event | None, None]:
            row = poster_row(facts)
            session.add(row)
            session.flush()
            settle(session)
            hangs = row.public and not row.preview
            return (wall_news.append_added(session, row, self._clock()) if hangs else None), None

        self._commits.make(hang, undo)

    def _unhang(self, session: Session, poster_id: str) -> tuple[Event | None, Traces]:
        row = _known(session, poster_id)
        hung, traces = row.gallery_seq is not None, erase(session, row)
        session.delete(row)
        session.flush()
        event = wall_news.append_removed(session, poster_id, self._clock()) if hung else None
        return event, traces

    def _settle(self, poster_id: str, jobs: JobStore) -> None:
        try:
            facts = from_sidecar(poster_id, self._files.sidecar(poster_id))
            job = jobs.get(facts.job_id)
        except (BrokenSidecar, NotFound) as error:
            # It may be all that is left of a poster: a person decides.
            log.warning(
                "Poster folder %s is not in the database (%s); “flask mural reindex” may help", poster_id, error
            )
            return
        state = JobState(job.state)
        if state.ended:
            log.info("Removing the files of poster %s, which was deleted", poster_id)
            self._files.remove(poster_id)
        elif state is JobState.PROCESSING and (lease := jobs.free(job.id)):
            log.info("Adopting poster %s, finished just before the stop", poster_id)
            done = Outcome(state=JobState.COMPLETED, progress=100, step=Step.PUBLISHING)
            self._hang(facts, lambda session: _complete_with(session, facts, partial(jobs.complete, lease, done)))


def _known(session: Session, poster_id: str) -> PosterRow:
    row = session.get(PosterRow, poster_id)
    if row is None:
        raise NotFound("Poster", poster_id)
    return row


def _show_jobs_to(session: Session, poster: PosterRow) -> None:
    """Let the jobs that tell of a poster be seen by those who see it: its own, and those before it that failed."""
    of_it = or_(PosterJobRow.id == poster.job_id, PosterJobRow.poster_id == poster.id)
    shown = select(PosterJobRow.id).where(or_(of_it, earlier_tries(poster)))
    session.execute(update(FACTS).where(FACTS.c.id.in_(shown)).values(visibility=poster.visibility))


def _complete_with(session: Session, facts: PosterFacts, complete: Callable[[Session], None]) -> None:
    complete(session)
    session.execute(update(FACTS).where(FACTS.c.id == facts.job_id).values(poster_id=facts.id))
