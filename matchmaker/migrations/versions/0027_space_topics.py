"""topics that a space has of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "space_topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("near", sa.JSON(), nullable=False),
        sa.Column("static", sa.LargeBinary(), nullable=False),
        sa.Column("multilingual", sa.LargeBinary(), nullable=False),
        sa.Column("encoder", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_space_topic_space_id_space")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space_topic")),
        sa.UniqueConstraint("space_id", "name", name=op.f("uq_space_topic_space_id")),
    )


def downgrade() -> None:
    op.drop_table("space_topic")
