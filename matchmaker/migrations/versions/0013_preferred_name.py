"""what a member would like to be called"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("member") as batch:
        batch.add_column(
            sa.Column(
                "preferred_name",
                sa.String(length=30),
                nullable=False,
                server_default="",
            )
        )
    with op.batch_alter_table("member") as batch:
        batch.alter_column("preferred_name", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("member") as batch:
        batch.drop_column("preferred_name")
