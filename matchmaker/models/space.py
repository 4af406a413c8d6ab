import enum
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column, validates

from matchmaker.models.base import Base, utcnow


class Joining(enum.Enum):
    """Who may become a member of a space by themselves."""

    OPEN = "open"
    INVITATION = "invitation"
    APPROVAL = "approval"  # they ask, and an organiser decides


class Space(Base):
    """A community with its own members, rounds, clock and rules."""

    __tablename__ = "space"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    city: Mapped[str] = mapped_column(String(80), default="")
    blurb: Mapped[str] = mapped_column(Text, default="")
    timezone: Mapped[str] = mapped_column(String(60), default="UTC")
    joining: Mapped[Joining] = mapped_column(default=Joining.INVITATION)
    # When its organisers were last told who came by themselves.
    newcomers_told_at: Mapped[datetime | None]
    # The weekly round: ISO weekday (1 is Monday) and hour on the space's own clock.
    round_weekday: Mapped[int] = mapped_column(default=1)
    round_hour: Mapped[int] = mapped_column(default=9)
    # Whether each round waits until an organiser has approved it.
    waits_for_approval: Mapped[bool] = mapped_column(default=False)
    # Days until a member is reminded of an introduction, and until it ends unanswered.
    remind_after_days: Mapped[int] = mapped_column(default=3)
    end_after_days: Mapped[int] = mapped_column(default=7)
    # For how long two who were introduced are not introduced again.
    cool_down_weeks: Mapped[int] = mapped_column(default=52)
    # The share of the benefit that two of one industry lose: 0 nothing, 0.75 the most that
    # the engine's other terms leave (matching.types.Rules).
    industry_weight: Mapped[float] = mapped_column(default=0.1)
    # Shares of the introductions that are drawn at random where many take part (see
    # services.engine): so that other pairs have their chance (explore), and to see what
    # the engine adds to chance (control).
    explore_share: Mapped[float] = mapped_column(default=0.05)
    control_share: Mapped[float] = mapped_column(default=0.05)
    made_at: Mapped[datetime] = mapped_column(default=utcnow)

    def end_of_introduction(self, made_at: datetime) -> datetime:
        """Say when an introduction ends: an hour before a round that comes as many days
        later, so that who got no answer goes first in it."""
        return made_at + timedelta(days=self.end_after_days) - timedelta(hours=1)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @validates("timezone")
    def _known_zone(self, _key: str, name: str) -> str:
        ZoneInfo(name)
        return name
