"""Stock."""

import sqlalchemy as sa
from alembic import op

revision = "3c"
down_revision = "2b"


def upgrade():
    op.add_column("item", sa.Column("stock", sa.Integer))


def downgrade():
    op.drop_column("item", "stock")
