"""Thank those who came, and ask how it was."""

from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select

from matchmaker.extensions import db, lock
from matchmaker.mail import after_letters
from matchmaker.models import (
    Event,
    EventStatus,
    Member,
    Rsvp,
    RsvpStatus,
    takes_part,
)
from matchmaker.services.events.afterwards import met
from matchmaker.services.events.room import door

# So long after the end: the evening is over, and it is still the same event to them.
AFTER = timedelta(hours=3)
# Whoever is known to have come only later is not written to any more.
LATEST = timedelta(days=3)


def thank(now: datetime) -> None:
    """Write to everybody who came to an event that has been over for some hours, once.

    Those who were checked in; where nobody was, those who were going.
    """
    for event_id in db.session.scalars(_due(now).distinct().order_by(Event.id)).all():
        event = db.session.get_one(Event, event_id)
        lock(event)
        query = _due(now).with_only_columns(Rsvp).where(Rsvp.event_id == event_id)
        for rsvp in db.session.scalars(query.order_by(Rsvp.number)).all():
            rsvp.asked_at = now
            if rsvp.wants_messages:
                after_letters.thanks(rsvp, met.there(event, rsvp.member), now)


def _due(now: datetime) -> Select[int]:
    """The events of those who are still to be thanked, a row for each of them."""
    return (
        select(Event.id)
        .select_from(Rsvp)
        .join(Event, Event.id == Rsvp.event_id)
        .join(Member, Member.id == Rsvp.member_id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at <= now - AFTER,
            Event.ends_at > now - LATEST,
            Rsvp.asked_at.is_(None),
            Rsvp.status == RsvpStatus.GOING,
            or_(Rsvp.checked_in_at.is_not(None), ~door.was_kept()),
            Member.active,
            takes_part(Rsvp.member_id, Event.space_id),
        )
    )
