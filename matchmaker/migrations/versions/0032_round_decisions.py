"""what organisers decide of a round before it runs, and whether it waits for them"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "apart",
                "together",
                "aside",
                "approved",
                name="decisionkind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("week", sa.String(length=8), nullable=True),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "first_id < second_id", name=op.f("ck_round_decision_order")
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["member.id"], name=op.f("fk_round_decision_first_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["member.id"],
            name=op.f("fk_round_decision_made_by_id_member"),
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["member.id"],
            name=op.f("fk_round_decision_second_id_member"),
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_round_decision_space_id_space")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_decision")),
    )
    for column in ("space_id", "first_id", "second_id"):
        op.create_index(
            op.f(f"ix_round_decision_{column}"), "round_decision", [column]
        )
    with op.batch_alter_table("space") as batch:
        batch.add_column(
            sa.Column(
                "waits_for_approval",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
            )
        )
    with op.batch_alter_table("space") as batch:
        batch.alter_column("waits_for_approval", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("space") as batch:
        batch.drop_column("waits_for_approval")
    op.drop_table("round_decision")
