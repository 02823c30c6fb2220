"""One's own posters in every order in which they are listed, so that a page of them needs no sorting."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_posters_owner_created_at", table_name="posters")
    op.create_index("ix_posters_owner_created_at", "posters", ["owner", "preview", "created_at", "id"])
    op.create_index("ix_posters_owner_city", "posters", ["owner", "preview", "city_key", "created_at", "id"])
    op.create_index("ix_posters_owner_theme", "posters", ["owner", "preview", "theme", "created_at", "id"])
