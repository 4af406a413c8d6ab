"""Who is in the room."""

import enum
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matchmaker.extensions import db
from matchmaker.matching import Person
from matchmaker.models import (
    Event,
    Member,
    Membership,
    MembershipStatus,
    Rsvp,
    RsvpStatus,
)
from matchmaker.refusal import Refusal
from matchmaker.services import engine, history


class Who(enum.Enum):
    ARRIVED = "arrived"
    GOING = "going"


def usual(event: Event) -> Who:
    """Those who have arrived, as soon as anybody has; before that all who are going."""
    somebody = select(Rsvp.member_id).where(
        Rsvp.event_id == event.id,
        Rsvp.status == RsvpStatus.GOING,
        Rsvp.checked_in_at.is_not(None),
    )
    return Who.ARRIVED if db.session.scalars(somebody).first() else Who.GOING


def rsvps(event: Event, who: Who) -> list[Rsvp]:
    """Of members who take part in the space today, in the order of their ids."""
    query = (
        select(Rsvp)
        .join(Member, Member.id == Rsvp.member_id)
        .join(Membership, Membership.member_id == Rsvp.member_id)
        .where(
            Rsvp.event_id == event.id,
            Rsvp.status == RsvpStatus.GOING,
            Membership.space_id == event.space_id,
            Membership.status == MembershipStatus.ACTIVE,
            Member.active,
        )
        .order_by(Rsvp.member_id)
        .options(
            joinedload(Rsvp.member).joinedload(Member.profile),
            joinedload(Rsvp.member).selectinload(Member.memberships),
        )
        .execution_options(populate_existing=True)
    )
    if who is Who.ARRIVED:
        query = query.where(Rsvp.checked_in_at.is_not(None))
    return list(db.session.scalars(query))


def as_people(event: Event, members: list[Member], now: datetime) -> list[Person]:
    """Them as the engine knows them: here they are, so hours and formats are no matter."""
    waited = history.weeks_waited(event.space, [member.id for member in members])
    mentees = history.mentees(now)
    people = []
    for member in members:
        membership = member.membership_in(event.space)
        assert membership is not None  # noqa: S101  (those present are members)
        people.append(
            engine.person(
                membership,
                waited.get(member.id, 0),
                mentees.get(member.id, 0),
                now,
                is_present=True,
            )
        )
    return people


def check_runs(event: Event, now: datetime) -> None:
    """Refuse what only makes sense at an event that takes place."""
    if event.is_cancelled:
        raise Refusal("This event does not take place.")
    if not event.is_published:
        raise Refusal("This event is not published yet. Publish it first.")
    if event.ends_at <= now:
        raise Refusal("This event is over.")
