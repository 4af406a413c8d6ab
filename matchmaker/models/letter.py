import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base
from matchmaker.models.encrypted import EncryptedFields, EncryptedText
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
    """An e-mail of ours. It is written with what it announces, and sent by a job."""

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
    # All of it encrypted, and emptied once sent but for the subject: it holds links that
    # act for the member.
    subject: Mapped[str] = mapped_column(EncryptedText)
    text: Mapped[str] = mapped_column(EncryptedText)
    html: Mapped[str] = mapped_column(EncryptedText)
    calendar: Mapped[str] = mapped_column(EncryptedText, default="")
    # Further header fields, such as List-Unsubscribe and Reply-To.
    headers: Mapped[dict[str, str]] = mapped_column(EncryptedFields, default=dict)
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
