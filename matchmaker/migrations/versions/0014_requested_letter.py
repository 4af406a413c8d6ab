"""letters that anybody can ask for, counted by mailbox"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "requested_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("was_confirmed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_letter")),
    )
    with op.batch_alter_table("requested_letter") as batch:
        for column in ("created_at", "mailbox", "source"):
            batch.create_index(op.f(f"ix_requested_letter_{column}"), [column])


def downgrade() -> None:
    op.drop_table("requested_letter")
