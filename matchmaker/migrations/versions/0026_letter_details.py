"""letters are written when they are sent"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Those that wait already keep what they say, and are sent as they are.
    with op.batch_alter_table("letter") as batch:
        batch.add_column(
            sa.Column("details", sa.Text(), nullable=False, server_default="")
        )
    with op.batch_alter_table("letter") as batch:
        batch.alter_column("details", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("letter") as batch:
        batch.drop_column("details")
