"""Posters: asked for, shown, listed, sent and taken down."""

from __future__ import annotations

import mimetypes
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from infra.db.models import PosterRow
from infra.db.session import Database
from mural.errors import InvalidInput, NotAllowed, NotFound
from mural.fingerprint import design_from_json, design_to_json, fingerprint_of, tells_where
from mural.jobs.estimates import Estimates, Work
from mural.poster import Format, PosterDesign, Remarks, for_others
from services.accounts.actors import Actor
from services.accounts.permissions import Permission
from services.posters.designs import Designs
from services.posters.files import FILE_NAME, POSTER_ID
from services.posters.job_store import Accepted, NewJob
from services.posters.jobs import JobService
from services.posters.publishing import Publishing
from services.posters.requests import PER_PAGE_MAX, PosterQuery, PosterRequest, Visibility
from services.posters.store import SHOWN, narrowed, poster_view, shown_view
from services.posters.undo_delete import UndoDelete
from services.posters.urls import Urls
from services.posters.views import FileKind, PageOf, PosterView, StoredFile, Submission

PREVIEW_WIDTH_PX: Final = 800

LATEST: Final = 200
"""So many posters tell how long one takes these days."""

IN_TIME: Final = (PosterRow.created_at, PosterRow.id)
SORTS: Final = {"created_at": IN_TIME, "city": (PosterRow.city_key, *IN_TIME), "theme": (PosterRow.theme, *IN_TIME)}
"""By which columns a list is sorted; an index of each owner's posters holds every one of these orders."""


class PosterService:
    """Takes wishes for posters, and keeps the posters that came of them."""

    def __init__(
        self,
        database: Database,
        designs: Designs,
        jobs: JobService,
        publishing: Publishing,
        undo_delete: UndoDelete,
        estimates: Estimates,
        urls: Urls,
    ) -> None:
        self._database = database
        self._designs = designs
        self._jobs = jobs
        self._publishing = publishing
        self._undo_delete = undo_delete
        self._estimates = estimates
        self._urls = urls

    def start(self) -> None:
        """Read what the first request would have everybody wait for."""
        self._designs.prepare()

    def design(self, request: PosterRequest) -> PosterDesign:
        """Work out the design that a request means, without making it."""
        return self._designs.design(request)

    def submit(self, request: PosterRequest, actor: Actor, address: str = "") -> Submission:
        """Have a poster made, or find the equal one that is finished or on its way; ``address`` asks for it.

        Raises InvalidInput or NotFound for what cannot be made, TooMany when the queue is full, StorageFull when there
        is no room.
        """
        design = self.design(request)
        return self._enqueued(self._new_job(design, actor, request.seen_by, address, preview=request.preview))

    def may_export(self, poster_id: str, actor: Actor) -> bool:
        """Tell whether somebody may have a poster made as another kind of file; raise NotFound.

        What is made so is theirs, with the whole design and in a file of lines: with a track or a mark it is made for
        its maker only.
        """
        return _may_export(self._row(poster_id, actor, with_design=True), actor)

    def export(self, poster_id: str, wanted: Format, actor: Actor, address: str = "") -> Submission:
        """Have a poster made as another kind of file; raises NotFound, NotAllowed, and what ``submit`` raises.

        It is found by its link only, for the wall has the picture already, or by its maker alone.
        """
        row = self._row(poster_id, actor, Permission.POSTER_EXPORT, with_design=True)
        if row.format == wanted:
            return self._submission(Accepted(None, row))
        if not _may_export(row, actor):
            raise NotAllowed("A poster with tracks or marks is made as another kind of file for its maker only.")
        design = _as_file(design_from_json(row.design), wanted)
        if not actor.can(Permission.POSTER_SEE_ADDED, row):
            design = replace(design, remarks=Remarks())  # it would be theirs, and they have said nothing
        visibility: Visibility = "private" if tells_where(row.design) or row.visibility == "private" else "unlisted"
        return self._enqueued(self._new_job(design, actor, visibility, address, preview=False))

    def get(self, poster_id: str, viewer: Actor) -> PosterView:
        """Show a poster to somebody; raise NotFound, also for one that is its owner's alone."""
        return poster_view(self._row(poster_id, viewer), self._urls)

    def design_of(self, poster_id: str, viewer: Actor) -> PosterDesign:
        """Tell the design a poster was made from, to make the same place in another theme or size; raise NotFound.

        What its owner has added of their own is told to nobody else, not even to an admin.
        """
        row = self._row(poster_id, viewer, with_design=True)
        design = design_from_json(row.design)
        return design if viewer.can(Permission.POSTER_SEE_ADDED, row) else for_others(design)

    def show_to(self, poster_id: str, visibility: Visibility, actor: Actor) -> PosterView:
        """Let a poster of one's own be found by others than before; raise NotFound or NotAllowed.

        Nobody else decides that: an admin may take it down.
        """
        if not actor.can(Permission.POSTER_SHOW, self._row(poster_id, actor)):
            raise NotAllowed("Only who made a poster decides who sees it.")
        self._publishing.show_to(poster_id, visibility)
        return self.get(poster_id, actor)

    def mine(self, actor: Actor, query: PosterQuery) -> PageOf[PosterView]:
        """List one page of somebody's own posters."""
        if not (query.page >= 1 and 1 <= query.per_page <= PER_PAGE_MAX):
            raise InvalidInput(f"A page has 1 to {PER_PAGE_MAX} posters.", field="per_page", value=query.per_page)
        theirs = select(*SHOWN).where(PosterRow.owner.in_(actor.ids), ~PosterRow.preview)
        own = narrowed(theirs, query.theme, query.city)
        if query.first_day is not None:
            own = own.where(PosterRow.created_at >= datetime.combine(query.first_day, time.min, UTC))
        if query.last_day is not None:
            own = own.where(PosterRow.created_at <= datetime.combine(query.last_day, time.max, UTC))
        by = SORTS[query.sort]
        in_order = own.order_by(*(by if query.order == "asc" else (column.desc() for column in by)))
        page = in_order.limit(query.per_page).offset((query.page - 1) * query.per_page)
        with self._database.read() as session:
            total = session.scalar(own.with_only_columns(func.count(), maintain_column_froms=True)) or 0
            rows = session.execute(page).all()
        return PageOf(tuple(shown_view(row, self._urls) for row in rows), query.page, query.per_page, total)

    def count(self) -> int:
        """Count the posters, previews left out."""
        with self._database.read() as session:
            return session.scalar(select(func.count()).select_from(PosterRow).where(~PosterRow.preview)) or 0

    def average_generation_s(self) -> float | None:
        """Tell how long the latest posters took to be made, previews left out; None when there are none."""
        latest = select(PosterRow.generation_s).where(~PosterRow.preview).order_by(PosterRow.created_at.desc())
        with self._database.read() as session:
            return session.scalar(select(func.avg(latest.limit(LATEST).subquery().c.generation_s)))

    def file(self, poster_id: str, kind: FileKind, viewer: Actor) -> StoredFile:
        """Find a poster's file to send to somebody; raise NotFound. A preview's picture is its own thumbnail."""
        row = self._row(poster_id, viewer)
        names = {"poster": row.poster_file, "thumbnail": row.thumbnail_file, "preview": row.preview_file}
        name = names[kind] or row.poster_file
        path = self._publishing.files.file(poster_id, name)
        # It names a file on somebody's disk, and in archives.
        called = row.filename if FILE_NAME.fullmatch(row.filename) else f"poster{path.suffix}"
        filename = called if kind == "poster" else f"{called.rpartition('.')[0]}_{kind}{path.suffix}"
        mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
        version = poster_view(row, self._urls).version
        return StoredFile(path, filename, mimetype, f"{poster_id}-{kind}", path.stat().st_size, version)

    def delete(self, poster_id: str, actor: Actor) -> None:
        """Take a poster down, for a moment so that it can be restored; raise NotFound or NotAllowed."""
        actor.require(Permission.POSTER_TAKE_DOWN, self._row(poster_id, actor), "poster")
        self._undo_delete.take_down(poster_id)

    def restore(self, poster_id: str, actor: Actor) -> PosterView:
        """Hang a poster back that was deleted a moment ago; raise NotFound or NotAllowed."""
        self._undo_delete.hang_back(poster_id, actor)
        return self.get(poster_id, actor)

    def _enqueued(self, new: NewJob) -> Submission:
        return self._submission(self._jobs.enqueue(new))

    def _submission(self, accepted: Accepted) -> Submission:
        poster = poster_view(accepted.poster, self._urls) if accepted.poster else None
        return Submission(self._jobs.view(accepted), poster)

    def _row(
        self, poster_id: str, viewer: Actor, sight: Permission = Permission.POSTER_SEE, *, with_design: bool = False
    ) -> PosterRow:
        options = [undefer(PosterRow.design)] if with_design else []
        with self._database.read() as session:
            row = session.get(PosterRow, poster_id, options=options) if POSTER_ID.fullmatch(poster_id) else None
        if row is None:
            raise NotFound("Poster", poster_id)
        viewer.require_sight(sight, row, "Poster", poster_id)
        return row

    def _new_job(
        self, design: PosterDesign, actor: Actor, visibility: Visibility, address: str, *, preview: bool
    ) -> NewJob:
        page = design.page
        pixels = page.width_px * page.height_px
        if preview:
            pixels = round(PREVIEW_WIDTH_PX**2 * page.height_mm / page.width_mm)
        work = Work(preview, design.format, pixels / 1e6, design.distance_m)
        text = design_to_json(design)
        return NewJob(
            owner=actor.id,
            address=address,
            visibility=visibility,
            preview=preview,
            fingerprint=fingerprint_of(design, text),
            city=design.place.city,
            country=design.place.country,
            theme=design.theme.id,
            design=text,
            work=work,
            estimate_s=self._estimates.expect(work),
        )


def _may_export(row: PosterRow, actor: Actor) -> bool:
    may_have_all = actor.can(Permission.POSTER_SEE_ADDED, row) or not tells_where(row.design)
    return may_have_all and actor.can(Permission.POSTER_EXPORT, row)


def _as_file(design: PosterDesign, wanted: Format) -> PosterDesign:
    if wanted is Format.PDF:
        return replace(design, format=wanted)
    # Only a PDF has a place for what a print shop cuts off.
    return replace(design, format=wanted, page=replace(design.page, bleed_mm=0.0, crop_marks=False))
