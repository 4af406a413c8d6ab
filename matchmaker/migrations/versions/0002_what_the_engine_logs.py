"""what the engine logs, and what members may ask of it"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Each column with what the rows that are there already get.
ADDED: dict[str, list[tuple[sa.Column[Any], str | None]]] = {
    "introduction": [
        (sa.Column("now", sa.JSON(), nullable=False), "[]"),
        (sa.Column("changed", sa.Text(), nullable=False), ""),
        (sa.Column("arm", sa.String(length=10), nullable=False), "best"),
        (sa.Column("propensity", sa.Double(), nullable=False), "1"),
        (sa.Column("block", sa.Integer(), nullable=True), None),
    ],
    "membership": [(sa.Column("per_round", sa.Integer(), nullable=False), "1")],
    "profile": [
        (sa.Column("unlike", sa.Integer(), nullable=False), "0"),
        (sa.Column("words_changed_at", sa.DateTime(), nullable=True), None),
        (sa.Column("new_words", sa.JSON(), nullable=False), "[]"),
    ],
    "round": [(sa.Column("blocks", sa.JSON(), nullable=False), "[]")],
    "side": [(sa.Column("features", sa.JSON(), nullable=False), "[]")],
    "space": [
        (sa.Column("explore_share", sa.Double(), nullable=False), "0.05"),
        (sa.Column("control_share", sa.Double(), nullable=False), "0.05"),
    ],
}
CHECKS = {
    "membership": ("ck_membership_per_round", "per_round BETWEEN 1 AND 3"),
    "profile": ("ck_profile_unlike", "unlike BETWEEN -1 AND 1"),
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for column, default in columns:
                if default is not None:
                    column.server_default = sa.DefaultClause(default)
                batch.add_column(column)
        with op.batch_alter_table(table) as batch:
            for column, default in columns:
                if default is not None:
                    batch.alter_column(column.name, server_default=None)
            if table in CHECKS:
                name, condition = CHECKS[table]
                batch.create_check_constraint(op.f(name), condition)


def downgrade() -> None:
    for table, columns in reversed(ADDED.items()):
        with op.batch_alter_table(table) as batch:
            if table in CHECKS:
                batch.drop_constraint(op.f(CHECKS[table][0]), type_="check")
            for column, _ in columns:
                batch.drop_column(column.name)
