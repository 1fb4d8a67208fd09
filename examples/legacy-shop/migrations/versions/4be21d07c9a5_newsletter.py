"""ask customers whether they want the newsletter"""

import sqlalchemy as sa
from alembic import op

revision = "4be21d07c9a5"
down_revision = None


def upgrade():
    with op.batch_alter_table("user") as batch:
        batch.add_column(sa.Column("newsletter", sa.Boolean()))


def downgrade():
    with op.batch_alter_table("user") as batch:
        batch.drop_column("newsletter")
