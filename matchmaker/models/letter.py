import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base
from matchmaker.models.encrypted import EncryptedText, EncryptedValues
from matchmaker.models.event import Event
from matchmaker.models.introduction import Introduction
from matchmaker.models.member import Member


class LetterStatus(enum.Enum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Letter(Base):
    """An e-mail of ours: a row made with what it announces, written when it is sent."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    # One letter for one cause: 2026-W48.space3.side17 can be written only once.
    cause: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    to: Mapped[str] = mapped_column(String(254))
    # Read again before it goes: a letter about somebody since blocked stays here.
    introduction_id: Mapped[int | None] = mapped_column(
        ForeignKey("introduction.id"), index=True
    )
    # Read again before it goes: the event may be off, or they may not come.
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    # Stops when the member no longer wants introductions in this membership.
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    # What its writing needs beside the database as it will be then: what was true when it
    # was caused, and tokens. Encrypted, and emptied once it is sent.
    details: Mapped[dict[str, Any]] = mapped_column(EncryptedValues, default=dict)
    # The letter as it was written, encrypted: kept for the mailbox of a demonstration.
    subject: Mapped[str] = mapped_column(EncryptedText, default="")
    text: Mapped[str] = mapped_column(EncryptedText, default="")
    html: Mapped[str] = mapped_column(EncryptedText, default="")
    calendar: Mapped[str] = mapped_column(EncryptedText, default="")
    headers: Mapped[dict[str, str]] = mapped_column(EncryptedValues, default=dict)
    status: Mapped[LetterStatus] = mapped_column(
        default=LetterStatus.QUEUED, index=True
    )
    attempts: Mapped[int] = mapped_column(default=0)
    # How often it went without our hearing whether it arrived: see mail/outbox.py.
    unknown_outcomes: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")

    member: Mapped[Member] = relationship()
    introduction: Mapped[Introduction | None] = relationship()
    event: Mapped[Event | None] = relationship()

    @property
    def calendar_name(self) -> str:
        """What its calendar file is called."""
        return "event.ics" if self.event_id else "meeting-times.ics"
