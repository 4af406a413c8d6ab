"""why an event was called off"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.add_column(
            sa.Column("why_cancelled", sa.Text(), nullable=False, server_default="")
        )
    with op.batch_alter_table("event") as batch:
        batch.alter_column("why_cancelled", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.drop_column("why_cancelled")
