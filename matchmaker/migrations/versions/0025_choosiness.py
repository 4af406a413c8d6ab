"""how choosy a member is"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    choosiness = sa.Enum(
        "help", "common", "anyone", name="choosiness", native_enum=False, length=20
    )
    with op.batch_alter_table("profile") as batch:
        batch.add_column(
            sa.Column("choosiness", choosiness, nullable=False, server_default="common")
        )
    with op.batch_alter_table("profile") as batch:
        batch.alter_column("choosiness", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("profile") as batch:
        batch.drop_column("choosiness")
