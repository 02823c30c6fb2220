"""The tables, typed.

Times are UTC. A design is kept as the JSON text of a mural.poster.PosterDesign: what the render process was given.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Text,
    TypeDecorator,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, so that a later migration can drop it on any database."""

PRIVATE: Final = "private"
"""Who finds what says nothing about it: nobody but its owner."""

BigKey: Final = BigInteger().with_variant(Integer, "sqlite")
"""64 bits; SQLite keeps a table in the order of its key, without a second index, only where the type is INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, on PostgreSQL with its zone, on SQLite as plain text that sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; strip the zone where the database cannot keep it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The one catalogue of tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it from the class
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
    }


class Shown:
    """What is on the wall, or for those who know its link, or its owner's alone: “public”, “unlisted”, “private”."""

    visibility: Mapped[str]

    @hybrid_property
    def public(self) -> bool:
        """Tell whether everybody may know of it."""
        return self.visibility == "public"


class PosterRow(Shown, Base):
    """One finished poster whose files are in place; a preview is one that expires and is never listed."""

    __tablename__ = "posters"

    id: Mapped[str] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(index=True)
    owner: Mapped[str]
    visibility: Mapped[str] = mapped_column(server_default=PRIVATE)
    preview: Mapped[bool]
    fingerprint: Mapped[str] = mapped_column(index=True)
    gallery_seq: Mapped[int | None] = mapped_column(unique=True)
    city: Mapped[str]
    city_key: Mapped[str]
    country: Mapped[str]
    latitude: Mapped[float]
    longitude: Mapped[float]
    theme: Mapped[str]
    theme_name: Mapped[str]
    distance_m: Mapped[float]
    format: Mapped[str]
    width_mm: Mapped[float]
    height_mm: Mapped[float]
    width_px: Mapped[int]
    height_px: Mapped[int]
    dpi: Mapped[int]
    poster_file: Mapped[str]
    thumbnail_file: Mapped[str | None]
    preview_file: Mapped[str | None]
    filename: Mapped[str]
    file_size: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str]
    generation_s: Mapped[float]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    remarks: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    design: Mapped[str] = mapped_column(Text, deferred=True)

    __table_args__ = (
        Index("ix_posters_owner_created_at", "owner", "preview", "created_at", "id"),
        Index("ix_posters_owner_city", "owner", "preview", "city_key", "created_at", "id"),
        Index("ix_posters_owner_theme", "owner", "preview", "theme", "created_at", "id"),
        Index("ix_posters_theme_gallery_seq", "theme", "gallery_seq"),
        Index("ix_posters_city_gallery_seq", "city_key", "gallery_seq"),
        Index("ix_posters_created_at", "created_at"),
    )


class JobRow(Base):
    """Something to be done, of whatever kind; ``payload`` is JSON that its kind alone reads.

    ``active_key`` is set while the job is wanted (pending or processing) and unique, so two equal wishes cannot both be
    on their way; it is emptied with the move into a final state. ``interruptions`` counts how many times in a row the
    server died while it was being drawn; the time at which it is being drawn counts already. While it is in work
    somebody has a lease on it: his name, the how-manieth it is, and until when it holds. The ``address`` is a digest of
    where it was asked for, kept until the job ends.
    """

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    owner: Mapped[str]
    address: Mapped[str | None]
    priority: Mapped[int] = mapped_column(default=0)
    state: Mapped[str]
    active_key: Mapped[str | None] = mapped_column(unique=True)
    lease_owner: Mapped[str | None]
    lease_number: Mapped[int] = mapped_column(default=0, server_default="0")
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    interruptions: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    estimate_s: Mapped[float]
    progress: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(default="")
    error: Mapped[str | None]
    error_message: Mapped[str | None] = mapped_column(Text)
    retry_allowed: Mapped[bool] = mapped_column(default=False)
    original_job_id: Mapped[str | None]
    payload: Mapped[str] = mapped_column(Text, deferred=True)


Index("ix_jobs_state_created_at", JobRow.state, JobRow.created_at)
Index("ix_jobs_state_ended_at", JobRow.state, JobRow.ended_at)
Index("ix_jobs_owner_state", JobRow.owner, JobRow.state)
Index("ix_jobs_address_state", JobRow.address, JobRow.state)


class PosterJobRow(Shown, JobRow):
    """A job that makes a poster, with what is known of that beforehand; its payload is the poster's design."""

    __tablename__ = "poster_jobs"

    id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    visibility: Mapped[str] = mapped_column(server_default=PRIVATE)
    preview: Mapped[bool]
    fingerprint: Mapped[str] = mapped_column(index=True)
    city: Mapped[str]
    country: Mapped[str]
    theme: Mapped[str]
    format: Mapped[str]
    megapixels: Mapped[float]
    distance_m: Mapped[float]
    poster_id: Mapped[str | None] = mapped_column(ForeignKey("posters.id", ondelete="SET NULL"))


Index("ix_poster_jobs_poster_id", PosterJobRow.poster_id, PosterJobRow.preview)


class FollowerRow(Base):
    """Somebody else who asked for the same poster while it was being made."""

    __tablename__ = "job_followers"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)


class BatchRow(Base):
    """Posters that were asked for together."""

    __tablename__ = "batches"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    created_at: Mapped[datetime]


class BatchItemRow(Base):
    """One poster of a batch: its job, and the poster where that was finished before the batch was asked for."""

    __tablename__ = "batch_items"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    job_id: Mapped[str] = mapped_column(index=True)
    poster_id: Mapped[str | None] = mapped_column(ForeignKey("posters.id", ondelete="SET NULL"), index=True)


class OwnThemeRow(Base):
    """A poster theme that a visitor made: ``data`` has the keys of a theme file."""

    __tablename__ = "own_themes"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class StreamRow(Base):
    """How far a numbered stream of events has come; a new epoch means that earlier numbers mean nothing."""

    __tablename__ = "streams"

    name: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[str]
    seq: Mapped[int] = mapped_column(BigKey)


class StreamEventRow(Base):
    """One of the latest events of a stream, kept as facts for those who were away; ``subject`` is what it tells of."""

    __tablename__ = "stream_events"

    stream: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    event: Mapped[str]
    subject: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class CanvasSeasonRow(Base):
    """One life of the board. A new season has a new epoch: what clients know of the board means nothing any more."""

    __tablename__ = "canvas_seasons"

    epoch: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    started_at_ms: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int]
    height: Mapped[int]
    palette: Mapped[list[list[str]]] = mapped_column(JSON)
    first_seq: Mapped[int] = mapped_column(BigInteger)


class CanvasSnapshotRow(Base):
    """The board as it stood after a placement; the one at a season's ``first_seq`` is what the season began with."""

    __tablename__ = "canvas_snapshots"

    epoch: Mapped[int] = mapped_column(ForeignKey("canvas_seasons.epoch"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    board: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class CanvasActorRow(Base):
    """A visitor who placed something, under a number that is short enough for every placement."""

    __tablename__ = "canvas_actors"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(unique=True)


class PlacementRow(Base):
    """One pixel that was placed: the truth about the board is these, in their order. ``at_ms`` never goes back."""

    __tablename__ = "canvas_placements"

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    cell: Mapped[int]
    old_colour: Mapped[int] = mapped_column(SmallInteger)
    new_colour: Mapped[int] = mapped_column(SmallInteger)
    actor_id: Mapped[int] = mapped_column(ForeignKey("canvas_actors.id"))
    kind: Mapped[int] = mapped_column(SmallInteger)
    request_key: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_canvas_placements_cell", "cell", "seq"),)


class CanvasCooldownRow(Base):
    """When somebody's charges will all be back; ``key`` is a visitor's number or the digest of an address range."""

    __tablename__ = "canvas_cooldowns"

    key: Mapped[str] = mapped_column(primary_key=True)
    full_at_ms: Mapped[int] = mapped_column(BigInteger, index=True)


class CanvasOrderRow(Base):
    """Something that whoever looks after the board had done to it, and what came of it; also their log."""

    __tablename__ = "canvas_orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    done_at_ms: Mapped[int | None] = mapped_column(BigInteger, index=True)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class CreditPurseRow(Base):
    """What somebody has: granted credits, spent first, and bought ones; both are the sums of the ledger's rows.

    ``month`` is the one that was granted last, and ``month_amount`` how much. Whose it is may be nobody any more, so
    there is no foreign key. ``last_at`` never goes back, and neither do the times of the ledger's rows.
    """

    __tablename__ = "credit_purses"

    user_id: Mapped[str] = mapped_column(primary_key=True)
    granted: Mapped[int] = mapped_column(BigInteger)
    bought: Mapped[int] = mapped_column(BigInteger)
    month: Mapped[str]
    month_amount: Mapped[int] = mapped_column(BigInteger)
    monthly_cap: Mapped[int | None] = mapped_column(BigInteger)
    last_at: Mapped[datetime]


class CreditReservationRow(Base):
    """Credits that were put aside for something, from which purse, and what became of them; ``needed`` is its price.

    ``month`` is the calendar's, which a cap and the usage go by; ``granted_of`` the one whose grant was drawn from.
    """

    __tablename__ = "credit_reservations"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    request_kind: Mapped[str]
    request_id: Mapped[str]
    state: Mapped[str]
    needed: Mapped[int] = mapped_column(BigInteger)
    granted: Mapped[int] = mapped_column(BigInteger)
    bought: Mapped[int] = mapped_column(BigInteger)
    charged: Mapped[int] = mapped_column(BigInteger)
    month: Mapped[str]
    granted_of: Mapped[str]
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_credit_reservations_state_ends_at", "state", "ends_at"),
        Index("ix_credit_reservations_user_id_month", "user_id", "month"),
    )


class CreditEntryRow(Base):
    """One change of a purse: never changed itself, and never deleted, which triggers see to.

    ``key`` says what it is the effect of, once for a person. Only its person may become nobody.
    """

    __tablename__ = "credit_ledger"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    user_id: Mapped[str]
    key: Mapped[str]
    request_kind: Mapped[str]
    request_id: Mapped[str]
    transaction_type: Mapped[str]
    purse: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    balance_after: Mapped[int] = mapped_column(BigInteger)
    description: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("uq_credit_ledger_user_id_key", "user_id", "key", unique=True),
        Index("ix_credit_ledger_user_id_created_at", "user_id", "created_at", "id"),
    )


class IdempotencyRow(Base):
    """A key that a client gave to something it asked for: a digest of what that was, and what was answered.

    While it is being done there is no answer, and ``held_until`` says until when the ``attempt`` is believed to live.
    """

    __tablename__ = "idempotency_keys"

    user_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    asked: Mapped[str]
    attempt: Mapped[int]
    held_until: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(index=True)
