import enum
import hmac
import re
import secrets
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, digest
from matchmaker.models.member import Member

_PREFIX = 12  # characters of it that are kept as they are, to find it by
_SHAPE = re.compile(r"mmk_[0-9a-f]{8}_[\w-]{43}", re.ASCII)


class Scope(enum.Enum):
    """What a program may do with a key; each allows all that those before it do."""

    READ = "events:read"
    RSVP = "events:rsvp"

    def allows(self, needed: "Scope") -> bool:
        return needed in {Scope.READ, self}


class ApiKey(Base):
    """A member's key, with which a program acts for them. Only its hash is kept."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("member_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    name: Mapped[str] = mapped_column(String(60))
    scope: Mapped[Scope]
    prefix: Mapped[str] = mapped_column(String(_PREFIX), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    # The member's `fs_uniquifier` then. A new password changes it, and so ends the key.
    made_under: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # Reading changes nothing, so it is not noted.
    last_changed_on: Mapped[date | None]

    member: Mapped[Member] = relationship(back_populates="api_keys")

    def give_secret(self) -> str:
        """Make the key itself. This is the one time at which anybody can read it."""
        text = f"mmk_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
        self.prefix, self.digest = text[:_PREFIX], digest(text)
        return text

    def is_written(self, text: str) -> bool:
        return hmac.compare_digest(self.digest, digest(text))

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at <= now

    @property
    def is_from_before_the_password(self) -> bool:
        return self.made_under != self.member.fs_uniquifier


def prefix_of(text: str) -> str | None:
    """What to look a key up by; nothing for what is no key."""
    return text[:_PREFIX] if _SHAPE.fullmatch(text) else None
