import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base
from matchmaker.models.member import Member
from matchmaker.models.space import Space


class DecisionKind(enum.Enum):
    APART = "apart"  # these two are not introduced to each other
    TOGETHER = "together"  # these two are, if no rule forbids it
    ASIDE = "aside"  # this member is not introduced
    APPROVED = "approved"  # the round may run


class RoundDecision(Base):
    """What an organiser decided of a round before it ran; it holds for each new draft."""

    __tablename__ = "round_decision"
    __table_args__ = (CheckConstraint("first_id < second_id", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    kind: Mapped[DecisionKind]
    # Of which week's round; None: of every one. Only two can be kept apart for good.
    week: Mapped[str | None] = mapped_column(String(8))
    first_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    second_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    space: Mapped[Space] = relationship()
    first: Mapped[Member | None] = relationship(foreign_keys=first_id)
    second: Mapped[Member | None] = relationship(foreign_keys=second_id)
    made_by: Mapped[Member] = relationship(foreign_keys=made_by_id)

    @property
    def members(self) -> list[Member]:
        return [member for member in (self.first, self.second) if member]

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(id_ for id_ in (self.first_id, self.second_id) if id_)
