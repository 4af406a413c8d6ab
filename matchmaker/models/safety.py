"""What members report to the organisers of their space."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base
from matchmaker.models.event import Event
from matchmaker.models.member import Member
from matchmaker.models.space import Space


class Concern(enum.Enum):
    """What a report is about."""

    UNWANTED = "unwanted contact"
    UNSAFE = "unsafe"
    DISHONEST = "dishonest"
    OTHER = "other"


class SafetyReport(Base):
    """What a member tells the organisers of a space about another, or about an event.

    While it is open, reporter and reported are kept apart (`queries.blocks.kept_apart`).
    """

    __tablename__ = "safety_report"
    __table_args__ = (
        CheckConstraint(
            "reported_id IS NOT NULL OR event_id IS NOT NULL", name="about_something"
        ),
        CheckConstraint("reported_id != reporter_id", name="about_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    reported_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    concern: Mapped[Concern]
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    # What the organisers did about it.
    notes: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    space: Mapped[Space] = relationship()
    reporter: Mapped[Member] = relationship(foreign_keys=[reporter_id])
    reported: Mapped[Member | None] = relationship(foreign_keys=[reported_id])
    event: Mapped[Event | None] = relationship()
    closed_by: Mapped[Member | None] = relationship(foreign_keys=[closed_by_id])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
