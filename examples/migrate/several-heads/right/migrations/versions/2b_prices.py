"""Prices."""

import sqlalchemy as sa
from alembic import op

revision = "2b"
down_revision = "1a"


def upgrade():
    op.add_column("item", sa.Column("price", sa.Integer))


def downgrade():
    op.drop_column("item", "price")
