"""an introduction ends by itself, and who answers none of several rests"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("space") as batch:
        batch.add_column(
            sa.Column(
                "remind_after_days", sa.Integer(), nullable=False, server_default="3"
            )
        )
        batch.add_column(
            sa.Column(
                "end_after_days", sa.Integer(), nullable=False, server_default="7"
            )
        )
    with op.batch_alter_table("space") as batch:
        batch.alter_column("remind_after_days", server_default=None)
        batch.alter_column("end_after_days", server_default=None)
    with op.batch_alter_table("membership") as batch:
        batch.add_column(
            sa.Column("unanswered", sa.Integer(), nullable=False, server_default="0")
        )
        batch.add_column(sa.Column("resting_since", sa.DateTime(), nullable=True))
    with op.batch_alter_table("membership") as batch:
        batch.alter_column("unanswered", server_default=None)
    with op.batch_alter_table("introduction") as batch:
        batch.add_column(sa.Column("ends_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("ended_at", sa.DateTime(), nullable=True))
    # Those that never came about ended long ago, and nobody is written to about it.
    op.execute("UPDATE introduction SET ends_at = made_at")
    op.execute(
        "UPDATE introduction SET ended_at = made_at"
        " WHERE introduced_at IS NULL AND withdrawn_at IS NULL"
    )
    with op.batch_alter_table("introduction") as batch:
        batch.alter_column("ends_at", existing_type=sa.DateTime(), nullable=False)
    with op.batch_alter_table("side") as batch:
        batch.add_column(sa.Column("reminded_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.execute("UPDATE side SET answer = 'let go' WHERE answer = 'we know each other'")
    with op.batch_alter_table("side") as batch:
        batch.drop_column("reminded_at")
    with op.batch_alter_table("introduction") as batch:
        batch.drop_column("ended_at")
        batch.drop_column("ends_at")
    with op.batch_alter_table("membership") as batch:
        batch.drop_column("resting_since")
        batch.drop_column("unanswered")
    with op.batch_alter_table("space") as batch:
        batch.drop_column("end_after_days")
        batch.drop_column("remind_after_days")
