import enum
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from matchmaker.data import industries
from matchmaker.data import languages as known_languages
from matchmaker.models.base import Base
from matchmaker.models.member import Member
from matchmaker.models.reading import PhraseField


class Format(enum.Enum):
    """A way to meet."""

    COFFEE = "coffee"
    WALK = "walk"
    LUNCH = "lunch"
    ONLINE = "online"


class DayPart(enum.Enum):
    """A part of a working day."""

    MORNING = "morning"
    LUNCH = "lunch"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class Choosiness(enum.StrEnum):
    """What an introduction must hold for a member."""

    HELP = "help"  # one of the two can help the other
    COMMON = "common"  # or they have something real in common
    ANYONE = "anyone"  # or they just haven't met


class Profile(Base):
    """What others and the engine see of a member."""

    __tablename__ = "profile"
    __table_args__ = (
        CheckConstraint("years BETWEEN 0 AND 80", name="years"),
        CheckConstraint("mentor_places BETWEEN 0 AND 5", name="mentor_places"),
        CheckConstraint("unlike BETWEEN -1 AND 1", name="unlike"),
    )

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    headline: Mapped[str] = mapped_column(String(90), default="")
    company: Mapped[str] = mapped_column(String(80), default="")
    # The code of an ISIC Rev.4 class, or nothing.
    industry: Mapped[str] = mapped_column(String(4), default="")
    years: Mapped[int | None]
    bio: Mapped[str] = mapped_column(Text, default="")
    # Short phrases in the member's own words or from the skills vocabulary.
    offers: Mapped[list[str]] = mapped_column(JSON, default=list)
    wants: Mapped[list[str]] = mapped_column(JSON, default=list)
    interests: Mapped[list[str]] = mapped_column(JSON, default=list)
    mentor_topics: Mapped[list[str]] = mapped_column(JSON, default=list)
    mentor_places: Mapped[int] = mapped_column(default=0)
    mentee_topics: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Values of Format and DayPart; none chosen means that any will do.
    formats: Mapped[list[str]] = mapped_column(JSON, default=list)
    times: Mapped[list[str]] = mapped_column(JSON, default=list)
    # As our list names them; empty: any will do.
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    # From -1, people like me, to 1, people unlike me.
    unlike: Mapped[int] = mapped_column(default=0)
    choosiness: Mapped[Choosiness] = mapped_column(default=Choosiness.COMMON)
    # When they last changed what they offer, want or like, and what came in new.
    words_changed_at: Mapped[datetime | None]
    new_words: Mapped[list[str]] = mapped_column(JSON, default=list)
    # The version of the encoders that have read every phrase; "": some are still unread.
    read_by: Mapped[str] = mapped_column(String(60), default="", index=True)
    # When the member was last shown how we read their phrases, or would not look.
    readings_seen_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship(back_populates="profile")

    @validates(*(field.value for field in PhraseField))
    def _unread(self, _key: str, phrases: list[str]) -> list[str]:
        self.read_by = ""
        return phrases

    @property
    def phrases(self) -> list[tuple[PhraseField, str]]:
        """Every phrase with its field, in the order of the page."""
        return [
            (field, text)
            for field in PhraseField
            for text in getattr(self, field.value)
        ]

    @property
    def industry_label(self) -> str:
        industry = industries.get(self.industry)
        return industry.label if industry else ""

    @property
    def unknown_languages(self) -> list[str]:
        """What is wrong with languages written before there was a list of them."""
        return [str(problem) for problem in known_languages.unknown(self.languages)]

    @property
    def is_matchable(self) -> bool:
        """Whether a benefit could be stated for the member and for who meets them."""
        gives, seeks = self.offers or self.interests, self.wants or self.interests
        mentoring = self.mentor_topics or self.mentee_topics
        return bool(self.member.name and (mentoring or (gives and seeks)))
