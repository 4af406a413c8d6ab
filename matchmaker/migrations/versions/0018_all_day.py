"""events that last all day"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.add_column(
            sa.Column(
                "is_all_day", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
    with op.batch_alter_table("event") as batch:
        batch.alter_column("is_all_day", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.drop_column("is_all_day")
