"""What happens in the room: tables, and hours with a mentor."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base
from matchmaker.models.event import Event
from matchmaker.models.member import Member


class Seating(Base):
    """An event's rounds of tables: who sits where, and which round it is."""

    __tablename__ = "seating"
    __table_args__ = (
        CheckConstraint("rounds BETWEEN 1 AND 20", name="rounds"),
        CheckConstraint("table_size BETWEEN 2 AND 12", name="table_size"),
        CheckConstraint("minutes BETWEEN 1 AND 240", name="minutes"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    rounds: Mapped[int]
    table_size: Mapped[int]
    minutes: Mapped[int]  # of a round
    # What to give the engine to see the same seating again.
    seed: Mapped[int]
    # Pairs at one table more than once, and the fewest that there must be.
    repeats: Mapped[int]
    repeats_bound: Mapped[int]
    # Pairs at one table who had met before.
    met_before: Mapped[int]
    # What the pairs at one table could give each other, together; the same of tables
    # drawn at random; and what no tables can exceed.
    benefit: Mapped[float]
    random_benefit: Mapped[float]
    benefit_bound: Mapped[float]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    # The round under way, from 1; 0: not begun.
    round_now: Mapped[int] = mapped_column(default=0)
    round_ends_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    seats: Mapped[list["Seat"]] = relationship(
        back_populates="seating",
        cascade="all, delete-orphan",
        order_by="Seat.round, Seat.table, Seat.member_id",
    )


class Seat(Base):
    """At which table somebody sits in a round."""

    __tablename__ = "seat"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("seating.event_id"), primary_key=True
    )
    round: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, index=True
    )
    table: Mapped[int]  # from 1

    seating: Mapped[Seating] = relationship(back_populates="seats")
    member: Mapped[Member] = relationship()


class Slot(Base):
    """Some minutes with a mentor at an event, free or booked."""

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("event_id", "mentor_id", "starts_at"),
        CheckConstraint("minutes BETWEEN 5 AND 240", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    mentee_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    topic: Mapped[str] = mapped_column(String(200), default="")
    booked_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    mentor: Mapped[Member] = relationship(foreign_keys=[mentor_id])
    mentee: Mapped[Member | None] = relationship(foreign_keys=[mentee_id])
