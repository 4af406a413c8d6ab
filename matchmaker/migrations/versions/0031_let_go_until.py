"""an introduction may be let go until a day, and people may have met before"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("side") as batch:
        batch.add_column(sa.Column("not_before", sa.Date(), nullable=True))
    with op.batch_alter_table("encounter") as batch:
        batch.add_column(sa.Column("met_on", sa.Date(), nullable=True))
    # What was taken back, or brought two together, before introductions ended.
    op.execute("UPDATE introduction SET ended_at = made_at WHERE ended_at IS NULL")


def downgrade() -> None:
    with op.batch_alter_table("encounter") as batch:
        batch.drop_column("met_on")
    with op.batch_alter_table("side") as batch:
        batch.drop_column("not_before")
