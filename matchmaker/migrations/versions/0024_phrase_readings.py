"""members' phrases as the encoders read them, and what members say they mean"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phrase_reading",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "field",
            sa.Enum(
                "offers",
                "wants",
                "interests",
                "mentor_topics",
                "mentee_topics",
                name="phrasefield",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("static", sa.LargeBinary(), nullable=False),
        sa.Column("multilingual", sa.LargeBinary(), nullable=False),
        sa.Column("encoder", sa.String(length=60), nullable=False),
        sa.Column("topics", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_phrase_reading_member_id_member"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "member_id", "field", "text", name=op.f("pk_phrase_reading")
        ),
    )
    op.create_index(op.f("ix_phrase_reading_text"), "phrase_reading", ["text"])
    with op.batch_alter_table("profile") as batch:
        batch.add_column(
            sa.Column("read_by", sa.String(60), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("readings_seen_at", sa.DateTime(), nullable=True))
        batch.create_index(op.f("ix_profile_read_by"), ["read_by"])
    with op.batch_alter_table("profile") as batch:
        batch.alter_column("read_by", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("profile") as batch:
        batch.drop_index(op.f("ix_profile_read_by"))
        batch.drop_column("readings_seen_at")
        batch.drop_column("read_by")
    op.drop_table("phrase_reading")
