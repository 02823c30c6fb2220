"""The canvas: seasons, snapshots, placements, cooldowns and orders."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('canvas_seasons',
    sa.Column('epoch', BIG_KEY, autoincrement=False, nullable=False),
    sa.Column('started_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('palette', sa.JSON(), nullable=False),
    sa.Column('first_seq', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('epoch', name=op.f('pk_canvas_seasons'))
    )
    op.create_table('canvas_snapshots',
    sa.Column('epoch', BIG_KEY, nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('board', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['epoch'], ['canvas_seasons.epoch'], name=op.f('fk_canvas_snapshots_epoch')),
    sa.PrimaryKeyConstraint('epoch', 'seq', name=op.f('pk_canvas_snapshots'))
    )
    op.create_table('canvas_actors',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canvas_actors')),
    sa.UniqueConstraint('user_id', name=op.f('uq_canvas_actors_user_id'))
    )
    op.create_table('canvas_placements',
    sa.Column('seq', BIG_KEY, autoincrement=False, nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('cell', sa.Integer(), nullable=False),
    sa.Column('old_colour', sa.SmallInteger(), nullable=False),
    sa.Column('new_colour', sa.SmallInteger(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.SmallInteger(), nullable=False),
    sa.Column('request_key', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['canvas_actors.id'], name=op.f('fk_canvas_placements_actor_id')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_canvas_placements'))
    )
    op.create_index('ix_canvas_placements_cell', 'canvas_placements', ['cell', 'seq'], unique=False)
    op.create_table('canvas_cooldowns',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('full_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_canvas_cooldowns'))
    )
    op.create_index('ix_canvas_cooldowns_full_at_ms', 'canvas_cooldowns', ['full_at_ms'], unique=False)
    op.create_table('canvas_orders',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('arguments', sa.JSON(), nullable=False),
    sa.Column('done_at_ms', sa.BigInteger(), nullable=True),
    sa.Column('seq', sa.BigInteger(), nullable=True),
    sa.Column('result', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canvas_orders'))
    )
    op.create_index('ix_canvas_orders_done_at_ms', 'canvas_orders', ['done_at_ms'], unique=False)
