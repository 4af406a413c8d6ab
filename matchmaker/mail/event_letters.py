"""Letters about an event: what became of somebody's place, and what they can do now.

None of them names anybody else who comes: the reader may be parted from them.
"""

import hashlib
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.mail import event_calendar, outbox
from matchmaker.mail.compose import Composed, Mould, blanks, compose
from matchmaker.mail.links import Purpose, absolute, sign
from matchmaker.mail.message import one_click
from matchmaker.mail.wording import day_words, days_words, queue_rule
from matchmaker.models import Event, Letter, Member, Rsvp, Venue

# Letters that bring the event for the reader's own calendar, if they are going.
_FOR_CALENDARS = {"event_going", "event_promoted"}
_GREETED = "greeted"
# What a button does: its label, what the page is asked for, how it looks.
Button = tuple[str, str, str]
CANNOT_COME: Button = ("I cannot come", "cancel", "secondary")
SEE_IT: Button = ("See the event", "show", "primary")
MY_CODE: Button = ("My code for the door", "code", "primary")


@dataclass(frozen=True)
class Arrangements:
    """When and where an event is: what those who come were told."""

    starts_at: datetime
    ends_at: datetime
    venue: Venue
    place: str
    online_url: str
    # How it is said, and no change of when it is.
    is_all_day: bool = field(compare=False)


def arrangements(event: Event) -> Arrangements:
    return Arrangements(
        **{each.name: getattr(event, each.name) for each in fields(Arrangements)}
    )


def going(rsvp: Rsvp, now: datetime) -> Letter:
    return _about_place(
        rsvp,
        "event_going",
        f"You have a place: {rsvp.event.title}",
        "It is in the calendar file.",
        now,
        "You have a place",
        "Cannot come after all? One press gives your place to the next in the queue.",
        [MY_CODE, CANNOT_COME],
    )


def waiting(rsvp: Rsvp, now: datetime) -> Letter:
    return _about_place(
        rsvp,
        "event_waiting",
        f"You are in the queue: {rsvp.event.title}",
        "All places are taken. We write as soon as it’s your turn.",
        now,
        "You are in the queue",
        f"All places are taken at the moment. {queue_rule(rsvp)} You can leave the queue "
        "at any time.",
        [("Leave the queue", "cancel", "secondary")],
    )


def asked(rsvp: Rsvp, now: datetime) -> Letter:
    return _about_place(
        rsvp,
        "event_asked",
        f"You asked to come: {rsvp.event.title}",
        "The host says yes or no, and we write to you.",
        now,
        "You asked to come",
        "The host says who comes to this one. We write to you as soon as they have "
        "answered.",
        [CANNOT_COME],
    )


def promoted(rsvp: Rsvp, now: datetime) -> Letter:
    return _about_place(
        rsvp,
        "event_promoted",
        f"A place is yours: {rsvp.event.title}",
        "You were in the queue, and now you are going.",
        now,
        "A place is yours",
        "You were in the queue, and a place has become free. You need do nothing more. "
        "Cannot come any more? Then somebody else gladly will.",
        [MY_CODE, CANNOT_COME],
    )


def offered(rsvp: Rsvp, now: datetime) -> Letter:
    assert rsvp.offered_until is not None  # noqa: S101  (that is what an offer is)
    until = rsvp.offered_until.astimezone(rsvp.event.space.zone)
    by_when = f"{day_words(until)}, {until:%H:%M}"
    return _about_place(
        rsvp,
        "event_offered",
        f"A place is held for you: {rsvp.event.title}",
        f"It is yours if you take it before {by_when}.",
        now,
        "A place is held for you",
        f"It is your turn. Take the place before {by_when}; after that it goes to "
        "whoever comes next.",
        [("Take the place", "claim", "primary"), CANNOT_COME],
    )


def passed_on(rsvp: Rsvp, now: datetime) -> Letter:
    return _about_place(
        rsvp,
        "event_passed_on",
        f"The place has gone on: {rsvp.event.title}",
        "You can join the queue again.",
        now,
        "The place went to the next in the queue",
        "It was held for you for a while and nobody took it. If you would still like to "
        "come, join the queue again.",
        [SEE_IT],
    )


def removed(rsvp: Rsvp, now: datetime) -> Letter:
    return _about_place(
        rsvp,
        "event_removed",
        f"No place this time: {rsvp.event.title}",
        "The host could not give you one.",
        now,
        "No place for you this time",
        "The host decides who comes to this one, and has no place for you this time. If "
        "that is a mistake, ask them.",
        [],
    )


def reminder(rsvp: Rsvp, now: datetime) -> Letter:
    """Once for each time at which it begins, and each choice of how long before."""
    event = rsvp.event
    soon = _soon(event, now)
    composed = _composed(
        event,
        rsvp.member,
        rsvp,
        f"{soon}: {event.title}",
        "If you cannot come, somebody else gladly will.",
        f"It is {soon[0].lower()}{soon[1:]}",
        ["Cannot come after all? One press passes your place on."],
        [MY_CODE, CANNOT_COME],
        stop_url=_stop_url(rsvp),
    )
    which = f"{event.starts_at:%Y%m%dT%H%M}.{rsvp.remind_hours}h"
    stops = one_click(_stop_url(rsvp))
    return _post(rsvp, "event_reminder", composed, now, which, stops)


def message(rsvp: Rsvp, subject: str, words: str, now: datetime) -> Letter:
    """The host's own words. Whoever has had the same already does not get them again."""
    composed = composed_message(rsvp.event, rsvp.member, subject, words, rsvp)
    which = hashlib.sha256(f"{subject}\0{words}".encode()).hexdigest()[:16]
    return _post(
        rsvp, "event_message", composed, now, which, one_click(_stop_url(rsvp))
    )


def trial_message(
    event: Event, reader: Member, subject: str, words: str, now: datetime
) -> Letter:
    """Send the host's words to whoever writes them, and nobody else."""
    return outbox.post(
        composed_message(event, reader, subject, words),
        kind="event_trial",
        cause=cause_of("event_trial", event, reader, at(now)),
        member=reader,
        event=event,
        now=now,
    )


def composed_message(
    event: Event, reader: Member, subject: str, words: str, rsvp: Rsvp | None = None
) -> Composed:
    """Write the host's words without sending them: acts for nobody without an RSVP."""
    return _composed(
        event,
        reader,
        rsvp,
        f"{subject}: {event.title}",
        "From the host.",
        subject,
        paragraphs(words),
        [SEE_IT, CANNOT_COME] if rsvp is None or rsvp.has_place else [SEE_IT],
        stop_url=_stop_url(rsvp)
        if rsvp
        else absolute("events.show", event_id=event.id),
    )


def when_words(when: Event | Arrangements, event: Event) -> str:
    """Thursday 4 December, 09:00 to 11:00; on the space's own clock."""
    zone = event.space.zone
    start, end = when.starts_at.astimezone(zone), when.ends_at.astimezone(zone)
    if when.is_all_day:
        return f"{days_words(start, end - timedelta(days=1))}, all day"
    day = day_words(start)
    if start.date() == end.date():
        return f"{day}, {start:%H:%M} to {end:%H:%M}"
    return f"{day}, {start:%H:%M} to {day_words(end)}, {end:%H:%M}"


def where_words(where: Event | Arrangements) -> str:
    if where.venue is Venue.ONLINE:
        return f"online, {where.place}" if where.place else "online"
    return where.place


def _about_place(
    rsvp: Rsvp,
    kind: str,
    subject: str,
    preheader: str,
    now: datetime,
    heading: str,
    words: str,
    buttons: list[Button],
) -> Letter:
    composed = _composed(
        rsvp.event, rsvp.member, rsvp, subject, preheader, heading, [words], buttons
    )
    return _post(rsvp, kind, composed, now)


def mould(
    event: Event,
    goes: bool,
    subject: str,
    preheader: str,
    heading: str,
    words: list[str],
    buttons: list[Button],
    stop_url: str | None = None,
    why: str = "you signed up for this event",
) -> Mould:
    """Write a letter for all who go, or for all who do not: see `own`."""
    db.session.flush()
    if event.venue is Venue.ONLINE:
        buttons = [button for button in buttons if button != MY_CODE]
    blank = blanks([_GREETED, *(deed for _, deed, _ in buttons)])
    presses = [(label, blank[deed], style) for label, deed, style in buttons]
    if goes and event.online_url and not event.is_cancelled:
        # The way in is what they come back to the letter for; one press stands out.
        stands_out = any(style == "primary" for _, _, style in presses)
        style = "secondary" if stands_out else "primary"
        presses.insert(int(stands_out), ("Join online", event.online_url, style))
    written = compose(
        "event",
        subject,
        preheader,
        member=None,
        greeted=lambda _reader: blank[_GREETED],
        event=event,
        space=event.space,
        heading=heading,
        when=when_words(event, event),
        where=where_words(event),
        words=words,
        buttons=presses,
        stop_url=stop_url,
        why=why,
    )
    return Mould(written, blank)


def own(mould: Mould, event: Event, reader: Member, rsvp: Rsvp | None) -> Composed:
    """Put into the letter how one reader is called, and links that act for them."""

    def address(deed: str) -> str:
        if rsvp is None:
            return absolute("events.show", event_id=event.id)
        subject = rsvp.event_id, rsvp.member_id
        if deed == "code":
            return absolute("door.ticket", token=sign(Purpose.CHECK_IN, *subject))
        token = sign(Purpose.RSVP, *subject)
        return absolute("events.by_letter", token=token, do=deed)

    return mould.filled(
        {
            name: reader.greeted if name == _GREETED else address(name)
            for name in mould.blanks
        }
    )


def _composed(
    event: Event,
    reader: Member,
    rsvp: Rsvp | None,
    subject: str,
    preheader: str,
    heading: str,
    words: list[str],
    buttons: list[Button],
    stop_url: str | None = None,
) -> Composed:
    goes = rsvp is not None and rsvp.is_going
    written = mould(event, goes, subject, preheader, heading, words, buttons, stop_url)
    return own(written, event, reader, rsvp)


def _post(
    rsvp: Rsvp,
    kind: str,
    composed: Composed,
    now: datetime,
    which: str = "",
    headers: dict[str, str] | None = None,
) -> Letter:
    """Post a letter, once for each cause; without `which` each moment is one."""
    cause = cause_of(kind, rsvp.event, rsvp.member, which or at(now))
    if which:
        posted = db.session.scalar(select(Letter).where(Letter.cause == cause))
        if posted is not None:
            return posted
    return outbox.post(
        composed,
        kind=kind,
        cause=cause,
        member=rsvp.member,
        event=rsvp.event,
        calendar=event_calendar.for_letter(rsvp, now)
        if rsvp.is_going and kind in _FOR_CALENDARS
        else "",
        headers=headers,
        now=now,
    )


def cause_of(kind: str, event: Event, member: Member, which: str) -> str:
    return f"{kind}.event{event.id}.member{member.id}.{which}"


def at(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%S.%f}"


def _stop_url(rsvp: Rsvp) -> str:
    token = sign(Purpose.EVENT_MESSAGES, rsvp.event_id, rsvp.member_id)
    return absolute("events.stop_messages", token=token)


def _soon(event: Event, now: datetime) -> str:
    start = event.local_start
    days = (start.date() - now.astimezone(event.space.zone).date()).days
    return {0: "Today", 1: "Tomorrow"}.get(days, f"On {start:%A}")


def paragraphs(words: str) -> list[str]:
    lines = words.replace("\r\n", "\n").split("\n\n")
    return [line.strip() for line in lines if line.strip()]
