"""Coming to an event: what somebody says of it."""

from datetime import datetime

from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import Event, Member, Rsvp, RsvpStatus
from matchmaker.services.events import places
from matchmaker.services.events.places import Wishes


def usual_wishes(event: Event, member: Member, said: Rsvp | None) -> Wishes:
    """What they most likely say: what they said of this event, or of the one before."""
    if said is not None:
        return Wishes(
            guests=min(said.guests, event.guests_each),
            answers=said.answers,
            is_shown=said.is_shown,
            wants_introductions=said.wants_introductions,
            remind_hours=said.remind_hours,
        )
    last = db.session.scalar(
        select(Rsvp)
        .join(Event, Event.id == Rsvp.event_id)
        .where(
            Rsvp.member_id == member.id,
            Event.space_id == event.space_id,
            Rsvp.status != RsvpStatus.DECLINED,
        )
        .order_by(Rsvp.made_at.desc(), Rsvp.event_id.desc())
        .limit(1)
    )
    membership = member.membership_in(event.space)
    return Wishes(
        is_shown=last.is_shown if last else False,
        wants_introductions=bool(membership and membership.wants_introductions),
        remind_hours=last.remind_hours if last else 24,
    )


def come(
    event: Event,
    member: Member,
    now: datetime,
    said: Rsvp | None,
    wishes: Wishes | None = None,
    *,
    wants_messages: bool | None = None,
) -> Rsvp:
    """Sign up; without wishes as they usually do, and a second time changes nothing.

    `said` is what `places.lock_and_find` has found that they said before. What is theirs
    alone to say, such as whether they are shown, they can say as long as they have a
    place or wait for one, also when signing up is over.
    """
    has_said_yes = said is not None and said.status is not RsvpStatus.DECLINED
    if said is not None and has_said_yes and wishes is None:
        return said
    wishes = wishes or usual_wishes(event, member, said)
    if said is not None and has_said_yes and not places.is_open(event, now):
        said.is_shown = wishes.is_shown
        said.wants_introductions = wishes.wants_introductions
        said.remind_hours = wishes.remind_hours
        rsvp = said
    else:
        rsvp = places.put_down(event, member, said, now, wishes)
    if wants_messages is not None:
        rsvp.wants_messages = wants_messages
    return rsvp


def stop_messages(rsvp: Rsvp) -> None:
    """No more of the host's own letters, nor reminders; what is about their place still
    comes."""
    rsvp.wants_messages = False
    rsvp.remind_hours = None
