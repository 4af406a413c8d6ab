"""names and titles as searches look in them; domains of other letters in plain ones"""

import sqlalchemy as sa
from alembic import op

from matchmaker.email_addresses import look_up
from matchmaker.text import search_text

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_SEARCHED = (
    ("member", "search_name", ("name", "preferred_name")),
    ("event", "search_text", ("title", "place")),
)


def upgrade() -> None:
    for table, column, sources in _SEARCHED:
        with op.batch_alter_table(table) as batch:
            batch.add_column(
                sa.Column(column, sa.Text(), nullable=False, server_default="")
            )
        rows = sa.table(table, sa.column("id"), *map(sa.column, (column, *sources)))
        connection = op.get_bind()
        for id_, *texts in connection.execute(
            sa.select(rows.c.id, *(rows.c[source] for source in sources))
        ).all():
            connection.execute(
                sa.update(rows)
                .where(rows.c.id == id_)
                .values({column: search_text(*texts)})
            )
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, server_default=None)
    _write_domains_plainly()


def _write_domains_plainly() -> None:
    members = sa.table("member", sa.column("id"), sa.column("email"))
    connection = op.get_bind()
    kept = dict(connection.execute(sa.select(members.c.email, members.c.id)).all())
    for email, id_ in kept.items():
        if not email.isascii() and (plain := look_up(email)) not in kept:
            connection.execute(
                sa.update(members).where(members.c.id == id_).values(email=plain)
            )


def downgrade() -> None:
    for table, column, _ in _SEARCHED:
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
