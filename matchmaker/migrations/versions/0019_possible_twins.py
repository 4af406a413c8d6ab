"""two accounts that may be one person's"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "possible_twins",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column(
            "likeness",
            sa.Enum(
                "mailbox",
                "name and company",
                "name",
                name="likeness",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "same", "different", name="twinverdict", native_enum=False, length=20
            ),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "first_id < second_id", name=op.f("ck_possible_twins_in_order")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["member.id"],
                name=op.f(f"fk_possible_twins_{column}_member"),
            )
            for column in ("first_id", "second_id", "decided_by_id")
        ),
        sa.PrimaryKeyConstraint(
            "first_id", "second_id", name=op.f("pk_possible_twins")
        ),
    )
    with op.batch_alter_table("possible_twins") as twins:
        twins.create_index(op.f("ix_possible_twins_second_id"), ["second_id"])


def downgrade() -> None:
    op.drop_table("possible_twins")
