"""Those who sign up and do not come: a gentle rule, and no punishment."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from matchmaker.extensions import db
from matchmaker.models import Event, EventStatus, Member, Rsvp, RsvpStatus, Space
from matchmaker.services.events.room import door

# Whoever did not come so often within so long is reminded, and asked kindly.
OFTEN, LATELY = 2, timedelta(days=90)


def missed(member: Member, space: Space, now: datetime) -> int:
    """How many events somebody signed up for lately and did not come to.

    Only where the door was used, and so somebody would know. No punishment comes of it:
    see `misses_often`.
    """
    count = (
        select(func.count())
        .select_from(Rsvp)
        .join(Event, Event.id == Rsvp.event_id)
        .where(
            Rsvp.member_id == member.id,
            Rsvp.status == RsvpStatus.GOING,
            Rsvp.checked_in_at.is_(None),
            Event.space_id == space.id,
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at <= now - door.CLOSES,
            Event.ends_at > now - LATELY,
            door.was_kept(),
        )
    )
    return db.session.scalar(count) or 0


def misses_often(member: Member, space: Space, now: datetime) -> bool:
    """Whether to ask kindly, where they sign up, and to remind them in any case."""
    return missed(member, space, now) >= OFTEN
