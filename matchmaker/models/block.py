"""Who has blocked who. Only `matchmaker.queries`, and who makes or lifts a block, asks."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base


class Block(Base):
    """Two members who aren't shown or sent to each other. Silent, and holds both ways.

    Each may have blocked the other; lifting one's own block leaves the other's.
    """

    __tablename__ = "block"

    blocker_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    blocked_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, index=True
    )
    # As the blocker knew them, for their own list: today's name isn't theirs to see.
    called: Mapped[str] = mapped_column(String(60), default="")
    made_at: Mapped[datetime]
