"""how many of somebody's guests came"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rsvp") as batch:
        batch.add_column(sa.Column("guests_here", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            batch.f("ck_rsvp_guests_here"), "guests_here BETWEEN 0 AND guests"
        )


def downgrade() -> None:
    with op.batch_alter_table("rsvp") as batch:
        batch.drop_constraint(batch.f("ck_rsvp_guests_here"), type_="check")
        batch.drop_column("guests_here")
