"""what gains rest on, and why somebody was left out, by the engine's new names"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_WIDER = sa.String(length=30)
_REASON = sa.Enum(
    "nothing written",
    "no time",
    "no common language",
    "colleagues",
    "met lately",
    "nothing in common",
    "saved for later",
    "odd one out",
    name="unmatchedreason",
    native_enum=False,
    length=20,
)


def upgrade() -> None:
    # Hours and ways to meet keep nobody apart any more; for whom it was they that did,
    # and for whom a language, is not known.
    _rename_reason("unavailable", "nothing in common")
    _rename_reason("below threshold", "nothing in common")
    _rename_reason("put off", "saved for later")
    with op.batch_alter_table("left_out") as batch:
        batch.alter_column("why", existing_type=_WIDER, type_=_REASON)
        batch.add_column(
            sa.Column("suggestions", sa.JSON(), nullable=False, server_default="[]")
        )
    with op.batch_alter_table("left_out") as batch:
        batch.alter_column("suggestions", server_default=None)
    _rename_kind("offer meets want", "help")
    _rename_kind("mentoring", "giving", "part = 'mentor'")
    # Nobody could choose another but in the database.
    op.execute("UPDATE space SET industry_weight = 0.1 WHERE industry_weight = 0.2")
    with op.batch_alter_table("profile") as batch:
        batch.drop_column("is_hard_to_read")


def downgrade() -> None:
    with op.batch_alter_table("profile") as batch:
        batch.add_column(
            sa.Column(
                "is_hard_to_read", sa.Boolean(), nullable=False, server_default="0"
            )
        )
    with op.batch_alter_table("profile") as batch:
        batch.alter_column("is_hard_to_read", server_default=None)
    op.execute("UPDATE space SET industry_weight = 0.2 WHERE industry_weight = 0.1")
    _rename_kind("giving", "mentoring", "part = 'mentor'")
    _rename_kind("help", "offer meets want")
    with op.batch_alter_table("left_out") as batch:
        batch.alter_column("why", existing_type=_REASON, type_=_WIDER)
        batch.drop_column("suggestions")
    _rename_reason("no common language", "unavailable")
    _rename_reason("nothing in common", "below threshold")
    _rename_reason("saved for later", "put off")


def _rename_reason(old: str, new: str) -> None:
    op.execute(
        sa.text("UPDATE left_out SET why = :new WHERE why = :old").bindparams(
            old=old, new=new
        )
    )


def _rename_kind(old: str, new: str, which: str = "1 = 1") -> None:
    """Within JSON text a quote that belongs to a phrase is escaped, so this is a key."""
    gains = "REPLACE(CAST(gains AS TEXT), :old, :new)"
    if op.get_bind().dialect.name == "postgresql":
        gains = f"CAST({gains} AS JSON)"
    op.execute(
        sa.text(f"UPDATE side SET gains = {gains} WHERE {which}").bindparams(  # noqa: S608
            old=f'"kind": "{old}"', new=f'"kind": "{new}"'
        )
    )
