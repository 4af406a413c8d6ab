"""one side may say that a meeting won't happen"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("side") as batch:
        batch.add_column(
            sa.Column(
                "gave_up", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
    with op.batch_alter_table("side") as batch:
        batch.alter_column("gave_up", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("side") as batch:
        batch.drop_column("gave_up")
