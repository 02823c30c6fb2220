"""Numbered streams of anything: the wall's kept events become one stream's of many, and hold facts without addresses."""

import sqlalchemy as sa
from alembic import op

import infra.db.models

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ADDRESSES = ("url", "download_url", "thumbnail_url", "preview_url")


def upgrade() -> None:
    with op.batch_alter_table("streams") as batch_op:
        batch_op.alter_column("seq", existing_type=sa.Integer(), type_=BIG_KEY, existing_nullable=False)
    kept = op.create_table(
        "stream_events",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("seq", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", infra.db.models.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("stream", "seq", name=op.f("pk_stream_events")),
    )
    _carry_over(kept)
    op.drop_table("gallery_events")
    _number_the_board()


def _carry_over(kept: sa.Table) -> None:
    old = sa.table(
        "gallery_events",
        *(sa.column(name, kept.c[name].type) for name in ("seq", "event", "payload", "created_at")),
        sa.column("poster_id", sa.String()),
    )
    rows = op.get_bind().execute(sa.select(old).order_by(old.c.seq)).mappings().all()
    news = [
        {
            "stream": "gallery",
            "seq": row["seq"],
            "event": row["event"],
            "subject": row["poster_id"],
            "payload": _facts(row["payload"], row["seq"]),
            "created_at": row["created_at"],
        }
        for row in rows
    ]
    if news:
        op.bulk_insert(kept, news)


def _facts(payload: dict, seq: int) -> dict:
    """Leave out the addresses: they were made for the prefix that the server had then."""
    poster = payload.get("poster")
    if not isinstance(poster, dict):
        return payload
    facts = {name: value for name, value in poster.items() if name not in ADDRESSES}
    return payload | {"poster": facts | {"version": str(seq)}}


def _number_the_board() -> None:
    """Let the board go on with the number that its log has come to."""
    op.execute(
        """
        INSERT INTO streams (name, epoch, seq)
        SELECT 'canvas', CAST(epoch AS VARCHAR), (
            SELECT max(seq) FROM (
                SELECT first_seq AS seq
                UNION ALL SELECT max(seq) FROM canvas_placements
                UNION ALL SELECT max(seq) FROM canvas_snapshots
            ) AS numbers
        )
        FROM canvas_seasons WHERE epoch = (SELECT max(epoch) FROM canvas_seasons)
        """
    )
