import enum
from datetime import date, datetime, timedelta
from typing import TypedDict

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base
from matchmaker.models.member import Member, Membership
from matchmaker.models.round import Round

# So long an answer can be taken back as if it had never been given.
UNDO = timedelta(minutes=10)


class Kind(enum.Enum):
    PEERS = "peers"
    MENTORING = "mentoring"
    CATCH_UP = "catch-up"  # of two who have met and valued it


class Part(enum.Enum):
    """What a member is in an introduction."""

    PEER = "peer"
    MENTOR = "mentor"
    MENTEE = "mentee"


class Answer(enum.Enum):
    YES = "yes"
    NOT_NOW = "not now"
    LET_GO = "let go"
    KNOWN = "we know each other"


class SideState(enum.Enum):
    """Where an introduction stands for one of its sides; the value is said on pages."""

    TO_ANSWER = "waiting for you"
    WAITING = "waiting for the other"  # this side said yes, and may change it
    DECLINED = "you declined"  # this side said no, and may change it
    INTRODUCED = "introduced"
    MET = "you met"
    OVER = "didn't happen"


class Outcome(enum.Enum):
    """What came of a meeting, for one side."""

    STATED = "stated"  # what the introduction said they would gain
    OTHER = "other"
    NOTHING = "nothing"


class StatedGain(TypedDict):
    """What one member may gain from another, in both members' own words."""

    giver: int
    offer: str
    want: str
    kind: str  # what it rests on: a value of GainKind
    strength: float


class Introduction(Base):
    """Two or three members proposed to each other in a round."""

    __tablename__ = "introduction"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    kind: Mapped[Kind]
    value: Mapped[float]
    industry_distance: Mapped[float]
    shared: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Why now: values of WhyNow; and of two who are re-kindled, what has changed.
    now: Mapped[list[str]] = mapped_column(JSON, default=list)
    changed: Mapped[str] = mapped_column(Text, default="")
    # How it was chosen: a value of matching.Arm, how likely the arm's lot was to make
    # it, and in which of the round's blocks.
    arm: Mapped[str] = mapped_column(String(10), default="best")
    propensity: Mapped[float] = mapped_column(default=1.0)
    block: Mapped[int | None]
    made_at: Mapped[datetime]
    # Until then all can say yes. Only then does anybody hear that somebody did not.
    ends_at: Mapped[datetime]
    # When it ended: without a yes of all, or long after it without a meeting.
    ended_at: Mapped[datetime | None]
    # All said yes, and were given each other's addresses.
    introduced_at: Mapped[datetime | None]
    # Taken back, by a block or because somebody left. Nobody is told which.
    withdrawn_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship(back_populates="introductions")
    sides: Mapped[list["Side"]] = relationship(
        back_populates="introduction",
        cascade="all, delete-orphan",
        order_by="Side.member_id",
    )

    @property
    def members(self) -> list[Member]:
        return [side.member for side in self.sides]

    @property
    def everybody_takes_part(self) -> bool:
        """Whether all its members are active in its space today."""
        return all(m is not None and m.is_active for m in self._memberships)

    @property
    def everybody_wants_introductions(self) -> bool:
        """Whether none of its members has taken that yes back: to those of the space,
        or, of an event's, to that event's, and comes."""
        event = self.round.event
        if event is None:
            return all(
                m is not None and m.wants_introductions for m in self._memberships
            )
        said = {rsvp.member_id: rsvp for rsvp in event.rsvps}
        return all(
            side.member_id in said
            and said[side.member_id].is_going
            and said[side.member_id].wants_introductions
            for side in self.sides
        )

    @property
    def _memberships(self) -> list[Membership | None]:
        return [member.membership_in(self.round.space) for member in self.members]

    @property
    def has_met(self) -> bool:
        return any(side.met for side in self.sides)

    @property
    def everybody_said_yes(self) -> bool:
        return all(side.answer is Answer.YES for side in self.sides)

    @property
    def is_open(self) -> bool:
        """Whether it can still come about, for all that anybody is told."""
        return (
            self.introduced_at is None
            and self.withdrawn_at is None
            and self.ended_at is None
            and self.everybody_takes_part
            and self.everybody_wants_introductions
        )


class Side(Base):
    """One member's part in an introduction: what they gain, what they answered."""

    __tablename__ = "side"

    introduction_id: Mapped[int] = mapped_column(
        ForeignKey("introduction.id"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, index=True
    )
    part: Mapped[Part]
    gains: Mapped[list[StatedGain]] = mapped_column(JSON)
    # What the engine knew of this direction, in the order of matching.FEATURES.
    features: Mapped[list[float]] = mapped_column(JSON, default=list)
    answer: Mapped[Answer | None]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")  # why they said no
    # Let go until that day: then only if something has changed.
    not_before: Mapped[date | None]
    reminded_at: Mapped[datetime | None]  # that it waits for their answer
    # "Did you meet?", asked of each side by itself.
    asked_at: Mapped[datetime | None]
    met: Mapped[bool | None]
    gave_up: Mapped[bool] = mapped_column(default=False)  # it won't happen, they said
    outcome: Mapped[Outcome | None]
    meet_again: Mapped[bool | None]
    note: Mapped[str] = mapped_column(Text, default="")
    told_at: Mapped[datetime | None]

    introduction: Mapped[Introduction] = relationship(back_populates="sides")
    member: Mapped[Member] = relationship()

    @property
    def state(self) -> SideState:
        """Where it stands, as this side may know: what another answered shows only in
        that all have said yes, or at the end."""
        if self.met:
            return SideState.MET
        is_over = self.introduction.ended_at or self.gave_up
        if self.introduction.introduced_at and not is_over:
            return SideState.INTRODUCED
        if not self.introduction.is_open:
            return SideState.OVER
        if self.answer is None:
            return SideState.TO_ANSWER
        return SideState.DECLINED if self.has_declined else SideState.WAITING

    @property
    def has_declined(self) -> bool:
        return self.answer not in {None, Answer.YES}

    def may_undo(self, now: datetime) -> bool:
        """Whether the answer is so fresh that it may have been a slip."""
        return (
            self.answered_at is not None
            and now < self.answered_at + UNDO
            and self.introduction.is_open
        )

    @property
    def is_asked_whether_they_met(self) -> bool:
        """Whether they have been asked and told nothing since; who met is asked no more."""
        if self.asked_at is None or self.met:
            return False
        return self.told_at is None or self.told_at < self.asked_at

    @property
    def others_called(self) -> str:
        """What one calls the others in a sentence: Ben; Ben and Cem."""
        return " and ".join(side.member.called for side in self.others)

    @property
    def others(self) -> list["Side"]:
        return [side for side in self.introduction.sides if side is not self]


class Encounter(Base):
    """Two members who met, from whatever source: the history that every round knows."""

    __tablename__ = "encounter"
    __table_args__ = (
        UniqueConstraint("introduction_id", "first_id", "second_id"),
        UniqueConstraint("event_id", "first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    # The introduction that it came of, if it was one.
    introduction_id: Mapped[int | None] = mapped_column(ForeignKey("introduction.id"))
    # The day on which the first of them told us.
    told_on: Mapped[date]
    # When they last met, if one of them knew the other already and said so.
    met_on: Mapped[date | None]
    # The event at which they met, if it was at one.
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    source: Mapped[str] = mapped_column(String(20), default="introduction")
