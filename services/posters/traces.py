"""What jobs and batches tell of a poster: it goes with the poster, and comes back with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, or_, select, update
from sqlalchemy.orm import Session

from infra.db.models import BatchItemRow, JobRow, PosterJobRow, PosterRow
from mural.jobs.states import JobState
from services.posters.requests import Visibility

FORGOTTEN: Final[dict[str, Any]] = {
    "city": "",
    "country": "",
    "theme": "",
    "fingerprint": "",
    "payload": "",
    "error_message": None,
}
"""What a job says when the poster that was wished for was taken down; it stays, for the figures about all jobs."""

FACTS: Final = cast("Table", PosterJobRow.__table__)
"""The table of what jobs that make posters have beside what every job has."""

ENDED: Final = [state for state in JobState if state.ended]


def is_forgotten(job: PosterJobRow, poster: PosterRow | None) -> bool:
    """Tell whether the poster that a job made, or tried to make, was taken down; or is gone, by whatever way."""
    return not job.fingerprint or (poster is None and job.state == JobState.COMPLETED)


@dataclass(frozen=True, slots=True)
class Traces:
    """What was known of a poster beside its files: who found it, its jobs' words by id, its places in batches."""

    visibility: Visibility
    jobs: dict[str, dict[str, Any]]
    made_by: tuple[str, ...]
    batch_items: tuple[tuple[str, int], ...]


def earlier_tries(poster: PosterRow) -> ColumnElement[bool]:
    """Select the jobs by which its maker wished for the same poster, and that failed or were stopped."""
    same_wish = (PosterJobRow.owner == poster.owner) & (PosterJobRow.fingerprint == poster.fingerprint)
    return same_wish & PosterJobRow.poster_id.is_(None) & PosterJobRow.state.in_(ENDED)


def erase(session: Session, poster: PosterRow) -> Traces:
    """Let the jobs of a poster that is about to be deleted forget what it shows; give what undoes that.

    Its maker's earlier tries at the same poster, which failed or were stopped, tell the same of it.
    """
    made_by = PosterJobRow.poster_id == poster.id
    words = [getattr(PosterJobRow, name) for name in FORGOTTEN]
    jobs = session.execute(
        select(PosterJobRow.id, PosterJobRow.poster_id, *words).where(or_(made_by, earlier_tries(poster)))
    ).all()
    items = session.execute(
        select(BatchItemRow.batch_id, BatchItemRow.position).where(BatchItemRow.poster_id == poster.id)
    ).all()
    _say(session, [job.id for job in jobs], FORGOTTEN)
    return Traces(
        cast("Visibility", poster.visibility),
        {job.id: {name: getattr(job, name) for name in FORGOTTEN} for job in jobs},
        tuple(job.id for job in jobs if job.poster_id == poster.id),
        tuple((item.batch_id, item.position) for item in items),
    )


def put_back(session: Session, poster_id: str, traces: Traces) -> None:
    """Undo that, once the poster is there again."""
    for job_id, words in traces.jobs.items():
        _say(session, [job_id], words)
    session.execute(update(FACTS).where(FACTS.c.id.in_(traces.made_by)).values(poster_id=poster_id))
    for batch_id, position in traces.batch_items:
        place = (BatchItemRow.batch_id == batch_id) & (BatchItemRow.position == position)
        session.execute(update(BatchItemRow).where(place).values(poster_id=poster_id))


def _say(session: Session, job_ids: Sequence[str], words: Mapping[str, Any]) -> None:
    """Let some jobs say something else, each word in the table that has it."""
    for table in (cast("Table", JobRow.__table__), FACTS):
        its_own = {name: word for name, word in words.items() if name in table.c}
        session.execute(update(table).where(table.c.id.in_(job_ids)).values(its_own))
