"""pictures of groups, and letters of their new events"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_picture",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("webp", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["interest_group.id"],
            name=op.f("fk_group_picture_group_id_interest_group"),
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_group_picture")),
    )
    with op.batch_alter_table("following") as batch:
        batch.add_column(
            sa.Column(
                "wants_letters",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
            )
        )
    with op.batch_alter_table("following") as batch:
        batch.alter_column("wants_letters", server_default=None)
    with op.batch_alter_table("series") as batch:
        batch.add_column(sa.Column("split_from_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_series_split_from_id_series"),
            "series",
            ["split_from_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("series") as batch:
        batch.drop_constraint(
            batch.f("fk_series_split_from_id_series"), type_="foreignkey"
        )
        batch.drop_column("split_from_id")
    with op.batch_alter_table("following") as batch:
        batch.drop_column("wants_letters")
    op.drop_table("group_picture")
