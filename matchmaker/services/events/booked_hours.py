"""Hours with a mentor that hang on a place at the event: given up, they go with it."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from matchmaker.extensions import db
from matchmaker.mail import room_letters
from matchmaker.models import Event, Member, Rsvp, RsvpStatus, Slot
from matchmaker.queries.blocks import kept_apart


def is_taken(slot: Slot) -> bool:
    """Whether it is booked by somebody who still comes."""
    if slot.mentee_id is None:
        return False
    rsvp = db.session.get(Rsvp, (slot.event_id, slot.mentee_id))
    return rsvp is not None and rsvp.status is RsvpStatus.GOING


def free(slot: Slot) -> None:
    slot.mentee = None
    slot.topic = ""
    slot.booked_at = None


def give_up(event: Event, leaver: Member, now: datetime, *, silently: bool) -> None:
    """Free what somebody who will not come has booked, or others have with them.

    Called while they still have their place. The other hears of it, unless a block parts
    the two; the leaver has it in writing, unless they left silently.
    """
    theirs = (
        select(Slot, kept_apart(Slot.mentor_id, [Slot.mentee_id]))
        .where(
            Slot.event_id == event.id,
            Slot.mentee_id.is_not(None),
            or_(Slot.mentee_id == leaver.id, Slot.mentor_id == leaver.id),
            Slot.starts_at > now,
        )
        .order_by(Slot.starts_at)
    )
    for slot, is_parted in db.session.execute(theirs).all():
        if event.is_published and is_taken(slot) and not is_parted:
            room_letters.hours_given_up(slot, leaver, now, silently=silently)
        free(slot)


def move(event: Event, by: timedelta, now: datetime) -> None:
    """Move the hours to come along with their event; the two who meet are told."""
    to_come = select(Slot).where(Slot.event_id == event.id, Slot.starts_at > now)
    # The last first, or the first first: no slot lands on one that is still to move.
    order = Slot.starts_at.desc() if by > timedelta() else Slot.starts_at
    for slot in db.session.scalars(to_come.order_by(order)).all():
        before = slot.starts_at
        slot.starts_at += by
        db.session.flush()
        if event.is_published and is_taken(slot):
            room_letters.hours_booked(slot, now, before)
