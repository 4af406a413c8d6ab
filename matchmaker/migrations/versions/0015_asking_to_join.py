"""asking to join a space"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("space") as space:
        space.add_column(sa.Column("newcomers_told_at", sa.DateTime(), nullable=True))
    op.create_table(
        "join_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_join_request_{column}_{table}")
            )
            for column, table in (
                ("member_id", "member"),
                ("space_id", "space"),
                ("decided_by_id", "member"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_request")),
        sa.UniqueConstraint(
            "member_id", "space_id", name=op.f("uq_join_request_member_id")
        ),
    )
    with op.batch_alter_table("join_request") as requests:
        requests.create_index(op.f("ix_join_request_space_id"), ["space_id"])


def downgrade() -> None:
    op.drop_table("join_request")
    with op.batch_alter_table("space") as space:
        space.drop_column("newcomers_told_at")
