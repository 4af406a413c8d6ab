"""People who come to a space by themselves, and what its organisers said to it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base
from matchmaker.models.member import Member
from matchmaker.models.space import Space


class JoinRequest(Base):
    """Somebody who asked to join a space, or joined one that is open to all.

    Until it is approved there is no membership, so nothing counts or shows them there.
    """

    __tablename__ = "join_request"
    __table_args__ = (UniqueConstraint("member_id", "space_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    # What brings them here, in their words.
    words: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime]
    approved: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    # Nobody, where the space is open to all.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    space: Mapped[Space] = relationship()
    decided_by: Mapped[Member | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def is_waiting(self) -> bool:
        return self.approved is None
