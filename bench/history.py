"""What years of use leave behind in an installation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Table, insert, select, update

from infra.db.models import JobRow, PosterJobRow, PosterRow, StreamRow
from infra.db.session import Database
from infra.filenames import search_key
from mural.jobs.states import JobState
from services.posters.wall_news import WALL

OWN_EVERY = 5
"""Of so many posters one belongs to the visitor who looks."""
CITIES = ("Helsinki", "Porto", "New York", "東京", "São Paulo", "Kraków", "Nairobi", "Lima")
THEMES = ("noir", "ocean", "forest", "sunset", "blueprint", "terracotta")


def write_history(data_dir: Path, job_id: str, posters: range, jobs: range) -> None:
    """Fill the database with what years of use leave behind, by number, all of it like the one poster that was made."""
    database = Database(f"sqlite:///{data_dir / 'mural.db'}")
    tables = [cast("Table", row.__table__) for row in (JobRow, PosterJobRow)]
    poster_table = PosterRow.__table__
    with database.write() as session:
        rows = [session.execute(select(table).where(table.c.id == job_id)).mappings().one() for table in tables]
        poster = dict(session.execute(select(poster_table).where(poster_table.c.job_id == job_id)).mappings().one())
        session.execute(insert(PosterRow), [_poster_like(poster, number) for number in posters])
        for table, row in zip(tables, rows, strict=True):
            session.execute(insert(table), [_job_like(dict(row), number) for number in jobs])
        seq = {"seq": posters.stop + 1}
        session.execute(update(StreamRow).where(StreamRow.name == WALL.name).values(**seq))
    database.close()


def _poster_like(poster: dict[str, Any], number: int) -> dict[str, Any]:
    city = CITIES[number % len(CITIES)]
    return poster | {
        "id": uuid4().hex,
        "job_id": f"{number:032x}",
        "owner": poster["owner"] if number % OWN_EVERY == 0 else f"visitor {number % 500}",
        "gallery_seq": number + 2,
        "fingerprint": uuid4().hex * 2,
        "city": city,
        "city_key": search_key(city),
        "theme": THEMES[number % len(THEMES)],
        "created_at": _moment(number),
    }


def _job_like(job: dict[str, Any], number: int) -> dict[str, Any]:
    state = (JobState.COMPLETED, JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED)[number % 4]
    began = _moment(number / 10)
    changed = {
        "id": f"{number:032x}",
        "owner": f"visitor {number % 500}",
        "state": state,
        "poster_id": None,
        "created_at": began,
        "started_at": began + timedelta(seconds=1),
        "ended_at": began + timedelta(seconds=9),
    }
    return job | {name: value for name, value in changed.items() if name in job}


def _moment(number: float) -> datetime:
    return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=90 * number)
