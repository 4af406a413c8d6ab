from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.enums import UnmatchedReason
from matchmaker.models.base import Base
from matchmaker.models.event import Event
from matchmaker.models.member import Member
from matchmaker.models.space import Space

if TYPE_CHECKING:
    from matchmaker.models.introduction import Introduction


class Round(Base):
    """One run of the engine: for a space and an ISO week, or for an event."""

    __tablename__ = "round"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    week: Mapped[str] = mapped_column(String(8))  # 2026-W48
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    # What to give the engine to see the same round again.
    seed: Mapped[int]
    # What the introductions are worth together, and what no other choice can exceed.
    value: Mapped[float]
    bound: Mapped[float]
    # Whether the engine proved that no other choice is worth more.
    is_optimal: Mapped[bool]
    # What was drawn at random together, what could have become of it and how likely: what
    # matching.RandomisedBlock has. The history from which another way of choosing is judged.
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    made_at: Mapped[datetime]

    space: Mapped[Space] = relationship()
    event: Mapped[Event | None] = relationship()
    introductions: Mapped[list["Introduction"]] = relationship(
        back_populates="round",
        cascade="all, delete-orphan",
        order_by="Introduction.value.desc(), Introduction.id",
    )
    left_out: Mapped[list["LeftOut"]] = relationship(
        back_populates="round", cascade="all, delete-orphan"
    )

    @property
    def gap(self) -> float:
        """What a better choice could add at most, as a share of the bound."""
        return 1 - self.value / self.bound if self.bound else 0.0


# A space has one round a week; beside it, events have theirs.
Index(
    "uq_round_space_id_week",
    Round.space_id,
    Round.week,
    unique=True,
    sqlite_where=Round.event_id.is_(None),
    postgresql_where=Round.event_id.is_(None),
)


class SuggestedLine(TypedDict):
    """Something that others here look for, or like."""

    field: str  # of the profile
    topic: str  # slug


class LeftOut(Base):
    """A member who was due and got no introduction, and why."""

    __tablename__ = "left_out"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, index=True
    )
    why: Mapped[UnmatchedReason]
    # What they could add to their profile: what suits most others first.
    suggestions: Mapped[list[SuggestedLine]] = mapped_column(JSON, default=list)

    round: Mapped[Round] = relationship(back_populates="left_out")
    member: Mapped[Member] = relationship()
