"""What a poster's maker says of it beside the picture: whatever there is of that, under its names."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posters", sa.Column("remarks", sa.JSON(), nullable=False, server_default="{}"))
