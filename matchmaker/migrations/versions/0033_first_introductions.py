"""a newcomer's first introduction is looked for once, beside the rounds"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("membership") as batch:
        batch.add_column(sa.Column("sought_at", sa.DateTime(), nullable=True))
    # Those who are here already wait for their rounds, as they were told.
    op.execute("UPDATE membership SET sought_at = joined_at")


def downgrade() -> None:
    with op.batch_alter_table("membership") as batch:
        batch.drop_column("sought_at")
