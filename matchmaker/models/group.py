from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base
from matchmaker.models.member import Member
from matchmaker.models.space import Space


class Group(Base):
    """Members of a space who share an interest, with events of their own."""

    __tablename__ = "interest_group"  # GROUP is a word of SQL
    __table_args__ = (UniqueConstraint("space_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    blurb: Mapped[str] = mapped_column(Text, default="")  # Markdown
    made_at: Mapped[datetime]
    # No longer listed, and no new events; what there was stays.
    archived_at: Mapped[datetime | None]

    space: Mapped[Space] = relationship()
    followings: Mapped[list["Following"]] = relationship(
        back_populates="group", cascade="all, delete-orphan"
    )
    picture: Mapped["GroupPicture | None"] = relationship(cascade="all, delete-orphan")


class Following(Base):
    """A member who follows a group, or hosts its events."""

    __tablename__ = "following"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("interest_group.id"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, index=True
    )
    is_host: Mapped[bool] = mapped_column(default=False)
    # Said yes to a letter for each new event.
    wants_letters: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]

    group: Mapped[Group] = relationship(back_populates="followings")
    member: Mapped[Member] = relationship()


class GroupPicture(Base):
    """What a group looks like, re-encoded by us."""

    __tablename__ = "group_picture"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("interest_group.id"), primary_key=True
    )
    # What it shows, for whoever cannot see it.
    caption: Mapped[str] = mapped_column(String(200), default="")
    width: Mapped[int]
    height: Mapped[int]
    webp: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]

    @property
    def version(self) -> int:
        """Another number for another picture: browsers keep what an address gives."""
        return int(self.made_at.timestamp() * 1000)
