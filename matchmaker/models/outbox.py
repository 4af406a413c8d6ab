from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base


class Outbox(Base):
    """How it stands with the sending of letters: one row, the first."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Which installation the letters are sent by; none before the first is written.
    installation: Mapped[str | None] = mapped_column(String(32))
    # How often a letter was claimed for sending.
    claims: Mapped[int] = mapped_column(default=0)
    # PostgreSQL: the transaction that wrote this row last, as it says itself.
    written_by: Mapped[str] = mapped_column(String(20), default="")
    # Nothing is sent since then, until the operator says so.
    held_at: Mapped[datetime | None]
    # The mail server refuses us, or is away: since when, when it is asked again, why.
    paused_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
