"""Pools that keep dead connections, columns that keep the time of the start, tables that are not what models say."""

from __future__ import annotations

from faults import Fault

DATABASE = "shop/database.py"
ITEM = "shop/models/item.py"
POSTGRESQL = {"DATABASE_URL": "postgresql+psycopg://shop:kettle@127.0.0.1:1/shop"}
PRE_PING = """    return {
        "pool_pre_ping": True,
        "hide_parameters": True,
        "pool_size": pool_size,"""

FAULTS = (
    Fault(
        "sqlalchemy/pool-not-resilient",
        "connections are not tested and never renewed",
        (
            (DATABASE, PRE_PING, PRE_PING.replace('        "pool_pre_ping": True,\n', "")),
            (DATABASE, '        "pool_recycle": 1_800,\n', ""),
        ),
        POSTGRESQL,
    ),
    Fault(
        "sqlalchemy/column-default-evaluated-once",
        "every item is of the time of the start",
        ((ITEM, "mapped_column(Moment, default=now)\n", "mapped_column(Moment, default=now())\n"),),
    ),
    Fault(
        "migrate/bound-without-db",
        "migrate is bound without the database",
        (("shop/extensions.py", "    migrate.init_app(app, db)\n", "    migrate.init_app(app)\n"),),
    ),
    Fault(
        "migrate/models-differ-from-tables",
        "a model has a column that no revision adds",
        ((ITEM, "    price: Mapped[int]\n", "    price: Mapped[int]\n    stock: Mapped[int | None]\n"),),
        backends=True,
    ),
    Fault(
        "migrate/revisions-pending",
        "a revision has not been applied",
        (
            (
                "shop/migrations/versions/0003_stock.py",
                "",
                (
                    '"""Stock."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision = "0003"\ndown_revision = "0002"\n'
                    "branch_labels = None\ndepends_on = None\n\n\ndef upgrade() -> None:\n"
                    '    op.add_column("items", sa.Column("stock", sa.Integer()))\n\n\ndef downgrade() -> None:\n'
                    '    op.drop_column("items", "stock")\n'
                ),
            ),
            (ITEM, "    price: Mapped[int]\n", "    price: Mapped[int]\n    stock: Mapped[int | None]\n"),
        ),
        backends=True,
    ),
    Fault(
        "migrate/several-heads",
        "two revisions follow the same one",
        tuple(
            (
                f"shop/migrations/versions/{name}.py",
                "",
                (
                    f'"""Nothing."""\n\nrevision = "{name}"\ndown_revision = "0002"\nbranch_labels = None\ndepends_on = None\n\n\n'
                    "def upgrade() -> None:\n    pass\n\n\ndef downgrade() -> None:\n    pass\n"
                ),
            )
            for name in ("0003a", "0003b")
        ),
        backends=True,
    ),
    Fault("backends/unreachable", "the database does not answer", (), POSTGRESQL, backends=True),
    Fault("backends/unreachable", "Redis does not answer", (), {"REDIS_URL": "redis://127.0.0.1:1/0"}, backends=True),
)
