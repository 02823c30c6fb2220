"""Who finds a poster: the wall, those who know its link, or its owner alone. What hangs stays hung."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("posters", "jobs"):
        # Whatever says nothing about it is its owner's alone.
        op.add_column(table, sa.Column("visibility", sa.String(), nullable=False, server_default="private"))
        rows = sa.table(table, sa.column("visibility", sa.String()), sa.column("public", sa.Boolean()))
        seen_by = sa.case((rows.c.public, "public"), else_="unlisted")
        op.execute(rows.update().values(visibility=seen_by))
        op.drop_column(table, "public")
