"""reports to organisers, and what a blocker calls the blocked"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("block") as block:
        block.add_column(
            sa.Column("called", sa.String(length=60), nullable=False, server_default="")
        )
    op.execute(
        "UPDATE block SET called = "
        "(SELECT name FROM member WHERE member.id = block.blocked_id)"
    )
    with op.batch_alter_table("block") as block:
        block.alter_column("called", server_default=None)
    op.create_table(
        "safety_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("reported_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column(
            "concern",
            sa.Enum(
                "unwanted contact",
                "unsafe",
                "dishonest",
                "other",
                name="concern",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "reported_id IS NOT NULL OR event_id IS NOT NULL",
            name=op.f("ck_safety_report_about_something"),
        ),
        sa.CheckConstraint(
            "reported_id != reporter_id", name=op.f("ck_safety_report_about_another")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{table}.id"],
                name=op.f(f"fk_safety_report_{column}_{table}"),
            )
            for column, table in (
                ("space_id", "space"),
                ("reporter_id", "member"),
                ("reported_id", "member"),
                ("event_id", "event"),
                ("closed_by_id", "member"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_report")),
    )
    with op.batch_alter_table("safety_report") as reports:
        for column in ("event_id", "reported_id", "reporter_id", "space_id"):
            reports.create_index(op.f(f"ix_safety_report_{column}"), [column])


def downgrade() -> None:
    op.drop_table("safety_report")
    with op.batch_alter_table("block") as block:
        block.drop_column("called")
