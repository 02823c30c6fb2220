"""Posters, jobs and the gallery's events."""

import sqlalchemy as sa
from alembic import op

import infra.db.models

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('gallery_events',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('poster_id', sa.String(), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('created_at', infra.db.models.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_gallery_events'))
    )
    op.create_table('posters',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('job_id', sa.String(), nullable=False),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('preview', sa.Boolean(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('gallery_seq', sa.Integer(), nullable=True),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('city_key', sa.String(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=False),
    sa.Column('longitude', sa.Double(), nullable=False),
    sa.Column('theme', sa.String(), nullable=False),
    sa.Column('theme_name', sa.String(), nullable=False),
    sa.Column('distance_m', sa.Double(), nullable=False),
    sa.Column('format', sa.String(), nullable=False),
    sa.Column('width_mm', sa.Double(), nullable=False),
    sa.Column('height_mm', sa.Double(), nullable=False),
    sa.Column('width_px', sa.Integer(), nullable=False),
    sa.Column('height_px', sa.Integer(), nullable=False),
    sa.Column('dpi', sa.Integer(), nullable=False),
    sa.Column('poster_file', sa.String(), nullable=False),
    sa.Column('thumbnail_file', sa.String(), nullable=True),
    sa.Column('preview_file', sa.String(), nullable=True),
    sa.Column('filename', sa.String(), nullable=False),
    sa.Column("file_size", sa.BigInteger(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('generation_s', sa.Double(), nullable=False),
    sa.Column('created_at', infra.db.models.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', infra.db.models.UtcDateTime(timezone=True), nullable=True),
    sa.Column('design', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posters')),
    sa.UniqueConstraint('gallery_seq', name=op.f('uq_posters_gallery_seq'))
    )
    with op.batch_alter_table('posters') as batch_op:
        batch_op.create_index('ix_posters_city_gallery_seq', ['city_key', 'gallery_seq'], unique=False)
        batch_op.create_index('ix_posters_created_at', ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_posters_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_posters_fingerprint'), ['fingerprint'], unique=False)
        batch_op.create_index(batch_op.f('ix_posters_job_id'), ['job_id'], unique=False)
        batch_op.create_index('ix_posters_owner_created_at', ['owner', 'preview', 'created_at'], unique=False)
        batch_op.create_index('ix_posters_theme_gallery_seq', ['theme', 'gallery_seq'], unique=False)

    op.create_table('streams',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('epoch', sa.String(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_streams'))
    )
    op.create_table('jobs',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('preview', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('active_key', sa.String(), nullable=True),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('theme', sa.String(), nullable=False),
    sa.Column('format', sa.String(), nullable=False),
    sa.Column('megapixels', sa.Double(), nullable=False),
    sa.Column('distance_m', sa.Double(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('interruptions', sa.Integer(), nullable=False),
    sa.Column('created_at', infra.db.models.UtcDateTime(timezone=True), nullable=False),
    sa.Column('not_before', infra.db.models.UtcDateTime(timezone=True), nullable=True),
    sa.Column('started_at', infra.db.models.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', infra.db.models.UtcDateTime(timezone=True), nullable=True),
    sa.Column('estimate_s', sa.Double(), nullable=False),
        sa.Column('progress', sa.Integer(), nullable=False),
        sa.Column('step', sa.String(), nullable=False),
    sa.Column('poster_id', sa.String(), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.Column('error_message', sa.Text(), nullable=True),
    sa.Column('retry_allowed', sa.Boolean(), nullable=False),
    sa.Column('original_job_id', sa.String(), nullable=True),
    sa.Column('design', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['poster_id'], ['posters.id'], name=op.f('fk_jobs_poster_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs')),
    sa.UniqueConstraint('active_key', name=op.f('uq_jobs_active_key'))
    )
    with op.batch_alter_table('jobs') as batch_op:
        batch_op.create_index('ix_jobs_owner_state', ['owner', 'state'], unique=False)
        batch_op.create_index('ix_jobs_preview_ended_at', ['preview', 'ended_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_jobs_poster_id'), ['poster_id'], unique=False)
        batch_op.create_index('ix_jobs_state_created_at', ['state', 'created_at'], unique=False)
        batch_op.create_index('ix_jobs_state_ended_at', ['state', 'ended_at'], unique=False)

    op.create_table('job_followers',
    sa.Column('job_id', sa.String(), nullable=False),
    sa.Column('user_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_job_followers_job_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('job_id', 'user_id', name=op.f('pk_job_followers'))
    )
