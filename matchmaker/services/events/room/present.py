"""Who is in the room."""

import enum
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from matchmaker.extensions import db
from matchmaker.matching import Person
from matchmaker.models import Event, Member, Rsvp, RsvpStatus
from matchmaker.queries.attendees import TAKES_PART, attendees
from matchmaker.refusal import Refusal
from matchmaker.services import engine


class Who(enum.Enum):
    ARRIVED = "arrived"
    GOING = "going"


def usual(event: Event, now: datetime) -> Who:
    """Those who have arrived, once it has begun or half of those going have; before
    that everybody going, or the first at the door would be all there are."""
    going = select(func.count()).where(
        Rsvp.event_id == event.id, Rsvp.status == RsvpStatus.GOING
    )
    everybody = db.session.scalar(going) or 0
    arrived = db.session.scalar(going.where(Rsvp.checked_in_at.is_not(None))) or 0
    has_begun = event.starts_at <= now
    return (
        Who.ARRIVED
        if arrived and (has_begun or 2 * arrived >= everybody)
        else Who.GOING
    )


def rsvps(event: Event, who: Who) -> list[Rsvp]:
    """Of members who take part in the space today, in the order of their ids."""
    query = (
        attendees(event, None, memberships=TAKES_PART)
        .order_by(Rsvp.member_id)
        .options(
            contains_eager(Rsvp.member).joinedload(Member.profile),
            contains_eager(Rsvp.member).selectinload(Member.memberships),
        )
        .execution_options(populate_existing=True)
    )
    if who is Who.ARRIVED:
        query = query.where(Rsvp.checked_in_at.is_not(None))
    return list(db.session.scalars(query))


def as_people(event: Event, members: list[Member], now: datetime) -> list[Person]:
    """Them as the engine knows them: here they are, so hours and formats are no matter."""
    due_in = {}
    for member in members:
        membership = member.membership_in(event.space)
        assert membership is not None  # noqa: S101  (those present are members)
        due_in[membership] = 0
    return engine.people(event.space, due_in, now, is_present=True)


def check_runs(event: Event, now: datetime) -> None:
    """Refuse what only makes sense at an event that takes place."""
    if event.is_cancelled:
        raise Refusal("This event does not take place.")
    if not event.is_published:
        raise Refusal("This event is not published yet. Publish it first.")
    if event.ends_at <= now:
        raise Refusal("This event is over.")
