"""how close phrases are to topics is kept beside their vectors"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Read by another version, all of them are read again by the next job.
    with op.batch_alter_table("phrase_reading") as batch:
        batch.alter_column("encoder", new_column_name="read_by")
        batch.add_column(
            sa.Column(
                "closeness", sa.LargeBinary(), nullable=False, server_default=""
            )
        )
    with op.batch_alter_table("phrase_reading") as batch:
        batch.alter_column("closeness", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("phrase_reading") as batch:
        batch.drop_column("closeness")
        batch.alter_column("read_by", new_column_name="encoder")
