"""What those who come are told when an event changes or is off: all of them at once.

They may be many, and nobody else can write meanwhile: so a letter is composed once for
those to whom it says the same, and all are posted together.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from matchmaker.mail import event_calendar, outbox
from matchmaker.mail.compose import Composed, Mould
from matchmaker.mail.event_letters import (
    CANNOT_COME,
    SEE_IT,
    Arrangements,
    at,
    cause_of,
    mould,
    own,
    paragraphs,
    when_words,
    where_words,
)
from matchmaker.models import Event, Letter, Member, Rsvp

CHANGED, CANCELLED = "event_changed", "event_cancelled"


def changed(
    event: Event, rsvps: Sequence[Rsvp], before: Arrangements, now: datetime
) -> list[Letter]:
    """Say what was and what is; `before` is from `arrangements`, before the change."""
    moved = (before.starts_at, before.ends_at) != (event.starts_at, event.ends_at)
    elsewhere = (before.venue, before.place) != (event.venue, event.place)
    what = {
        (True, True): "a new time and place",
        (True, False): "a new time",
        (False, True): "a new place",
    }.get((moved, elsewhere), "a new link")
    was = [when_words(before, event)] if moved else []
    was += [where_words(before)] if elsewhere and where_words(before) else []

    def written(goes: bool) -> Mould:
        return mould(
            event,
            goes,
            f"There is {what}: {event.title}",
            "Look whether you can still come.",
            f"There is {what}",
            [f"Before, it was: {', '.join(was)}."] if was else [],
            [SEE_IT, CANNOT_COME],
        )

    moulds = {goes: written(goes) for goes in _who_goes(rsvps)}
    going = next((rsvp for rsvp in rsvps if rsvp.is_going), None)
    file = event_calendar.for_letter(going, now) if going else ""
    letters = [
        _draft(
            CHANGED,
            event,
            rsvp.member,
            own(moulds[rsvp.is_going], event, rsvp.member, rsvp),
            file if rsvp.is_going else "",
            now,
        )
        for rsvp in rsvps
    ]
    outbox.post_all(letters)
    return letters


def cancelled(
    event: Event,
    rsvps: Sequence[Rsvp],
    words: str,
    now: datetime,
    mentors: Sequence[Member] = (),
) -> list[Letter]:
    """It does not take place; `words` are the host's own, or none.

    Mentors are those who have said nothing of coming, and would come for their hours.
    """

    def written(goes: bool, given_up: str, why: str) -> Mould:
        return mould(
            event,
            goes,
            f"It does not take place: {event.title}",
            "You need do nothing.",
            "This one does not take place",
            [*paragraphs(words), f"You need do nothing; {given_up}"],
            [],
            why=why,
        )

    of_guests = {
        goes: written(
            goes,
            "your place is given up by itself.",
            "you signed up for this event",
        )
        for goes in _who_goes(rsvps)
    }
    hours = event_calendar.hours_at(event)
    without_hours = {
        goes: event_calendar.off(event, goes, [], now) if goes else ""
        for goes in of_guests
    }
    letters = [
        _draft(
            CANCELLED,
            event,
            rsvp.member,
            own(of_guests[rsvp.is_going], event, rsvp.member, rsvp),
            event_calendar.off(event, rsvp.is_going, hours[rsvp.member_id], now)
            if rsvp.member_id in hours
            else without_hours[rsvp.is_going],
            now,
        )
        for rsvp in rsvps
    ]
    if mentors:
        of_mentors = written(
            False,
            "your hours are given up by themselves.",
            "you are a mentor for this event",
        )
        letters += [
            _draft(
                CANCELLED,
                event,
                mentor,
                own(of_mentors, event, mentor, None),
                event_calendar.off(event, False, hours[mentor.id], now)
                if mentor.id in hours
                else "",
                now,
            )
            for mentor in mentors
        ]
    outbox.post_all(letters)
    return letters


def _who_goes(rsvps: Iterable[Rsvp]) -> set[bool]:
    return {rsvp.is_going for rsvp in rsvps}


def _draft(
    kind: str,
    event: Event,
    reader: Member,
    composed: Composed,
    calendar: str,
    now: datetime,
) -> Letter:
    return outbox.draft(
        composed,
        kind=kind,
        cause=cause_of(kind, event, reader, at(now)),
        member=reader,
        event=event,
        calendar=calendar,
        now=now,
    )
