"""Reminders of an event, as long before it begins as each of those going chose."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from matchmaker.extensions import db, lock
from matchmaker.mail import event_letters as letters
from matchmaker.models import Event, EventStatus, Rsvp, RsvpStatus
from matchmaker.queries import turnout

EARLIEST = timedelta(days=7)  # no choice is longer
# From midnight: when a day begins for people, and the evening before it.
MORNING, EVENING = timedelta(hours=9), timedelta(hours=6)
THE_DAY_BEFORE = 24  # hours, for whoever chose none and often did not come


def due(now: datetime) -> list[Rsvp]:
    """List those whose moment to be reminded has come."""
    coming = (
        _going(now).where(Event.starts_at <= now + EARLIEST).order_by(Event.starts_at)
    )
    found = db.session.scalars(coming.order_by(Rsvp.event_id, Rsvp.number))
    return [rsvp for rsvp in found.all() if _is_due(rsvp, now)]


def remind(rsvp: Rsvp, now: datetime) -> None:
    """Write to somebody who goes; once for each time at which the event begins."""
    lock(rsvp.event)  # as every deed does: they give up no place between
    mine = Rsvp.event_id == rsvp.event_id, Rsvp.member_id == rsvp.member_id
    still_goes = _going(now).where(*mine).execution_options(populate_existing=True)
    if db.session.scalar(still_goes) is None or not _is_due(rsvp, now):
        return
    rsvp.reminded_at = now
    letters.reminder(rsvp, now)


def _going(now: datetime) -> Select[Rsvp]:
    return (
        select(Rsvp)
        .join(Event)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > now,
            Rsvp.status == RsvpStatus.GOING,
        )
    )


def _is_due(rsvp: Rsvp, now: datetime) -> bool:
    """Whoever said they come after their moment had passed has just been told enough.

    An event that was moved to a later time is reminded of again.
    """
    if not rsvp.wants_reminder:
        return False
    hours = THE_DAY_BEFORE if rsvp.remind_hours is None else rsvp.remind_hours
    moment = _moment(rsvp.event, timedelta(hours=hours))
    was_reminded = rsvp.reminded_at is not None and rsvp.reminded_at >= moment
    if moment > now or rsvp.changed_at > moment or was_reminded:
        return False
    chose = rsvp.remind_hours is not None
    return chose or turnout.misses_often(rsvp.member, rsvp.event.space, now)


def _moment(event: Event, before: timedelta) -> datetime:
    """So long before it begins; before a whole day as if it began in the morning."""
    if not event.is_all_day:
        return event.starts_at - before
    return min(event.starts_at + MORNING - before, event.starts_at - EVENING)
