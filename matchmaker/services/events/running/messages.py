"""What whoever runs an event writes to those who come."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from matchmaker.extensions import db, lock
from matchmaker.mail import event_letters
from matchmaker.mail.compose import Composed
from matchmaker.models import (
    Event,
    EventStatus,
    Letter,
    Member,
    Rsvp,
    RsvpStatus,
    TimelineEntry,
)
from matchmaker.queries.visibility import rsvps_visible_to, takes_part
from matchmaker.refusal import Refusal
from matchmaker.services.events import timeline
from matchmaker.services.events.running.by_hand import parted_from_who_runs

# Enough for what must be said; more, and people stop reading what we write.
MOST_A_DAY, MOST_IN_ALL = 3, 20
# Whoever came may be written to for a while, and not for ever.
AFTERWARDS = timedelta(days=30)


class To(enum.Enum):
    GOING = "going"
    WAITING = "waiting"
    ALL = "all"


_SAID = {
    To.GOING: {RsvpStatus.GOING},
    To.WAITING: {RsvpStatus.WAITING, RsvpStatus.OFFERED},
    To.ALL: {RsvpStatus.GOING, RsvpStatus.WAITING, RsvpStatus.OFFERED},
}
_CALLED = {
    To.GOING: "those going",
    To.WAITING: "those in the queue",
    To.ALL: "everybody on the list",
}


@dataclass(frozen=True)
class Audience:
    """Whom a message is for, of those whom its sender may see."""

    count: int  # as the sender is told
    unwanted: int  # of whom nobody is written to: they want no messages
    reached: list[Rsvp]


@dataclass(frozen=True)
class Sent:
    count: int
    is_new: bool  # otherwise everybody had it already


def audience(event: Event, sender: Member, to: To) -> Audience:
    """Find whom a message would reach.

    Whom a block parts from a host of the event is counted and not written to: a number
    that were smaller by one would tell the sender of the block.
    """
    rows = db.session.execute(
        select(Rsvp, parted_from_who_runs(event))
        .join(Member, Member.id == Rsvp.member_id)
        .join(Event, Event.id == Rsvp.event_id)
        .where(
            Rsvp.event_id == event.id,
            Rsvp.member_id != sender.id,
            Rsvp.status.in_(_SAID[to]),
            Member.active,
            takes_part(Member.id, Event.space_id),
            rsvps_visible_to(sender),
        )
        .order_by(Rsvp.number)
        .options(contains_eager(Rsvp.member))
    ).all()
    wanted = [(rsvp, is_parted) for rsvp, is_parted in rows if rsvp.wants_messages]
    return Audience(
        count=len(wanted),
        unwanted=len(rows) - len(wanted),
        reached=[rsvp for rsvp, is_parted in wanted if not is_parted],
    )


def compose(event: Event, sender: Member, subject: str, words: str) -> Composed:
    """Write the letter as it will look, and send nothing."""
    return event_letters.composed_message(event, sender, subject, words)


def send_trial(
    event: Event, sender: Member, subject: str, words: str, now: datetime
) -> Letter:
    """Send it to nobody but whoever writes it."""
    _check_time(event, now)
    membership = sender.membership_in(event.space)
    if membership is None or not membership.is_active:
        raise Refusal(
            f"Only members of {event.space.name} get its letters, and you are not one. "
            "Look at it here instead."
        )
    return event_letters.trial_message(event, sender, subject, words, now)


def send(
    event: Event, sender: Member, to: To, subject: str, words: str, now: datetime
) -> Sent:
    """Send it, once to each, however often it is pressed."""
    lock(event)
    _check_time(event, now)
    readers = audience(event, sender, to)
    if not readers.count:
        raise Refusal(why_nobody(to, readers))
    letters = [
        event_letters.message(rsvp, subject, words, now) for rsvp in readers.reached
    ]
    if letters and all(letter.made_at < now for letter in letters):
        return Sent(readers.count, is_new=False)
    if why := why_no_more(event, now):
        raise Refusal(why)
    timeline.note(event, "message", now, sender, f"{_CALLED[to]}: “{subject}”")
    return Sent(readers.count, is_new=True)


def why_nobody(to: To, readers: Audience) -> str:
    if readers.unwanted:
        return "None of them wants messages about this event, so there is nobody to write to."
    return f"There is nobody among {_CALLED[to]} yet, so there is nobody to write to."


def why_no_more(event: Event, now: datetime) -> str:
    """Why no more messages can go out now; "" where they can."""
    sent = select(func.count()).where(
        TimelineEntry.event_id == event.id, TimelineEntry.what == "message"
    )
    if (db.session.scalar(sent) or 0) >= MOST_IN_ALL:
        return (
            f"{MOST_IN_ALL} messages have gone out for this event, and that is as many "
            "as people read. What is still to say can go into its description."
        )
    lately = sent.where(TimelineEntry.made_at > now - timedelta(days=1))
    if (db.session.scalar(lately) or 0) >= MOST_A_DAY:
        return (
            f"{MOST_A_DAY} messages have gone out within a day, and that is as many as "
            "people read. Write again tomorrow, or put it into the description."
        )
    return ""


def _check_time(event: Event, now: datetime) -> None:
    if event.status is EventStatus.DRAFT:
        raise Refusal("Nobody knows of this event yet. Publish it, then write to them.")
    if event.status is EventStatus.CANCELLED:
        raise Refusal("This event does not take place, and everybody was told so.")
    if event.ends_at + AFTERWARDS < now:
        raise Refusal(
            "This event was over a while ago. Make a new one, and they hear of it."
        )
