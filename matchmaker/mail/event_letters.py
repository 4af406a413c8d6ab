"""Letters about an event: what became of somebody's place, and what they can do now.

None of them names anybody else who comes: the reader may be parted from them.
"""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.mail import event_calendar, outbox
from matchmaker.mail.arrangements import when_words, where_words
from matchmaker.mail.compose import Composed, compose
from matchmaker.mail.kinds import composes
from matchmaker.mail.links import Purpose, absolute, sign
from matchmaker.mail.message import one_click
from matchmaker.mail.wording import day_words, queue_rule
from matchmaker.models import Event, Letter, Member, Rsvp, Venue

# What a button does: its label, what the page is asked for, how it looks.
Button = tuple[str, str, str]
CANNOT_COME: Button = ("I cannot come", "cancel", "secondary")
SEE_IT: Button = ("See the event", "show", "primary")
MY_CODE: Button = ("My code for the door", "code", "primary")


def going(rsvp: Rsvp, now: datetime) -> Letter:
    return _post("event_going", rsvp, now)


@composes("event_going")
def _going(letter: Letter, now: datetime) -> Composed:
    return written(
        letter,
        f"You have a place: {event_of(letter).title}",
        "It is in the calendar file.",
        "You have a place",
        ["Cannot come after all? One press gives your place to the next in the queue."],
        [MY_CODE, CANNOT_COME],
        calendar=event_calendar.for_letter(rsvp_of(letter), now),
    )


def waiting(rsvp: Rsvp, now: datetime) -> Letter:
    return _post("event_waiting", rsvp, now)


@composes("event_waiting")
def _waiting(letter: Letter, _now: datetime) -> Composed:
    return written(
        letter,
        f"You are in the queue: {event_of(letter).title}",
        "All places are taken. We write as soon as it’s your turn.",
        "You are in the queue",
        [
            f"All places are taken at the moment. {queue_rule(rsvp_of(letter))} You can "
            "leave the queue at any time."
        ],
        [("Leave the queue", "cancel", "secondary")],
    )


def asked(rsvp: Rsvp, now: datetime) -> Letter:
    return _post("event_asked", rsvp, now)


@composes("event_asked")
def _asked(letter: Letter, _now: datetime) -> Composed:
    return written(
        letter,
        f"You asked to come: {event_of(letter).title}",
        "The host says yes or no, and we write to you.",
        "You asked to come",
        [
            "The host says who comes to this one. We write to you as soon as they have "
            "answered."
        ],
        [CANNOT_COME],
    )


def promoted(rsvp: Rsvp, now: datetime) -> Letter:
    return _post("event_promoted", rsvp, now)


@composes("event_promoted")
def _promoted(letter: Letter, now: datetime) -> Composed:
    return written(
        letter,
        f"A place is yours: {event_of(letter).title}",
        "You were in the queue, and now you are going.",
        "A place is yours",
        [
            "You were in the queue, and a place has become free. You need do nothing "
            "more. Cannot come any more? Then somebody else gladly will."
        ],
        [MY_CODE, CANNOT_COME],
        calendar=event_calendar.for_letter(rsvp_of(letter), now),
    )


def offered(rsvp: Rsvp, now: datetime) -> Letter:
    return _post("event_offered", rsvp, now)


@composes("event_offered")
def _offered(letter: Letter, _now: datetime) -> Composed:
    event, offered_until = event_of(letter), rsvp_of(letter).offered_until
    assert offered_until is not None  # noqa: S101  (that is what an offer is)
    until = offered_until.astimezone(event.space.zone)
    by_when = f"{day_words(until)}, {until:%H:%M}"
    return written(
        letter,
        f"A place is held for you: {event.title}",
        f"It is yours if you take it before {by_when}.",
        "A place is held for you",
        [
            f"It is your turn. Take the place before {by_when}; after that it goes to "
            "whoever comes next."
        ],
        [("Take the place", "claim", "primary"), CANNOT_COME],
    )


def passed_on(rsvp: Rsvp, now: datetime) -> Letter:
    return _post("event_passed_on", rsvp, now)


@composes("event_passed_on")
def _passed_on(letter: Letter, _now: datetime) -> Composed:
    return written(
        letter,
        f"The place has gone on: {event_of(letter).title}",
        "You can join the queue again.",
        "The place went to the next in the queue",
        [
            "It was held for you for a while and nobody took it. If you would still like "
            "to come, join the queue again."
        ],
        [SEE_IT],
    )


def removed(rsvp: Rsvp, now: datetime) -> Letter:
    return _post("event_removed", rsvp, now)


@composes("event_removed")
def _removed(letter: Letter, _now: datetime) -> Composed:
    return written(
        letter,
        f"No place this time: {event_of(letter).title}",
        "The host could not give you one.",
        "No place for you this time",
        [
            "The host decides who comes to this one, and has no place for you this time. "
            "If that is a mistake, ask them."
        ],
        [],
    )


def reminder(rsvp: Rsvp, now: datetime) -> Letter:
    """Once for each time at which it begins, and each choice of how long before."""
    which = f"{rsvp.event.starts_at:%Y%m%dT%H%M}.{rsvp.remind_hours}h"
    return _post("event_reminder", rsvp, now, which)


@composes("event_reminder")
def _reminder(letter: Letter, now: datetime) -> Composed:
    event, stop_url = event_of(letter), _stop_url(rsvp_of(letter))
    soon = _soon(event, now)
    return written(
        letter,
        f"{soon}: {event.title}",
        "If you cannot come, somebody else gladly will.",
        f"It is {soon[0].lower()}{soon[1:]}",
        ["Cannot come after all? One press passes your place on."],
        [MY_CODE, CANNOT_COME],
        stop_url=stop_url,
        headers=one_click(stop_url),
    )


def message(rsvp: Rsvp, subject: str, words: str, now: datetime) -> Letter:
    """The host's own words. Whoever has had the same already does not get them again."""
    which = hashlib.sha256(f"{subject}\0{words}".encode()).hexdigest()[:16]
    details = {"subject": subject, "words": words}
    return _post("event_message", rsvp, now, which, details)


@composes("event_message")
def _message(letter: Letter, _now: datetime) -> Composed:
    return composed_message(
        event_of(letter),
        letter.member,
        letter.details["subject"],
        letter.details["words"],
        rsvp_of(letter),
    )


def trial_message(
    event: Event, reader: Member, subject: str, words: str, now: datetime
) -> Letter:
    """Send the host's words to whoever writes them, and nobody else."""
    return outbox.post(
        "event_trial",
        reader,
        now,
        cause=cause_of("event_trial", event, reader, at(now)),
        event=event,
        details={"subject": subject, "words": words},
    )


@composes("event_trial")
def _trial_message(letter: Letter, _now: datetime) -> Composed:
    subject, words = letter.details["subject"], letter.details["words"]
    return composed_message(event_of(letter), letter.member, subject, words)


def composed_message(
    event: Event, reader: Member, subject: str, words: str, rsvp: Rsvp | None = None
) -> Composed:
    """Write the host's words without sending them: acts for nobody without an RSVP."""
    stop_url = _stop_url(rsvp) if rsvp else absolute("events.show", event_id=event.id)
    return _composed(
        event,
        reader,
        rsvp,
        f"{subject}: {event.title}",
        "From the host.",
        subject,
        paragraphs(words),
        [SEE_IT, CANNOT_COME] if rsvp is None or rsvp.has_place else [SEE_IT],
        stop_url=stop_url,
        headers=one_click(stop_url) if rsvp else {},
    )


def written(
    letter: Letter,
    subject: str,
    preheader: str,
    heading: str,
    words: list[str],
    buttons: list[Button],
    **more: Any,
) -> Composed:
    """Write a letter about an event to somebody who may have said something of coming."""
    event, reader = event_of(letter), letter.member
    rsvp = db.session.get(Rsvp, (event.id, reader.id))
    return _composed(
        event, reader, rsvp, subject, preheader, heading, words, buttons, **more
    )


def event_of(letter: Letter) -> Event:
    return db.session.get_one(Event, letter.event_id)


def rsvp_of(letter: Letter) -> Rsvp:
    return db.session.get_one(Rsvp, (letter.event_id, letter.member_id))


def cause_of(kind: str, event: Event, member: Member, which: str) -> str:
    return f"{kind}.event{event.id}.member{member.id}.{which}"


def at(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%S.%f}"


def paragraphs(words: str) -> list[str]:
    lines = words.replace("\r\n", "\n").split("\n\n")
    return [line.strip() for line in lines if line.strip()]


def _composed(
    event: Event,
    reader: Member,
    rsvp: Rsvp | None,
    subject: str,
    preheader: str,
    heading: str,
    words: list[str],
    buttons: list[Button],
    *,
    stop_url: str | None = None,
    why: str = "you signed up for this event",
    **more: Any,
) -> Composed:
    if event.venue is Venue.ONLINE:
        buttons = [button for button in buttons if button != MY_CODE]
    presses = [
        (label, _address(event, rsvp, deed), style) for label, deed, style in buttons
    ]
    goes = rsvp is not None and rsvp.is_going
    if goes and event.online_url and not event.is_cancelled:
        # The way in is what they come back to the letter for; one press stands out.
        stands_out = any(style == "primary" for _, _, style in presses)
        style = "secondary" if stands_out else "primary"
        presses.insert(int(stands_out), ("Join online", event.online_url, style))
    return compose(
        "event",
        subject,
        preheader,
        member=reader,
        event=event,
        space=event.space,
        heading=heading,
        when=when_words(event, event),
        where=where_words(event),
        words=words,
        buttons=presses,
        stop_url=stop_url,
        why=why,
        **more,
    )


def _address(event: Event, rsvp: Rsvp | None, deed: str) -> str:
    """Where a button leads: for one who signed up, a page that acts for them."""
    if rsvp is None:
        return absolute("events.show", event_id=event.id)
    subject = rsvp.event_id, rsvp.member_id
    if deed == "code":
        return absolute("door.ticket", token=sign(Purpose.CHECK_IN, *subject))
    return absolute("events.by_letter", token=sign(Purpose.RSVP, *subject), do=deed)


def _post(
    kind: str,
    rsvp: Rsvp,
    now: datetime,
    which: str = "",
    details: dict[str, Any] | None = None,
) -> Letter:
    """Post a letter, once for each cause; without `which` each moment is one."""
    db.session.flush()
    cause = cause_of(kind, rsvp.event, rsvp.member, which or at(now))
    if which:
        posted = db.session.scalar(select(Letter).where(Letter.cause == cause))
        if posted is not None:
            return posted
    return outbox.post(
        kind, rsvp.member, now, cause=cause, event=rsvp.event, details=details
    )


def _stop_url(rsvp: Rsvp) -> str:
    token = sign(Purpose.EVENT_MESSAGES, rsvp.event_id, rsvp.member_id)
    return absolute("events.stop_messages", token=token)


def _soon(event: Event, now: datetime) -> str:
    start = event.local_start
    days = (start.date() - now.astimezone(event.space.zone).date()).days
    return {0: "Today", 1: "Tomorrow"}.get(days, f"On {start:%A}")
