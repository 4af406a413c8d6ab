"""counts of failed tries, the same in every process"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("clear_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    with op.batch_alter_table("throttle") as batch:
        batch.create_index(op.f("ix_throttle_clear_at"), ["clear_at"])


def downgrade() -> None:
    op.drop_table("throttle")
