from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base
from matchmaker.models.member import Member


class MemberSession(Base):
    """A browser in which a member is signed in. Only the hash of its token is kept."""

    __tablename__ = "member_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    # The member's `fs_uniquifier` then. A new password changes it, and so ends the session.
    made_under: Mapped[str] = mapped_column(String(64))
    # The browser and the system in words, as it gave them itself.
    device: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    # When it last changed something, to the hour: opening a page writes nothing.
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    member: Mapped[Member] = relationship(back_populates="sessions")
