"""What a space runs: events, the series they belong to, and who comes."""

import enum
import secrets
from datetime import date, datetime, timedelta
from typing import TypedDict
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    Mapped,
    mapped_column,
    object_session,
    relationship,
    validates,
)

from matchmaker.models.base import Base
from matchmaker.models.group import Group
from matchmaker.models.member import Member, MembershipStatus
from matchmaker.models.space import Space
from matchmaker.text import search_text


class EventKind(enum.Enum):
    MEETUP = "meetup"
    TALK = "talk"
    WORKSHOP = "workshop"
    MEAL = "meal"
    SPEED_NETWORKING = "speed networking"
    MENTOR_HOURS = "mentor hours"
    OTHER = "other"


class Venue(enum.Enum):
    """What kind of place an event is at."""

    ROOM = "room"  # one of the space's own
    ADDRESS = "address"
    ONLINE = "online"


class Visibility(enum.Enum):
    """Who finds an event."""

    PUBLIC = "public"  # anybody
    SPACE = "space"  # the space's members
    GROUP = "group"  # those who follow its group
    LINK = "link"  # whoever has the link


class EventStatus(enum.Enum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Question(TypedDict):
    """What the host asks whoever comes. No options: any words will do."""

    id: str
    text: str
    options: list[str]
    required: bool


class Series(Base):
    """Events that recur: a rule, and an event for each time it names.

    The rule is read on the series' own clock, so that nine o'clock stays nine o'clock.
    """

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    key: Mapped[str] = mapped_column(
        String(32), unique=True, default=lambda: secrets.token_hex(16)
    )
    rule: Mapped[str] = mapped_column(String(500))  # an RRULE of RFC 5545, with an end
    timezone: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime]
    made_at: Mapped[datetime]
    # The series whose later times became this one: members know of both as of one.
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))

    space: Mapped[Space] = relationship()
    events: Mapped[list["Event"]] = relationship(
        back_populates="series", order_by="Event.starts_at"
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def first_id(self) -> int:
        """The number of the series that it once was a part of, or its own."""
        return self.split_from_id or self.id


class CalendarSource(Base):
    """A calendar kept elsewhere whose events a space shows as its own."""

    __tablename__ = "calendar_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("interest_group.id"))
    name: Mapped[str] = mapped_column(String(80))
    # Often secret itself: whoever has it reads the calendar. None: a file, read once.
    url: Mapped[str | None] = mapped_column(Text)
    # Whether what is read is published at once; otherwise it waits as a draft.
    publishes: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    # Of the last reading: entries that did not come, each with why, and what else there
    # is to say of it.
    left_out: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)
    # What was read, as JSON, and waits for somebody to look at it before it changes
    # anything.
    pending: Mapped[str | None] = mapped_column(Text, deferred=True)

    space: Mapped[Space] = relationship()
    group: Mapped[Group | None] = relationship()

    @property
    def host(self) -> str:
        """Where it is kept: of an address that may be secret, what anybody may see."""
        return urlsplit(self.url).hostname or "" if self.url else ""


class Event(Base):
    """Something that members can come to, at a time and a place."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("space_id", "source_uid"),
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("capacity >= 1", name="capacity"),
        CheckConstraint("guests_each BETWEEN 0 AND 5", name="guests_each"),
        CheckConstraint("claim_hours BETWEEN 1 AND 168", name="claim_hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Opens an event that is to be had by its link; a part of its UID in calendars.
    key: Mapped[str] = mapped_column(
        String(32), unique=True, default=lambda: secrets.token_hex(16)
    )
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("interest_group.id"), index=True
    )
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    # What was changed of this one alone: names of columns that the series leaves alone.
    own_fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    # The time that the series' rule names for it, whenever it is held.
    rule_time: Mapped[datetime | None]
    source_id: Mapped[int | None] = mapped_column(
        ForeignKey("calendar_source.id"), index=True
    )
    source_uid: Mapped[str | None] = mapped_column(String(255))

    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")  # Markdown
    kind: Mapped[EventKind] = mapped_column(default=EventKind.MEETUP)
    venue: Mapped[Venue] = mapped_column(default=Venue.ROOM)
    place: Mapped[str] = mapped_column(String(200), default="")  # the room, the address
    # Title and place as searches look in them; kept by `_searchable`.
    search_text: Mapped[str] = mapped_column(Text, default="")
    # Shown only to those going.
    online_url: Mapped[str] = mapped_column(String(500), default="")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    # Whole days, from midnight to midnight on the space's clock.
    is_all_day: Mapped[bool] = mapped_column(default=False)

    visibility: Mapped[Visibility] = mapped_column(default=Visibility.SPACE)
    capacity: Mapped[int | None]  # people, guests included; none: as many as come
    guests_each: Mapped[int] = mapped_column(default=0)
    rsvp_opens_at: Mapped[datetime | None]
    rsvp_closes_at: Mapped[datetime | None]
    needs_approval: Mapped[bool] = mapped_column(default=False)
    # For how long a freed place is held for the next in the queue until it goes on to
    # whoever comes after; none: it is theirs at once.
    claim_hours: Mapped[int | None]
    questions: Mapped[list[Question]] = mapped_column(JSON, default=list)

    status: Mapped[EventStatus] = mapped_column(default=EventStatus.DRAFT)
    # What the host wrote of it when they called it off.
    why_cancelled: Mapped[str] = mapped_column(Text, default="")
    # How often those who have it in their calendars must look again (RFC 5545).
    sequence: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    # What the host wrote for those who come, and those who did not: Markdown.
    notes: Mapped[str] = mapped_column(Text, default="")

    space: Mapped[Space] = relationship()
    group: Mapped[Group | None] = relationship()
    series: Mapped[Series | None] = relationship(back_populates="events")
    hosts: Mapped[list[Member]] = relationship(
        secondary="event_host", order_by="Member.name"
    )
    rsvps: Mapped[list["Rsvp"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="Rsvp.number"
    )
    pictures: Mapped[list["Picture"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="Picture.id"
    )
    timeline: Mapped[list["TimelineEntry"]] = relationship(
        cascade="all, delete-orphan", order_by="TimelineEntry.id"
    )

    @validates("title", "place")
    def _searchable(self, key: str, value: str) -> str:
        said = {"title": self.title, "place": self.place, key: value}
        self.search_text = search_text(*filter(None, said.values()))
        return value

    @property
    def local_start(self) -> datetime:
        """On the space's own clock."""
        return self.starts_at.astimezone(self.space.zone)

    @property
    def local_end(self) -> datetime:
        return self.ends_at.astimezone(self.space.zone)

    @property
    def last_day(self) -> date:
        """Of an event that lasts all day: midnight at its end is the day after."""
        return self.local_end.date() - timedelta(days=1 if self.is_all_day else 0)

    @property
    def sign_up_ends_at(self) -> datetime:
        """Where nobody says otherwise: one may sign up while a day lasts."""
        return self.ends_at if self.is_all_day else self.starts_at

    @property
    def is_published(self) -> bool:
        return self.status is EventStatus.PUBLISHED

    @property
    def is_cancelled(self) -> bool:
        return self.status is EventStatus.CANCELLED

    @property
    def cover(self) -> "Picture | None":
        return next((picture for picture in self.pictures if picture.is_cover), None)

    @property
    def places_taken(self) -> int:
        """People who have a place or are offered one, guests included; counted afresh."""
        session = object_session(self)
        assert session is not None  # noqa: S101  (asked of what is in the database)
        people = func.coalesce(func.sum(Rsvp.party), 0)
        with_a_place = Rsvp.status.in_([RsvpStatus.GOING, RsvpStatus.OFFERED])
        return session.scalars(
            select(people).where(Rsvp.event_id == self.id, with_a_place)
        ).one()

    @property
    def places_left(self) -> int | None:
        """None: there is no limit."""
        if self.capacity is None:
            return None
        return max(self.capacity - self.places_taken, 0)


class EventHost(Base):
    """A member who runs an event."""

    __tablename__ = "event_host"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, index=True
    )


class RsvpStatus(enum.Enum):
    ASKED = "asked"  # the host has yet to say yes
    GOING = "going"
    WAITING = "waiting"
    OFFERED = "offered"  # a freed place is held for them
    DECLINED = "declined"


class Verdict(enum.Enum):
    """How an event was, for one who came."""

    GOOD = "good"
    FINE = "fine"
    NOT_FOR_ME = "not for me"


class Rsvp(Base):
    """A member's place at an event, or in the queue for it."""

    __tablename__ = "rsvp"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        CheckConstraint("guests BETWEEN 0 AND 5", name="guests"),
        CheckConstraint("guests_here BETWEEN 0 AND guests", name="guests_here"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, index=True
    )
    status: Mapped[RsvpStatus]
    # The order in which they came: the queue's. Whoever leaves and comes back is last.
    number: Mapped[int]
    guests: Mapped[int] = mapped_column(default=0)  # who come along, and are not named
    # How many of them came, once the door has said so; none: all of them.
    guests_here: Mapped[int | None]
    answers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    # Said yes to being seen by the others who look at the event.
    is_shown: Mapped[bool] = mapped_column(default=False)
    # Said yes to being introduced to others at this event.
    wants_introductions: Mapped[bool] = mapped_column(default=False)
    # How many hours before it begins to remind them; none: not at all.
    remind_hours: Mapped[int | None] = mapped_column(default=24)
    # Letters of the host's own, beyond what changes for those who come.
    wants_messages: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    offered_until: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    # The door: when they came, and when that was last changed, on the door's own clock.
    checked_in_at: Mapped[datetime | None]
    door_changed_at: Mapped[datetime | None]
    is_walk_in: Mapped[bool] = mapped_column(default=False)
    # Afterwards.
    asked_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None]
    come_again: Mapped[bool | None]
    note: Mapped[str] = mapped_column(Text, default="")
    told_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(back_populates="rsvps")
    member: Mapped[Member] = relationship()

    @property
    def guests_coming(self) -> int:
        """Those who come, or came where the door has said how many."""
        return self.guests if self.guests_here is None else self.guests_here

    @hybrid_property
    def party(self) -> int:
        """How many people come: the member and their guests."""
        return 1 + self.guests_coming

    @party.inplace.expression
    @classmethod
    def _party(cls) -> ColumnElement[int]:
        return 1 + func.coalesce(cls.guests_here, cls.guests)

    @property
    def name(self) -> str:
        """What those who run the event call them.

        Of somebody who walked in and has an account elsewhere the name is another
        space's to know, until they join this one.
        """
        memberships = self.member.memberships
        here = [m for m in memberships if m.space_id == self.event.space_id]
        joined = any(m.status is not MembershipStatus.INVITED for m in here)
        is_ours = len(here) == len(memberships) and self.member.confirmed_at is None
        return self.member.name if joined or is_ours else "Somebody new here"

    @property
    def wants_reminder(self) -> bool:
        """Whether they may be reminded: not once they have stopped all such letters."""
        return self.remind_hours is not None or self.wants_messages

    @property
    def is_going(self) -> bool:
        return self.status is RsvpStatus.GOING

    @property
    def has_place(self) -> bool:
        return self.status in {RsvpStatus.GOING, RsvpStatus.OFFERED}

    @property
    def has_arrived(self) -> bool:
        return self.checked_in_at is not None


class Picture(Base):
    """A picture of an event, re-encoded by us."""

    __tablename__ = "picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    is_cover: Mapped[bool] = mapped_column(default=False)
    # What it shows, for whoever cannot see it.
    caption: Mapped[str] = mapped_column(String(200), default="")
    width: Mapped[int]
    height: Mapped[int]
    webp: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]

    event: Mapped[Event] = relationship(back_populates="pictures")


class TimelineEntry(Base):
    """What was done to an event, and by whom."""

    __tablename__ = "timeline_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    # None: it happened by itself.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    # Whom it was done to: whoever may not see them is not shown the entry.
    about_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    what: Mapped[str] = mapped_column(String(30))
    detail: Mapped[str] = mapped_column(Text, default="")  # without anybody's name
    made_at: Mapped[datetime]

    member: Mapped[Member | None] = relationship(foreign_keys=[member_id])
    about: Mapped[Member | None] = relationship(foreign_keys=[about_id])


class Recollection(Base):
    """What one who was at an event tells of another: met, and to be seen again or not."""

    __tablename__ = "recollection"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, index=True
    )
    met: Mapped[bool]
    see_again: Mapped[bool | None]
    told_at: Mapped[datetime]
