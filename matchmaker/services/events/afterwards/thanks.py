"""Thank those who came, and ask how it was."""

from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select

from matchmaker.extensions import db, lock
from matchmaker.mail import after_letters
from matchmaker.models import Event, EventStatus, Member, Rsvp, RsvpStatus
from matchmaker.queries import turnout
from matchmaker.queries.visibility import takes_part
from matchmaker.services.events.afterwards import met

# So long after the end: the evening is over, and it is still the same event to them.
AFTER = timedelta(hours=3)
# What lasts all day ends at midnight: they are thanked in the morning.
AFTER_A_DAY = timedelta(hours=9)
# Whoever is known to have come only later is not written to any more.
LATEST = timedelta(days=3)


def due(now: datetime) -> list[Rsvp]:
    """List everybody to thank: those who came to an event that ended some hours ago.

    Those who were checked in; where nobody was, those who were going.
    """
    return list(
        db.session.scalars(_due(now).order_by(Rsvp.event_id, Rsvp.number)),
    )


def thank(rsvp: Rsvp, now: datetime) -> None:
    """Write to somebody who came, once."""
    event = rsvp.event
    lock(event)
    mine = Rsvp.event_id == rsvp.event_id, Rsvp.member_id == rsvp.member_id
    is_due = _due(now).where(*mine).execution_options(populate_existing=True)
    if db.session.scalar(is_due) is None:
        return
    rsvp.asked_at = now
    if rsvp.wants_messages:
        after_letters.thanks(rsvp, met.there(event, rsvp.member), now)


def _due(now: datetime) -> Select[Rsvp]:
    return (
        select(Rsvp)
        .join(Event, Event.id == Rsvp.event_id)
        .join(Member, Member.id == Rsvp.member_id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            or_(
                and_(~Event.is_all_day, Event.ends_at <= now - AFTER),
                Event.ends_at <= now - AFTER_A_DAY,
            ),
            Event.ends_at > now - LATEST,
            Rsvp.asked_at.is_(None),
            Rsvp.status == RsvpStatus.GOING,
            or_(Rsvp.checked_in_at.is_not(None), ~turnout.was_kept()),
            Member.active,
            takes_part(Rsvp.member_id, Event.space_id),
        )
    )
