from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base
from matchmaker.models.space import Space


class SpaceTopic(Base):
    """A topic that a space has besides those we ship: a craft, a dialect, a local thing."""

    __tablename__ = "space_topic"
    __table_args__ = (UniqueConstraint("space_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    name: Mapped[str] = mapped_column(String(60))
    # Other ways to say it, in any language.
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Slugs of shipped topics that help with much the same.
    near: Mapped[list[str]] = mapped_column(JSON, default=list)
    # The vectors of the name and the aliases, one after the other; see `PhraseReading`.
    static: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    multilingual: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    # The version of the encoders that made them; "": none have yet.
    encoder: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime]

    space: Mapped[Space] = relationship()

    @property
    def slug(self) -> str:
        return f"own-{self.id}"

    @property
    def texts(self) -> tuple[str, ...]:
        """Every way to say it, the name first."""
        return tuple(dict.fromkeys([self.name, *self.aliases]))
