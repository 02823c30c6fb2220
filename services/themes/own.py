"""Themes that visitors made.

A poster carries the whole theme in its design: changing or deleting a theme changes no poster.

A theme that goes leaves its file first, and then the database: killed in between, the server writes the file anew from
the row, and nobody was told that it is gone. The other way round `reindex` would bring back what somebody deleted.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from infra.clock import Clock
from infra.db.models import OwnThemeRow, PosterRow
from infra.db.session import Database
from infra.filenames import slug
from mural.errors import Conflict, NotAllowed, NotFound, StorageFull
from mural.themes import Theme
from services.accounts.actors import Actor
from services.accounts.permissions import Permission
from services.themes.files import OWN_ID, KeptTheme, ThemeFiles
from services.themes.shipped import ThemeService

log = logging.getLogger(__name__)

EACH_MAX: Final = 50
OVERALL_MAX: Final = 10_000


class OwnThemes:
    """Keeps visitors' themes in the database, and beside it as files; finds those that ship besides."""

    def __init__(self, database: Database, shipped: ThemeService, files: ThemeFiles, clock: Clock) -> None:
        self._database = database
        self._shipped = shipped
        self._files = files
        self._clock = clock

    def start(self) -> None:
        """Give every theme a file that has none, such as after a restore."""
        there = self._files.ids()
        with self._database.read() as session:
            for row in session.scalars(select(OwnThemeRow).where(OwnThemeRow.id.not_in(there))):
                if OWN_ID.fullmatch(row.id):
                    self._files.write(_kept(row))
                else:
                    log.warning("%.200r in the database is not the id of a theme", row.id)

    def of(self, actor: Actor) -> list[Theme]:
        """List somebody's themes in the order of their names."""
        with self._database.read() as session:
            rows = session.scalars(select(OwnThemeRow).where(OwnThemeRow.owner.in_(actor.ids))).all()
        themes = (Theme.from_mapping(row.id, row.data) for row in rows)
        return sorted(themes, key=lambda theme: theme.name.casefold())

    def get(self, theme_id: str) -> Theme:
        """Find a theme, one's own, another's or one that ships; raise NotFound, with what ships."""
        row = self._row(theme_id)
        return Theme.from_mapping(row.id, row.data) if row else self._shipped.get(theme_id)

    def belongs_to(self, theme_id: str, actor: Actor) -> bool:
        """Tell whether a theme is somebody's own."""
        row = self._row(theme_id)
        return row is not None and actor.owns(row)

    def create(self, actor: Actor, data: Mapping[str, Any]) -> Theme:
        """Keep a new theme; raise InvalidInput naming the key that is wrong, or Conflict when there are too many."""
        theme = Theme.from_mapping(_new_id(data), data)
        row = OwnThemeRow(id=theme.id, owner=actor.id, data=dict(data), created_at=self._clock())
        with self._removing() as remove, self._database.write() as session:
            given_up = _make_room(session, actor)
            session.add(row)
            session.flush()
            self._files.write(_kept(row))
            if given_up:
                remove(given_up)
        return theme

    def replace(self, theme_id: str, data: Mapping[str, Any], actor: Actor) -> Theme:
        """Change a theme; raise InvalidInput, NotFound or NotAllowed."""
        theme = Theme.from_mapping(theme_id, data)
        with self._database.write() as session:
            row = self._changeable(session, theme_id, actor, Permission.THEME_CHANGE)
            row.data = dict(data)
            self._files.write(_kept(row))
        return theme

    def delete(self, theme_id: str, actor: Actor) -> None:
        """Forget a theme; raise NotFound, NotAllowed, or Unavailable where its file cannot go."""
        self._database.freeing(lambda: self._delete(theme_id, actor))

    def _delete(self, theme_id: str, actor: Actor) -> None:
        with self._removing() as remove, self._database.write() as session:
            row = self._changeable(session, theme_id, actor, Permission.THEME_DELETE)
            session.delete(row)
            session.flush()
            remove(row)

    def forget(self, before: datetime) -> None:
        """Forget the themes that were made before a moment."""
        with self._removing() as remove, self._database.write() as session:
            for row in session.scalars(select(OwnThemeRow).where(OwnThemeRow.created_at < before)).all():
                session.delete(row)
                session.flush()
                remove(row)

    @contextmanager
    def _removing(self) -> Iterator[Callable[[OwnThemeRow], None]]:
        """Delete the files of themes whose rows go with the transaction inside; where that fails, bring them back."""
        removed: list[KeptTheme] = []

        def remove(row: OwnThemeRow) -> None:
            self._files.remove(row.id)
            removed.append(_kept(row))

        try:
            yield remove
        except BaseException:
            with suppress(OSError, StorageFull):  # what cannot be written now is written at the next start
                for theme in removed:
                    self._files.write(theme)
            raise

    def _row(self, theme_id: str) -> OwnThemeRow | None:
        # What cannot be an id is not asked for: PostgreSQL takes offence at some characters.
        if not OWN_ID.fullmatch(theme_id):
            return None
        with self._database.read() as session:
            return session.get(OwnThemeRow, theme_id)

    def _changeable(self, session: Session, theme_id: str, actor: Actor, needed: Permission) -> OwnThemeRow:
        if self._shipped.knows(theme_id):
            raise NotAllowed(f"“{self._shipped.get(theme_id).name}” comes with Mural and cannot be changed.")
        # Locked: a change that ends after the deletion would write the file anew.
        row = session.get(OwnThemeRow, theme_id, with_for_update=True) if OWN_ID.fullmatch(theme_id) else None
        if row is None:
            raise NotFound("Theme", theme_id)
        actor.require(needed, row, "theme")
        return row


def _kept(row: OwnThemeRow) -> KeptTheme:
    return KeptTheme(id=row.id, owner=row.owner, created_at=row.created_at, data=row.data)


def _make_room(session: Session, actor: Actor) -> OwnThemeRow | None:
    """See that another theme may be kept; where all places are taken, the oldest that hangs nowhere is given up."""
    count = select(func.count()).select_from(OwnThemeRow)
    if (session.scalar(count.where(OwnThemeRow.owner.in_(actor.ids))) or 0) >= EACH_MAX:
        raise Conflict(f"You have {EACH_MAX} themes. Delete one that you do not need any more.")
    if (session.scalar(count) or 0) < OVERALL_MAX:
        return None
    in_use = exists().where(PosterRow.owner == OwnThemeRow.owner, PosterRow.theme == OwnThemeRow.id)
    unused = select(OwnThemeRow).where(~in_use).order_by(OwnThemeRow.created_at)
    oldest = session.scalar(unused.limit(1).with_for_update())
    if oldest is None:
        raise Conflict("This installation holds no more themes.")
    session.delete(oldest)
    return oldest


def _new_id(data: Mapping[str, Any]) -> str:
    words = slug(str(data.get("name", ""))) or "theme"
    return f"own_{words}_{secrets.token_hex(4)}"
