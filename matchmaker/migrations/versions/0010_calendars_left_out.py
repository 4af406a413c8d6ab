"""what of a calendar did not come, and why"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NEW = ("left_out", "notes")


def upgrade() -> None:
    with op.batch_alter_table("calendar_source") as batch:
        for name in _NEW:
            batch.add_column(
                sa.Column(name, sa.JSON(), nullable=False, server_default="[]")
            )
    with op.batch_alter_table("calendar_source") as batch:
        for name in _NEW:
            batch.alter_column(name, server_default=None)
    # It was kept as it was read, and is kept as what was understood of it now: it is
    # read again when somebody looks.
    op.execute("UPDATE calendar_source SET pending = NULL")


def downgrade() -> None:
    op.execute("UPDATE calendar_source SET pending = NULL")
    with op.batch_alter_table("calendar_source") as batch:
        for name in _NEW:
            batch.drop_column(name)
