"""Letters about an event: what became of somebody's place, and what they can do now."""

from datetime import datetime
from typing import Any

from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.mail.compose import compose
from matchmaker.mail.links import Purpose, absolute, sign
from matchmaker.models import Letter, Rsvp


def going(rsvp: Rsvp, now: datetime) -> Letter:
    return _about_place(
        rsvp,
        "event_going",
        f"You have a place: {rsvp.event.title}",
        "It is in the calendar file.",
        now,
        heading="You have a place",
        words="Cannot come after all? One press gives your place to the next in the queue.",
        buttons=[("I cannot come", "cancel", "secondary")],
    )


def waiting(rsvp: Rsvp, now: datetime) -> Letter:
    return _about_place(
        rsvp,
        "event_waiting",
        f"You are in the queue: {rsvp.event.title}",
        "All places are taken. We write as soon as one is free.",
        now,
        heading="You are in the queue",
        words="All places are taken at the moment. As soon as one is free and it is your "
        "turn, we write to you. You can leave the queue at any time.",
        buttons=[("Leave the queue", "cancel", "secondary")],
    )


def asked(rsvp: Rsvp, now: datetime) -> Letter:
    return _about_place(
        rsvp,
        "event_asked",
        f"You asked to come: {rsvp.event.title}",
        "The host says yes or no, and we write to you.",
        now,
        heading="You asked to come",
        words="The host says who comes to this one. We write to you as soon as they have "
        "answered.",
        buttons=[("I cannot come", "cancel", "secondary")],
    )


def promoted(rsvp: Rsvp, now: datetime) -> Letter:
    return _about_place(
        rsvp,
        "event_promoted",
        f"A place is yours: {rsvp.event.title}",
        "You were in the queue, and now you are going.",
        now,
        heading="A place is yours",
        words="You were next in the queue, and a place has become free. You need do "
        "nothing more. Cannot come any more? Then somebody else gladly will.",
        buttons=[("I cannot come", "cancel", "secondary")],
    )


def offered(rsvp: Rsvp, now: datetime) -> Letter:
    assert rsvp.offered_until is not None  # noqa: S101  (that is what an offer is)
    until = rsvp.offered_until.astimezone(rsvp.event.space.zone)
    by_when = f"{until:%A} {until.day} {until:%B}, {until:%H:%M}"
    return _about_place(
        rsvp,
        "event_offered",
        f"A place is held for you: {rsvp.event.title}",
        f"It is yours if you take it before {by_when}.",
        now,
        heading="A place is held for you",
        words=f"You are next in the queue. Take the place before {by_when}; after that "
        "it goes to whoever comes next.",
        buttons=[
            ("Take the place", "claim", "primary"),
            ("I cannot come", "cancel", "secondary"),
        ],
    )


def passed_on(rsvp: Rsvp, now: datetime) -> Letter:
    return _about_place(
        rsvp,
        "event_passed_on",
        f"The place has gone on: {rsvp.event.title}",
        "You can join the queue again.",
        now,
        heading="The place went to the next in the queue",
        words="It was held for you for a while and nobody took it. If you would still "
        "like to come, join the queue again.",
        buttons=[("See the event", "show", "primary")],
    )


def removed(rsvp: Rsvp, now: datetime) -> Letter:
    return _about_place(
        rsvp,
        "event_removed",
        f"No place this time: {rsvp.event.title}",
        "The host has taken you off the list.",
        now,
        heading="No place for you this time",
        words="The host has taken you off the list of this event. If that is a mistake, "
        "ask them.",
        buttons=[],
    )


def _about_place(
    rsvp: Rsvp,
    kind: str,
    subject: str,
    preheader: str,
    now: datetime,
    *,
    heading: str,
    words: str,
    buttons: list[tuple[str, str, str]],
    **more: Any,
) -> Letter:
    db.session.flush()
    event = rsvp.event
    token = sign(Purpose.RSVP, rsvp.event_id, rsvp.member_id)
    composed = compose(
        "event",
        subject,
        preheader,
        rsvp=rsvp,
        event=event,
        space=event.space,
        heading=heading,
        words=words,
        buttons=[
            (label, absolute("events.by_letter", token=token, do=deed), style)
            for label, deed, style in buttons
        ],
        **more,
    )
    return outbox.post(
        composed,
        kind=kind,
        cause=f"{kind}.event{rsvp.event_id}.member{rsvp.member_id}.{now:%Y%m%dT%H%M%S.%f}",
        member=rsvp.member,
        event=event,
        now=now,
    )
