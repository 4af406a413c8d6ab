"""What those who come are told when an event changes or is off: all of them at once."""

from collections.abc import Sequence
from datetime import datetime

from matchmaker.extensions import db
from matchmaker.mail import event_calendar, outbox
from matchmaker.mail.arrangements import (
    Arrangements,
    of_details,
    of_event,
    when_words,
    where_words,
)
from matchmaker.mail.compose import Composed
from matchmaker.mail.event_letters import (
    CANNOT_COME,
    SEE_IT,
    at,
    cause_of,
    event_of,
    paragraphs,
    rsvp_of,
    written,
)
from matchmaker.mail.kinds import composes
from matchmaker.models import Event, Letter, Member, Rsvp

CHANGED, CANCELLED = "event_changed", "event_cancelled"
# What somebody was to the event when it was called off.
GOING, SIGNED_UP, MENTOR = "going", "signed up", "mentor"


def changed(
    event: Event, rsvps: Sequence[Rsvp], before: Arrangements, now: datetime
) -> list[Letter]:
    """Say what was and what is; `before` is `of_event`, before the change."""
    db.session.flush()
    was = before.details()
    letters = [
        _draft(CHANGED, event, rsvp.member, now, {"before": was}) for rsvp in rsvps
    ]
    outbox.post_all(letters)
    return letters


@composes(CHANGED)
def _changed(letter: Letter, now: datetime) -> Composed:
    """Say what it is as it is by now: there may have been another change."""
    event, rsvp = event_of(letter), rsvp_of(letter)
    before, current = of_details(letter.details["before"]), of_event(event)
    moved = (before.starts_at, before.ends_at) != (current.starts_at, current.ends_at)
    elsewhere = (before.venue, before.place) != (current.venue, current.place)
    what = {
        (True, True): "a new time and place",
        (True, False): "a new time",
        (False, True): "a new place",
    }.get((moved, elsewhere), "a new link")
    was = [when_words(before, event)] if moved else []
    was += [where_words(before)] if elsewhere and where_words(before) else []
    return written(
        letter,
        f"There is {what}: {event.title}",
        "Look whether you can still come.",
        f"There is {what}",
        [f"Before, it was: {', '.join(was)}."] if was else [],
        [SEE_IT, CANNOT_COME],
        calendar=event_calendar.for_letter(rsvp, now) if rsvp.is_going else "",
    )


def cancelled(
    event: Event,
    rsvps: Sequence[Rsvp],
    now: datetime,
    mentors: Sequence[Member] = (),
) -> list[Letter]:
    """It does not take place.

    Mentors are those who have said nothing of coming, and would come for their hours.
    """
    db.session.flush()
    readers = [(rsvp.member, GOING if rsvp.is_going else SIGNED_UP) for rsvp in rsvps]
    readers += [(mentor, MENTOR) for mentor in mentors]
    letters = [
        _draft(CANCELLED, event, reader, now, {"was": was}) for reader, was in readers
    ]
    outbox.post_all(letters)
    return letters


@composes(CANCELLED)
def _cancelled(letter: Letter, _now: datetime) -> Composed:
    """Take it out of their calendars, too, if it was in there."""
    event, was = event_of(letter), letter.details["was"]
    hours = event_calendar.hours_of(event, letter.member)
    given_up, why = (
        ("your hours are given up by themselves.", "you are a mentor for this event")
        if was == MENTOR
        else ("your place is given up by itself.", "you signed up for this event")
    )
    goes = was == GOING
    return written(
        letter,
        f"It does not take place: {event.title}",
        "You need do nothing.",
        "This one does not take place",
        [*paragraphs(event.why_cancelled), f"You need do nothing; {given_up}"],
        [],
        why=why,
        calendar=event_calendar.off(event, goes, hours, letter.made_at)
        if goes or hours
        else "",
    )


def _draft(
    kind: str, event: Event, reader: Member, now: datetime, details: dict[str, object]
) -> Letter:
    return outbox.draft(
        kind,
        reader,
        now,
        cause=cause_of(kind, event, reader, at(now)),
        event=event,
        details=details,
    )
