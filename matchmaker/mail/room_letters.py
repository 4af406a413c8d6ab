"""Letters about hours with a mentor: who has which slot, and what it is about.

A slot can be released, booked by somebody else or taken away before they are sent. So
they keep what was booked.
"""

from datetime import datetime, timedelta
from typing import Any

from matchmaker.extensions import db
from matchmaker.mail import event_calendar, outbox
from matchmaker.mail.compose import Composed, compose
from matchmaker.mail.event_calendar import BookedSlot
from matchmaker.mail.event_letters import event_of
from matchmaker.mail.kinds import composes
from matchmaker.mail.links import absolute
from matchmaker.mail.names import full_name
from matchmaker.mail.wording import day_words
from matchmaker.models import Event, Letter, Member, Slot

_WHY_MENTOR = "you are a mentor at this event"
_WHY_MENTEE = "you booked a mentor at this event"
OPENED, BOOKED, RELEASED = KINDS = ("hours_opened", "hours_booked", "hours_released")


def hours_opened(slots: list[Slot], by: Member, now: datetime) -> Letter:
    """Tell a mentor which hours somebody who runs the event has opened for them."""
    first, last = slots[0], slots[-1]
    ends_at = last.starts_at + timedelta(minutes=last.minutes)
    return _post(
        OPENED,
        first.mentor,
        first,
        now,
        {
            "by": by.id,
            "count": len(slots),
            "minutes": last.minutes,
            "starts_at": first.starts_at.isoformat(),
            "ends_at": ends_at.isoformat(),
        },
    )


@composes(OPENED)
def _opened(letter: Letter, _now: datetime) -> Composed:
    event, told = event_of(letter), letter.details
    by, count = db.session.get_one(Member, told["by"]), told["count"]
    return _written(
        letter,
        f"Your hours as a mentor: {day_words(event.local_start)}",
        "Who comes can book them from now on.",
        heading="You have mentor hours",
        words=[
            f"{full_name(by)} has opened {count} {'slots' if count > 1 else 'slot'} of "
            f"{told['minutes']} minutes with you, from "
            f"{_time(event, told['starts_at'])} to {_time(event, told['ends_at'])}.",
            "Whoever comes can book one, and we write to you each time. Does it not "
            "suit you? You can take away each of them on your page.",
        ],
        button="See my hours",
        why="somebody who runs this event asked you to be a mentor at it",
    )


def hours_booked(slot: Slot, now: datetime, before: datetime | None = None) -> None:
    """Tell both; or, of a slot that was at another time before, that it has moved."""
    was = before.isoformat() if before else None
    for reader in _both(slot):
        _post_about(BOOKED, reader, slot, now, before=was)


@composes(BOOKED)
def _booked(letter: Letter, _now: datetime) -> Composed:
    event, slot = event_of(letter), _slot(letter)
    when = _time(event, slot.starts_at)
    moved = []
    if letter.details["before"]:
        before = datetime.fromisoformat(letter.details["before"])
        day, was = (at.astimezone(event.space.zone) for at in (slot.starts_at, before))
        moved = [
            f"The event was moved, and this with it: it’s on {day_words(day)} at {when} "
            f"now, and was on {day_words(was)} at {was:%H:%M}."
        ]
    if letter.member is slot.mentor:
        return _written(
            letter,
            f"{slot.mentee.called} would like to talk to you at {when}",
            slot.topic,
            heading=f"{full_name(slot.mentee)} has booked {when}",
            words=[*moved, f"What they would like to talk about: {slot.topic}"],
            button="See my hours",
            why=_WHY_MENTOR,
            calendar=_file(letter, slot),
        )
    return _written(
        letter,
        f"You have {slot.minutes} minutes with {slot.mentor.called}",
        f"At {when}.",
        heading=f"{when} with {full_name(slot.mentor)}",
        words=[
            *moved,
            f"You have {slot.minutes} minutes. What you would like to talk about: "
            f"{slot.topic}",
            "Cannot come? Release it, and somebody else gladly takes it.",
        ],
        button="See or release it",
        why=_WHY_MENTEE,
        calendar=_file(letter, slot),
    )


def hours_released(slot: Slot, by: Member, now: datetime) -> None:
    """Tell both, whoever did it; the one who did has it in writing."""
    for reader in _both(slot):
        _post_about(RELEASED, reader, slot, now, by=by.id, leaves=False)


def hours_given_up(
    slot: Slot, leaver: Member, now: datetime, *, silently: bool
) -> None:
    """Tell the other that one of the two does not come; and the one, unless silently."""
    mentor, mentee = _both(slot)
    readers = [mentee if leaver is mentor else mentor]
    for reader in readers if silently else [*readers, leaver]:
        _post_about(RELEASED, reader, slot, now, by=leaver.id, leaves=True)


@composes(RELEASED)
def _released(letter: Letter, _now: datetime) -> Composed:
    event, slot = event_of(letter), _slot(letter)
    by = db.session.get_one(Member, letter.details["by"])
    say = _said_of_leaving if letter.details["leaves"] else _said_of_releasing
    subject, preheader, words = say(
        slot, letter.member, by, _time(event, slot.starts_at)
    )
    return _written(letter, subject, preheader, **words, calendar=_file(letter, slot))


def _said_of_releasing(
    slot: BookedSlot, reader: Member, by: Member, when: str
) -> tuple[str, str, dict[str, Any]]:
    mentor, mentee = slot.mentor, slot.mentee
    if reader is mentor:
        return (
            f"{when} with {mentee.called} is free again",
            "Somebody else can book it now.",
            {
                "heading": f"{when} is free again",
                "words": [
                    "You have released it."
                    if by is mentor
                    else f"{full_name(mentee)} does not need it any more."
                    if by is mentee
                    else f"It was taken away from {full_name(mentee)} by who runs the "
                    "event."
                ],
                "button": "See my hours",
                "why": _WHY_MENTOR,
            },
        )
    return (
        f"{when} with {mentor.called} is released",
        "You can book another.",
        {
            "heading": f"You no longer have {when} with {full_name(mentor)}",
            "words": [
                "You have released it. Another time can still be booked."
                if by is mentee
                else "It had to be taken back. Perhaps another time suits you both."
            ],
            "button": "See what is free",
            "why": _WHY_MENTEE,
        },
    )


def _said_of_leaving(
    slot: BookedSlot, reader: Member, leaver: Member, when: str
) -> tuple[str, str, dict[str, Any]]:
    other = slot.mentee if reader is slot.mentor else slot.mentor
    why = _WHY_MENTOR if reader is slot.mentor else _WHY_MENTEE
    gone = f"You no longer have {when} with {full_name(other)}"
    if reader is leaver:
        return (
            f"{when} with {other.called} is released",
            "It went with your place at the event.",
            {
                "heading": gone,
                "words": [
                    "You do not come to the event, so this time together is released too."
                ],
                "button": "See the hours",
                "why": why,
            },
        )
    is_free = reader is slot.mentor  # of a mentor who does not come nobody can book it
    return (
        f"{when} with {leaver.called} is {'free again' if is_free else 'off'}",
        "Somebody else can book it now." if is_free else "You can book another mentor.",
        {
            "heading": f"{when} is free again" if is_free else gone,
            "words": [
                f"{full_name(leaver)} does not come to the event."
                + ("" if is_free else " Perhaps another mentor suits you.")
            ],
            "button": "See my hours" if is_free else "See what is free",
            "why": why,
        },
    )


def _both(slot: Slot) -> tuple[Member, Member]:
    assert slot.mentee is not None  # noqa: S101  (else there is nothing to tell)
    return slot.mentor, slot.mentee


def _post_about(
    kind: str, reader: Member, slot: Slot, now: datetime, **details: Any
) -> Letter:
    """Post a letter about a slot that is booked, or was until now."""
    db.session.flush()
    return _post(
        kind,
        reader,
        slot,
        now,
        {
            "slot": slot.id,
            "mentor": slot.mentor_id,
            "mentee": slot.mentee_id,
            "starts_at": slot.starts_at.isoformat(),
            "minutes": slot.minutes,
            "topic": slot.topic,
        }
        | details,
    )


def _post(
    kind: str, reader: Member, slot: Slot, now: datetime, details: dict[str, Any]
) -> Letter:
    db.session.flush()
    return outbox.post(
        kind,
        reader,
        now,
        cause=f"{kind}.slot{slot.id}.member{reader.id}.{now:%Y%m%dT%H%M%S.%f}",
        event=slot.event,
        details=details,
    )


def _slot(letter: Letter) -> BookedSlot:
    told = letter.details
    return BookedSlot(
        told["slot"],
        event_of(letter),
        db.session.get_one(Member, told["mentor"]),
        db.session.get_one(Member, told["mentee"]),
        datetime.fromisoformat(told["starts_at"]),
        told["minutes"],
        told["topic"],
    )


def _file(letter: Letter, slot: BookedSlot) -> str:
    """As of when it was caused: the file of a later letter replaces it, not the reverse."""
    is_released = letter.kind == RELEASED
    hour = event_calendar.Hour(slot, letter.member, is_released)
    return event_calendar.for_hour(hour, letter.made_at)


def _written(
    letter: Letter,
    subject: str,
    preheader: str,
    *,
    heading: str,
    words: list[str],
    button: str,
    why: str,
    calendar: str = "",
) -> Composed:
    event = event_of(letter)
    return compose(
        "mentor_hours",
        subject,
        preheader,
        member=letter.member,
        event=event,
        space=event.space,
        heading=heading,
        words=words,
        buttons=[(button, absolute("room.slots", event_id=event.id), "primary")],
        why=f"You get this letter because {why}.",
        calendar=calendar,
    )


def _time(event: Event, at: datetime | str) -> str:
    time = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{time.astimezone(event.space.zone):%H:%M}"
