"""how it stands with the sending of letters"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    outbox = op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("installation", sa.String(length=32), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.String(length=20), nullable=False),
        sa.Column("held_at", sa.DateTime(), nullable=True),
        sa.Column("paused_at", sa.DateTime(), nullable=True),
        sa.Column("retry_at", sa.DateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    row = {"id": 1, "claims": 0, "written_by": "", "problem": ""}
    op.bulk_insert(outbox, [row])


def downgrade() -> None:
    op.drop_table("outbox")
