"""Rebuild the rows of posters, and of visitors' themes, from their files alone."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from infra.db.models import OwnThemeRow, PosterJobRow, PosterRow
from infra.db.session import Database
from mural.jobs.states import JobState
from services.posters.files import BrokenSidecar, PosterFiles
from services.posters.publishing import NARROWER
from services.posters.requests import Visibility
from services.posters.store import PosterFacts, from_sidecar, poster_row
from services.posters.traces import FACTS, erase
from services.posters.wall_news import WALL
from services.themes.files import ThemeFiles

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReindexReport:
    """What a rebuild found: posters, known before or new, rows without files, damaged sidecars, themes brought back.

    ``left_out`` are the folders of posters that are not to come back, which the next start deletes.
    """

    posters: int
    added: int
    removed: int
    left_out: int
    broken: dict[str, str]
    themes_added: int


def reindex(database: Database, files: PosterFiles, theme_files: ThemeFiles) -> ReindexReport:
    """Make the database say what the poster folders say; the wall is numbered anew, by age, in a new epoch.

    What was taken down stays so, whatever an interrupted server left of it in the folders, and what the database keeps
    from somebody is shown to them by no sidecar. Visitors' themes that it does not know come back; one that it knows
    stays as it is there.
    """
    everything, broken = _read(files)
    with database.write() as session:
        seen_by = {row.id: row.visibility for row in session.execute(select(PosterRow.id, PosterRow.visibility))}
        known = set(seen_by)
        unwanted = _unwanted_jobs(session)
        wanted = (facts for facts in everything if facts.id in known or facts.job_id not in unwanted)
        found = [_as_hidden(facts, seen_by.get(facts.id, facts.visibility)) for facts in wanted]
        # A poster whose sidecar is damaged keeps the row it has.
        gone = known - {facts.id for facts in found} - broken.keys()
        _finish_taking_down(session, gone.intersection(files.leaving()))
        for poster_id in gone:
            session.execute(delete(PosterRow).where(PosterRow.id == poster_id))
        session.execute(update(PosterRow).values(gallery_seq=None))
        _write(session, found)
        _number_the_wall(session)
        themes_added = _bring_back_themes(session, theme_files)
    added = len({facts.id for facts in found} - known)
    return ReindexReport(len(found), added, len(gone), len(everything) - len(found), broken, themes_added)


def _read(files: PosterFiles) -> tuple[list[PosterFacts], dict[str, str]]:
    found: list[PosterFacts] = []
    broken: dict[str, str] = {}
    for poster_id in files.ids():
        try:
            found.append(from_sidecar(poster_id, files.sidecar(poster_id)))
        except BrokenSidecar as error:
            log.warning("%s", error.message)
            broken[poster_id] = error.message
    return found, broken


def _as_hidden(facts: PosterFacts, seen_by: str) -> PosterFacts:
    """Let a poster be found by those only who its row and its sidecar agree on: either may be the older one."""
    narrower = max(facts.visibility, seen_by, key=NARROWER.index)
    return replace(facts, visibility=cast("Visibility", narrower))


def _finish_taking_down(session: Session, poster_ids: Iterable[str]) -> None:
    """Let jobs forget the posters that a server was taking down when it was killed."""
    for poster_id in poster_ids:
        row = session.get(PosterRow, poster_id)
        if row is not None:
            erase(session, row)


def _unwanted_jobs(session: Session) -> set[str]:
    """List the jobs whose posters were taken down, or which were given up before those could hang."""
    given_up = PosterJobRow.state.in_([JobState.FAILED, JobState.CANCELLED])
    return set(session.scalars(select(PosterJobRow.id).where((PosterJobRow.fingerprint == "") | given_up)))


def _write(session: Session, found: Iterable[PosterFacts]) -> None:
    for facts in found:
        session.merge(poster_row(facts))
    session.flush()
    for facts in found:
        its_job = (PosterJobRow.id == facts.job_id) & (PosterJobRow.state == JobState.COMPLETED)
        unlinked = select(PosterJobRow.id).where(its_job, PosterJobRow.poster_id.is_(None))
        session.execute(update(FACTS).where(FACTS.c.id.in_(unlinked)).values(poster_id=facts.id))


def _bring_back_themes(session: Session, theme_files: ThemeFiles) -> int:
    known = set(session.scalars(select(OwnThemeRow.id)))
    lost = [theme for theme in theme_files.all() if theme.id not in known]
    session.add_all(OwnThemeRow(**asdict(theme)) for theme in lost)
    return len(lost)


def _number_the_wall(session: Session) -> None:
    hung = select(PosterRow).where(PosterRow.public, ~PosterRow.preview).order_by(PosterRow.created_at, PosterRow.id)
    seq = 0
    for seq, row in enumerate(session.scalars(hung), start=1):
        row.gallery_seq = seq
    WALL.begin_epoch(session, seq)
