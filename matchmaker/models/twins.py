"""Two accounts that may be one person's."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base
from matchmaker.models.member import Member


class Likeness(enum.Enum):
    """What two accounts have in common."""

    MAILBOX = "mailbox"
    NAME_AND_COMPANY = "name and company"
    NAME = "name"


class TwinVerdict(enum.Enum):
    """What an organiser said of two accounts."""

    SAME = "same"
    DIFFERENT = "different"


class PossibleTwins(Base):
    """Two accounts that look like one person's.

    They are kept apart (`queries.blocks.kept_apart`) unless an organiser says that they are
    different people.
    """

    __tablename__ = "possible_twins"
    __table_args__ = (CheckConstraint("first_id < second_id", name="in_order"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, index=True
    )
    likeness: Mapped[Likeness]
    found_at: Mapped[datetime]
    verdict: Mapped[TwinVerdict | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    first: Mapped[Member] = relationship(foreign_keys=[first_id])
    second: Mapped[Member] = relationship(foreign_keys=[second_id])
    decided_by: Mapped[Member | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def members(self) -> list[Member]:
        return [self.first, self.second]
