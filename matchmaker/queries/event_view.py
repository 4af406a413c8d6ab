"""An event as one viewer finds it.

Whoever may not see another does not count them either, and no member is told how many
places there are: with those they can count, the difference would tell of those they
cannot.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased, joinedload

from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    EventStatus,
    Member,
    Picture,
    Profile,
    Rsvp,
    RsvpStatus,
)
from matchmaker.queries import turnout
from matchmaker.queries.attendees import attendees
from matchmaker.queries.viewer import AnyMember
from matchmaker.queries.visibility import events_run_by, events_visible_to, visible_to

MOST_SHOWN = 60
MOST_OTHER_TIMES = 4


class Stage(enum.Enum):
    """Where an event stands for whoever might sign up."""

    DRAFT = "draft"
    NOT_YET = "not yet"  # signing up begins later
    OPEN = "open"
    CLOSED = "closed"  # signing up is over
    BEGUN = "begun"
    OVER = "over"
    CANCELLED = "cancelled"


class Room(enum.Enum):
    """How much room there is, as far as members are told."""

    FREE = "free"
    FEW = "few"
    FULL = "full"


@dataclass(frozen=True)
class Person:
    """Somebody who comes, as the others see them."""

    id: int
    name: str
    headline: str
    is_known: bool  # the viewer may open their profile


@dataclass(frozen=True)
class Company:
    """Who else comes, as far as one viewer may see and count them."""

    shown: Sequence[Person]
    others: int  # people beyond them, guests included

    @property
    def people(self) -> int:
        """How many come, where nobody is named."""
        return len(self.shown) + self.others


@dataclass(frozen=True)
class Outlook:
    """An event as one viewer finds it."""

    stage: Stage
    room: Room
    said: Rsvp | None = None  # of what they have said the last, also a no
    position: int | None = None  # in the queue
    takes_part: bool = False  # in the event's space
    runs_it: bool = False
    company: Company | None = None  # none: they are not told
    # Did not come to the last few that they signed up for: they are asked kindly.
    misses_often: bool = False

    @property
    def has_declined(self) -> bool:
        return self.said is not None and self.said.status is RsvpStatus.DECLINED

    @property
    def rsvp(self) -> Rsvp | None:
        """None too where they have said no."""
        return None if self.has_declined else self.said

    @property
    def sees_link(self) -> bool:
        """Whether they are given the online link: those going, and who runs it."""
        return self.runs_it or (self.rsvp is not None and self.rsvp.is_going)


def find(viewer: Member | None, event_id: int, key: str = "") -> Event | None:
    """Find an event as the viewer sees it; one that they may not see does not exist."""
    return _find("id", viewer, {"event": event_id, "key": key})


def find_by_key(viewer: Member | None, key: str) -> Event | None:
    """Find an event by the key in its link."""
    return _find("key", viewer, {"event": key, "key": key})


def outlook(event: Event, viewer: Member | None, now: datetime) -> Outlook:
    if viewer is None:
        return Outlook(stage(event, now), room(event))
    row = db.session.execute(
        _standing(AnyMember.like(viewer)), {"event": event.id, "viewer": viewer.id}
    ).one()
    said, runs_it, taken, people = row
    membership = viewer.membership_in(event.space)
    takes_part = membership is not None and membership.is_active
    says_no = said is None or said.status is RsvpStatus.DECLINED
    return Outlook(
        stage=stage(event, now),
        room=how_full(event.capacity, taken),
        said=said,
        position=None if says_no else position(said),
        takes_part=takes_part,
        runs_it=runs_it,
        company=_company(event, viewer, people) if takes_part or runs_it else None,
        misses_often=says_no and turnout.misses_often(viewer, event.space, now),
    )


def stage(event: Event, now: datetime) -> Stage:
    if event.status is EventStatus.CANCELLED:
        return Stage.CANCELLED
    if event.status is EventStatus.DRAFT:
        return Stage.DRAFT
    if event.ends_at <= now:
        return Stage.OVER
    if event.sign_up_ends_at <= now:
        return Stage.BEGUN
    if event.rsvp_opens_at and now < event.rsvp_opens_at:
        return Stage.NOT_YET
    if event.rsvp_closes_at and now >= event.rsvp_closes_at:
        return Stage.CLOSED
    return Stage.OPEN


def room(event: Event) -> Room:
    return how_full(event.capacity, event.places_taken)


def how_full(capacity: int | None, taken: int) -> Room:
    if capacity is None:
        return Room.FREE
    left = capacity - taken
    if left <= 0:
        return Room.FULL
    return Room.FEW if left <= max(1, capacity // 5) else Room.FREE


def position(rsvp: Rsvp) -> int | None:
    """Where they are in the queue, behind those ahead whom they may count."""
    if rsvp.status is not RsvpStatus.WAITING:
        return None
    ahead = attendees(
        rsvp.event, rsvp.member, (RsvpStatus.WAITING,), unnamed=True
    ).where(Rsvp.number < rsvp.number)
    return 1 + (db.session.scalar(ahead.with_only_columns(func.count())) or 0)


def other_times(event: Event, viewer: Member | None, now: datetime) -> list[Event]:
    """The next of its series that the viewer may see."""
    if event.series_id is None:
        return []
    query = (
        select(Event)
        .where(
            Event.series_id == event.series_id,
            Event.id != event.id,
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > now,
            events_visible_to(viewer),
        )
        .order_by(Event.starts_at)
        .limit(MOST_OTHER_TIMES)
    )
    return list(db.session.scalars(query))


def get_rsvp(event_id: int, member_id: int) -> Rsvp | None:
    """Find the RSVP of a letter's link, whatever became of it."""
    return db.session.get(Rsvp, (event_id, member_id))


def picture(event: Event, picture_id: int) -> Picture | None:
    return db.session.scalar(
        select(Picture).where(Picture.id == picture_id, Picture.event_id == event.id)
    )


def _find(by: str, viewer: Member | None, wanted: dict[str, Any]) -> Event | None:
    if viewer is None:
        return db.session.scalar(_visible(by, None), wanted)
    query = _visible(by, AnyMember.like(viewer))
    return db.session.scalar(query, wanted | {"viewer": viewer.id})


@cache
def _visible(by: str, viewer: AnyMember | None) -> Select[Event]:
    column = {"id": Event.id, "key": Event.key}[by]
    visible = events_visible_to(viewer, bindparam("key", type_=Event.key.type))
    return (
        select(Event)
        .where(column == bindparam("event", type_=column.type), visible)
        .options(joinedload(Event.space), joinedload(Event.group))
    )


@cache
def _standing(viewer: AnyMember) -> Select[Any]:
    """What the viewer has said of an event, whether they run it, how many places are
    taken, and how many others come whom they may count."""
    has_place = Rsvp.status.in_([RsvpStatus.GOING, RsvpStatus.OFFERED])
    taken = select(func.coalesce(func.sum(Rsvp.party), 0)).where(
        Rsvp.event_id == bindparam("event"), has_place
    )
    mine = aliased(Rsvp)
    return (
        select(
            mine,
            events_run_by(viewer),
            taken.scalar_subquery(),
            _others(viewer, unnamed=True)
            .with_only_columns(func.coalesce(func.sum(Rsvp.party), 0))
            .correlate(None)
            .scalar_subquery(),
        )
        .select_from(Event)
        .outerjoin(mine, and_(mine.event_id == Event.id, mine.member_id == viewer.id))
        .where(Event.id == bindparam("event"))
        .execution_options(populate_existing=True)
    )


def _company(event: Event, viewer: Member, people: int) -> Company:
    """Those who chose to be shown, and how many others come; the viewer is neither."""
    rows = db.session.execute(
        _shown(AnyMember.like(viewer)), {"event": event.id, "viewer": viewer.id}
    )
    shown = [Person(*row) for row in rows]
    return Company(shown, max(people - len(shown), 0))


@cache
def _shown(viewer: AnyMember) -> Select[int, str, str, bool]:
    return (
        _others(viewer, unnamed=False)
        .with_only_columns(Member.id, Member.name, Profile.headline, visible_to(viewer))
        .join(Profile, Profile.member_id == Member.id)
        .where(Rsvp.is_shown)
        .order_by(Member.name, Member.id)
        .limit(MOST_SHOWN)
    )


def _others(viewer: AnyMember, *, unnamed: bool) -> Select[Rsvp]:
    return attendees(bindparam("event"), viewer, unnamed=unnamed).where(
        Member.id != viewer.id
    )
