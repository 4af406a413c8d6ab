"""letters that wait are not readable in the table"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("letter") as batch:
        batch.alter_column(
            "subject", existing_type=sa.String(length=200), type_=sa.Text()
        )
        batch.alter_column(
            "headers",
            existing_type=sa.JSON(),
            type_=sa.Text(),
            postgresql_using="headers::text",
        )


def downgrade() -> None:
    # What is encrypted is no JSON, and longer than a subject: those letters are over.
    op.execute("UPDATE letter SET subject = '', headers = '{}'")
    op.execute("UPDATE letter SET text = '', html = '', calendar = ''")
    with op.batch_alter_table("letter") as batch:
        batch.alter_column(
            "headers",
            existing_type=sa.Text(),
            type_=sa.JSON(),
            postgresql_using="headers::json",
        )
        batch.alter_column(
            "subject", existing_type=sa.Text(), type_=sa.String(length=200)
        )
