"""why somebody was left out: true reasons only"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # It was said of who had nobody but colleagues, of who was blocked, and of who was alone.
    op.execute(
        "UPDATE left_out SET why = 'below threshold' WHERE why = 'no one allowed'"
    )


def downgrade() -> None:
    pass  # which of them it was is not known, and need not be
