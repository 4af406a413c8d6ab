"""Who comes to an event, as whoever runs it sees it.

Whom a block parts from the viewer is neither listed nor counted.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload

from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    EventStatus,
    Member,
    Membership,
    MembershipStatus,
    Rsvp,
    RsvpStatus,
    TimelineEntry,
)
from matchmaker.queries import turnout
from matchmaker.queries.attendees import attendees
from matchmaker.queries.search import finds
from matchmaker.queries.visibility import events_visible_to


class Who(enum.Enum):
    """The people of an event that can be looked at by themselves."""

    GOING = "going"
    WAITING = "waiting"
    ASKED = "asked"
    OFFERED = "offered"
    ARRIVED = "checked-in"
    NO_SHOW = "no-show"
    FIRST = "first-timers"
    DECLINED = "declined"


@dataclass(frozen=True)
class Figures:
    """An event at a glance, of those whom the viewer may see."""

    counts: dict[Who, int]
    guests: int  # of those going
    taken: int  # places given or held, guests included
    capacity: int | None

    @property
    def free(self) -> int | None:
        """By the viewer's own count: the true one would tell whom they may not see."""
        if self.capacity is None:
            return None
        return max(self.capacity - self.taken, 0)


def figures(event: Event, viewer: Member, now: datetime) -> Figures:
    has_place = Rsvp.status.in_([RsvpStatus.GOING, RsvpStatus.OFFERED])
    is_going = Rsvp.status == RsvpStatus.GOING
    conditions = _conditions(event, viewer, now)
    row = db.session.execute(
        attendees(event, viewer, None).with_only_columns(
            *(_sum(condition) for condition in conditions.values()),
            _sum(is_going, Rsvp.party - 1),
            _sum(has_place, Rsvp.party),
        )
    ).one()
    numbers = [int(number or 0) for number in row]
    return Figures(
        counts=dict(zip(conditions, numbers, strict=False)),
        guests=numbers[-2],
        taken=numbers[-1],
        capacity=event.capacity,
    )


def people(
    event: Event,
    viewer: Member,
    now: datetime,
    who: Who | None = None,
    words: str = "",
) -> Select[Rsvp]:
    """Those who have said anything of the event; who waits for an answer comes first."""
    query = attendees(event, viewer, None).options(
        contains_eager(Rsvp.member).selectinload(Member.memberships)
    )
    if who is not None:
        query = query.where(_conditions(event, viewer, now)[who])
    if words:
        query = query.where(_is_named(event), finds(Member.search_name, words))
    if who in {Who.WAITING, Who.ASKED, Who.OFFERED}:
        return query.order_by(Rsvp.number)
    urgency = case(
        (Rsvp.status == RsvpStatus.ASKED, 0),
        (Rsvp.status == RsvpStatus.DECLINED, 2),
        else_=1,
    )
    name = case((_is_named(event), Member.name), else_="")
    return query.order_by(urgency, name, Rsvp.number)


def one(event: Event, viewer: Member, member_id: int) -> Rsvp | None:
    return db.session.scalar(
        attendees(event, viewer, None).where(Rsvp.member_id == member_id)
    )


def names(event: Event, entries: Iterable[TimelineEntry]) -> dict[int, str]:
    """What those are called, among whom entries are about, who have an RSVP."""
    ids = {entry.about_id for entry in entries} - {None}
    query = (
        select(Rsvp)
        .where(Rsvp.event_id == event.id, Rsvp.member_id.in_(ids))
        .options(joinedload(Rsvp.member).selectinload(Member.memberships))
    )
    return {rsvp.member_id: rsvp.name for rsvp in db.session.scalars(query)}


def first_timers(
    event: Event, viewer: Member, now: datetime, rsvps: Iterable[Rsvp]
) -> set[int]:
    """Those of them who come to an event of the space for the first time."""
    ids = [rsvp.member_id for rsvp in rsvps]
    query = attendees(event, viewer, None).where(
        Rsvp.member_id.in_(ids), _conditions(event, viewer, now)[Who.FIRST]
    )
    return set(db.session.scalars(query.with_only_columns(Rsvp.member_id)))


def _is_named(event: Event) -> ColumnElement[bool]:
    """Whether those who run the event may know a member's name: see `Rsvp.name`."""
    here, elsewhere = aliased(Membership), aliased(Membership)
    joined = exists().where(
        here.member_id == Member.id,
        here.space_id == event.space_id,
        here.status != MembershipStatus.INVITED,
    )
    is_known_elsewhere = exists().where(
        elsewhere.member_id == Member.id, elsewhere.space_id != event.space_id
    )
    return or_(joined, and_(Member.confirmed_at.is_(None), ~is_known_elsewhere))


def _conditions(
    event: Event, viewer: Member, now: datetime
) -> dict[Who, ColumnElement[bool]]:
    """Who is in which group; one may be in several."""
    is_going = Rsvp.status == RsvpStatus.GOING
    has_arrived = Rsvp.checked_in_at.is_not(None)
    return {
        Who.GOING: is_going,
        Who.WAITING: Rsvp.status == RsvpStatus.WAITING,
        Who.ASKED: Rsvp.status == RsvpStatus.ASKED,
        Who.OFFERED: Rsvp.status == RsvpStatus.OFFERED,
        Who.ARRIVED: has_arrived,
        Who.NO_SHOW: turnout.is_no_show(now, viewer),
        Who.FIRST: and_(
            Rsvp.status != RsvpStatus.DECLINED, ~_came_before(event, viewer, now)
        ),
        Who.DECLINED: Rsvp.status == RsvpStatus.DECLINED,
    }


def _came_before(event: Event, viewer: Member, now: datetime) -> ColumnElement[bool]:
    """Whether the member of an RSVP came to an earlier event of the space.

    Where nobody was checked in, whoever was going is taken to have come.
    """
    earlier, past = aliased(Rsvp), aliased(Event)
    return (
        exists()
        .where(
            earlier.member_id == Rsvp.member_id,
            earlier.event_id == past.id,
            past.id.in_(_past(event, viewer, now)),
            past.starts_at < event.starts_at,
            earlier.status == RsvpStatus.GOING,
            or_(earlier.checked_in_at.is_not(None), ~turnout.was_kept(past.id, viewer)),
        )
        .correlate(Rsvp)
    )


def _past(event: Event, viewer: Member, now: datetime) -> Select[int]:
    """The events of the same space that took place, of those the viewer may know of."""
    return (
        select(Event.id)
        .where(
            Event.space_id == event.space_id,
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at <= now,
            events_visible_to(viewer),
        )
        .correlate(None)
    )


def _sum(condition: ColumnElement[bool], of: object = 1) -> ColumnElement[int]:
    return func.sum(case((condition, of), else_=0))
