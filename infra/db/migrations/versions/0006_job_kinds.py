"""Jobs of any kind, with a lease while they are in work; what only posters have moves into a table of its own.

What is there are posters' jobs. Those that were in work have nobody's lease: the first start takes them up.
"""

import sqlalchemy as sa
from alembic import op

import infra.db.models

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FACTS = (
    "id",
    "visibility",
    "preview",
    "fingerprint",
    "city",
    "country",
    "theme",
    "format",
    "megapixels",
    "distance_m",
    "poster_id",
)
"""What a job that makes a poster has beside what every job has."""


def upgrade() -> None:
    op.create_table(
        "poster_jobs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False, server_default="private"),
        sa.Column("preview", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("megapixels", sa.Double(), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=False),
        sa.Column("poster_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["jobs.id"], name=op.f("fk_poster_jobs_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["poster_id"], ["posters.id"], name=op.f("fk_poster_jobs_poster_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poster_jobs")),
    )
    columns = ", ".join(FACTS)
    op.execute(f"INSERT INTO poster_jobs ({columns}) SELECT {columns} FROM jobs")  # noqa: S608 - our own words
    op.create_index("ix_poster_jobs_fingerprint", "poster_jobs", ["fingerprint"])
    op.create_index("ix_poster_jobs_poster_id", "poster_jobs", ["poster_id", "preview"])
    for name in ("ix_jobs_preview_ended_at", "ix_jobs_poster_id"):
        op.drop_index(name, table_name="jobs")
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_constraint("fk_jobs_poster_id", type_="foreignkey")
        jobs.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="poster"))
        jobs.add_column(sa.Column("address", sa.String(), nullable=True))
        jobs.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
        jobs.add_column(sa.Column("lease_owner", sa.String(), nullable=True))
        jobs.add_column(sa.Column("lease_number", sa.Integer(), nullable=False, server_default="0"))
        jobs.add_column(sa.Column("lease_until", infra.db.models.UtcDateTime(timezone=True), nullable=True))
        jobs.alter_column("design", new_column_name="payload", existing_type=sa.Text(), existing_nullable=False)
    preview = sa.table("poster_jobs", sa.column("id"), sa.column("preview", sa.Boolean()))
    of_previews = sa.select(preview.c.id).where(preview.c.preview)
    jobs_table = sa.table("jobs", sa.column("id"), sa.column("priority"))
    op.execute(jobs_table.update().where(jobs_table.c.id.in_(of_previews)).values(priority=1))
    with op.batch_alter_table("jobs") as jobs:
        for name in ("kind", "priority"):
            jobs.alter_column(name, server_default=None)
        for name in FACTS[1:]:
            jobs.drop_column(name)
    op.create_index("ix_jobs_address_state", "jobs", ["address", "state"])
