import enum
import secrets
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask_security import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from matchmaker.data import given_names
from matchmaker.models.base import Base, utcnow
from matchmaker.models.space import Space
from matchmaker.names import safe_name
from matchmaker.text import search_text

if TYPE_CHECKING:
    from matchmaker.models.api_key import ApiKey
    from matchmaker.models.member_session import MemberSession
    from matchmaker.models.profile import Profile


class Member(Base, UserMixin):
    """A person with an account, or one who was invited to make it."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(60), default="")
    # What they would like to be called; empty: guessed from the name.
    preferred_name: Mapped[str] = mapped_column(String(30), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[datetime | None]
    # Named so by Flask-Security. Changing it signs the member out everywhere.
    fs_uniquifier: Mapped[str] = mapped_column(
        String(64), unique=True, default=secrets.token_urlsafe
    )
    is_operator: Mapped[bool] = mapped_column(default=False)
    # Counted up to make their calendars' addresses, should one have got about, no more.
    calendar_version: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    # A letter to their address came back; nothing is sent there before one arrives.
    bounced_at: Mapped[datetime | None]
    # The names as searches look in them; kept by `_searchable`.
    search_name: Mapped[str] = mapped_column(Text, default="")

    profile: Mapped["Profile"] = relationship(
        back_populates="member", cascade="all, delete-orphan"
    )
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="member",
        cascade="all, delete-orphan",
        order_by="Membership.id",
    )
    api_keys: Mapped[list["ApiKey"]] = relationship(
        back_populates="member", cascade="all, delete-orphan", order_by="ApiKey.id"
    )
    sessions: Mapped[list["MemberSession"]] = relationship(
        back_populates="member",
        cascade="all, delete-orphan",
        order_by="MemberSession.id",
    )

    def __init__(self, **columns: Any) -> None:
        from matchmaker.models.profile import Profile

        columns.pop("roles", None)  # Flask-Security's; ours belong to a membership
        super().__init__(**{"profile": Profile()} | columns)

    @validates("email")
    def _one_spelling(self, _key: str, email: str) -> str:
        """Ana@ and ana@ are one mailbox, and so one account. A new one may be reached."""
        if self.email != email.lower():
            self.bounced_at = None
        return email.lower()

    @validates("name", "preferred_name")
    def _searchable(self, key: str, value: str) -> str:
        names = {"name": self.name, "preferred_name": self.preferred_name, key: value}
        self.search_name = search_text(*filter(None, names.values()))
        return value

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]  # nobody sets it
        """None: Flask-Security asks for roles that hold everywhere."""
        return []

    @property
    def called(self) -> str:
        """What one calls the member, on pages and in letters."""
        return (
            safe_name(self.preferred_name)
            or safe_name(given_names.guess(self.name))
            or safe_name(self.name)
            or "a fellow member"
        )

    @property
    def greeted(self) -> str:
        """What follows "Hello"."""
        return self.called if self.name.strip() else "there"

    @property
    def headline(self) -> str:
        return self.profile.headline

    @property
    def spaces(self) -> list[Space]:
        """The spaces in which the member takes part today."""
        return [m.space for m in self.memberships if m.is_active]

    def membership_in(self, space: Space) -> "Membership | None":
        return next((m for m in self.memberships if m.space_id == space.id), None)

    def organises(self, space: Space) -> bool:
        membership = self.membership_in(space)
        return self.is_operator or (
            membership is not None
            and membership.is_active
            and membership.role is Role.ORGANISER
        )


class Role(enum.Enum):
    """What a member does in a space."""

    MEMBER = "member"
    HOST = "host"
    ORGANISER = "organiser"


class MembershipStatus(enum.Enum):
    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class Membership(Base):
    """A member in a space: their role there, and how often they like to meet."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("member_id", "space_id"),
        CheckConstraint("cadence_weeks IN (1, 2, 4)", name="cadence"),
        CheckConstraint("per_round BETWEEN 1 AND 3", name="per_round"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    role: Mapped[Role] = mapped_column(default=Role.MEMBER)
    status: Mapped[MembershipStatus] = mapped_column(default=MembershipStatus.ACTIVE)
    invited_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    # Said yes to introductions; each yes and no is kept in Consent.
    wants_introductions: Mapped[bool] = mapped_column(default=False)
    cadence_weeks: Mapped[int] = mapped_column(default=1)
    # The most introductions they have time for in a round.
    per_round: Mapped[int] = mapped_column(default=1)
    # No introductions before this day; then they go on by themselves.
    paused_until: Mapped[date | None]
    # Introductions in a row that they have not answered; after a few we introduce them
    # to nobody until they come back.
    unanswered: Mapped[int] = mapped_column(default=0)
    resting_since: Mapped[datetime | None]
    # When we looked for their first introduction, which need not wait for a round.
    sought_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship(back_populates="memberships")
    space: Mapped[Space] = relationship()
    consents: Mapped[list["Consent"]] = relationship(
        back_populates="membership", cascade="all, delete-orphan"
    )

    @property
    def is_active(self) -> bool:
        return self.status is MembershipStatus.ACTIVE and self.member.active

    @property
    def is_uninvited(self) -> bool:
        """Whether they only walked in at an event and nobody asked them to join."""
        return self.status is MembershipStatus.INVITED and self.invited_at is None

    def is_paused(self, today: date) -> bool:
        """Whether a pause still holds; one that is over needs no clearing."""
        return self.paused_until is not None and self.paused_until > today


class Consent(Base):
    """A yes or no to introductions: when, and to which words."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    given: Mapped[bool]
    wording: Mapped[str] = mapped_column(Text)
    # How it was said: on the profile page, by the link in a letter.
    way: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime]

    membership: Mapped[Membership] = relationship(back_populates="consents")
