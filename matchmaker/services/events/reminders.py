"""Reminders of an event, as long before it begins as each of those going chose."""

from datetime import datetime, timedelta

from sqlalchemy import select

from matchmaker.extensions import db, lock
from matchmaker.mail import event_letters as letters
from matchmaker.models import Event, EventStatus, Rsvp, RsvpStatus
from matchmaker.services.events.room import no_shows

EARLIEST = timedelta(days=7)  # no choice is longer
THE_DAY_BEFORE = 24  # hours, for whoever chose none and often did not come


def due(now: datetime) -> list[Event]:
    """The events of which somebody is to be reminded."""
    numbers = {rsvp.event_id for rsvp in _due(now)}
    events = select(Event).where(Event.id.in_(numbers)).order_by(Event.starts_at)
    return list(db.session.scalars(events))


def remind(event: Event, now: datetime) -> None:
    """Write to those whose moment has come; once for each time at which it begins."""
    lock(event)  # as every deed does: nobody gives up a place between
    for rsvp in _due(now, event):
        rsvp.reminded_at = now
        letters.reminder(rsvp, now)


def _due(now: datetime, event: Event | None = None) -> list[Rsvp]:
    query = (
        select(Rsvp)
        .join(Event)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > now,
            Event.starts_at <= now + EARLIEST,
            Rsvp.status == RsvpStatus.GOING,
        )
        .order_by(Rsvp.event_id, Rsvp.number)
    )
    if event is not None:
        query = query.where(Rsvp.event_id == event.id)
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return [rsvp for rsvp in found.all() if _is_due(rsvp, now)]


def _is_due(rsvp: Rsvp, now: datetime) -> bool:
    """Whoever said they come after their moment had passed has just been told enough.

    An event that was moved to a later time is reminded of again.
    """
    hours = THE_DAY_BEFORE if rsvp.remind_hours is None else rsvp.remind_hours
    moment = rsvp.event.starts_at - timedelta(hours=hours)
    was_reminded = rsvp.reminded_at is not None and rsvp.reminded_at >= moment
    if moment > now or rsvp.changed_at > moment or was_reminded:
        return False
    chose = rsvp.remind_hours is not None
    return chose or no_shows.misses_often(rsvp.member, rsvp.event.space, now)
