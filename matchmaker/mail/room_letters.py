"""Letters about hours with a mentor: who has which slot, and what it is about."""

from datetime import datetime, timedelta

from matchmaker.extensions import db
from matchmaker.mail import event_calendar, outbox
from matchmaker.mail.compose import compose
from matchmaker.mail.links import absolute
from matchmaker.mail.names import full_name
from matchmaker.mail.wording import day_words
from matchmaker.models import Letter, Member, Slot

_WHY_MENTOR = "you are a mentor at this event"
_WHY_MENTEE = "you booked a mentor at this event"
KINDS = ("hours_opened", "hours_booked", "hours_released")


def hours_opened(slots: list[Slot], by: Member, now: datetime) -> Letter:
    """Tell a mentor which hours somebody who runs the event has opened for them."""
    event, mentor = slots[0].event, slots[0].mentor
    last = slots[-1]
    end = last.starts_at + timedelta(minutes=last.minutes)
    zone = event.space.zone
    day = event.local_start
    return _letter(
        "hours_opened",
        mentor,
        slots[0],
        f"Your hours as a mentor: {day_words(day)}",
        "Who comes can book them from now on.",
        now,
        heading="You have mentor hours",
        words=[
            f"{full_name(by)} has opened {len(slots)} "
            f"{'slots' if len(slots) > 1 else 'slot'} of {last.minutes} minutes with "
            f"you, from {slots[0].starts_at.astimezone(zone):%H:%M} to "
            f"{end.astimezone(zone):%H:%M}.",
            "Whoever comes can book one, and we write to you each time. Does it not "
            "suit you? You can take away each of them on your page.",
        ],
        button="See my hours",
        why="somebody who runs this event asked you to be a mentor at it",
    )


def hours_booked(slot: Slot, now: datetime, before: datetime | None = None) -> None:
    """Tell both; or, of a slot that was at another time before, that it has moved."""
    mentor, mentee = slot.mentor, slot.mentee
    assert mentee is not None  # noqa: S101  (that is what booked means)
    when, moved = _when(slot), []
    if before is not None:
        day, was = (
            at.astimezone(slot.event.space.zone) for at in (slot.starts_at, before)
        )
        moved = [
            f"The event was moved, and this with it: it’s on {day_words(day)} at {when} "
            f"now, and was on {day_words(was)} at {was:%H:%M}."
        ]
    _letter(
        "hours_booked",
        mentor,
        slot,
        f"{mentee.called} would like to talk to you at {when}",
        slot.topic,
        now,
        heading=f"{full_name(mentee)} has booked {when}",
        words=[*moved, f"What they would like to talk about: {slot.topic}"],
        button="See my hours",
        why=_WHY_MENTOR,
    )
    _letter(
        "hours_booked",
        mentee,
        slot,
        f"You have {slot.minutes} minutes with {mentor.called}",
        f"At {when}.",
        now,
        heading=f"{when} with {full_name(mentor)}",
        words=[
            *moved,
            f"You have {slot.minutes} minutes. What you would like to talk about: "
            f"{slot.topic}",
            "Cannot come? Release it, and somebody else gladly takes it.",
        ],
        button="See or release it",
        why=_WHY_MENTEE,
    )


def hours_released(slot: Slot, by: Member, now: datetime) -> None:
    """Tell both, whoever did it; the one who did has it in writing."""
    mentor, mentee = slot.mentor, slot.mentee
    assert mentee is not None  # noqa: S101  (else there is nothing to release)
    when = _when(slot)
    _letter(
        "hours_released",
        mentor,
        slot,
        f"{when} with {mentee.called} is free again",
        "Somebody else can book it now.",
        now,
        heading=f"{when} is free again",
        words=[
            "You have released it."
            if by is mentor
            else f"{full_name(mentee)} does not need it any more."
            if by is mentee
            else f"It was taken away from {full_name(mentee)} by who runs the event."
        ],
        button="See my hours",
        why=_WHY_MENTOR,
    )
    _letter(
        "hours_released",
        mentee,
        slot,
        f"{when} with {mentor.called} is released",
        "You can book another.",
        now,
        heading=f"You no longer have {when} with {full_name(mentor)}",
        words=[
            "You have released it. Another time can still be booked."
            if by is mentee
            else "It had to be taken back. Perhaps another time suits you both."
        ],
        button="See what is free",
        why=_WHY_MENTEE,
    )


def hours_given_up(
    slot: Slot, leaver: Member, now: datetime, *, silently: bool
) -> None:
    """Tell the other that one of the two does not come; and the one, unless silently."""
    mentor, mentee = slot.mentor, slot.mentee
    assert mentee is not None  # noqa: S101  (else there is nothing to give up)
    other = mentee if leaver is mentor else mentor
    when = _when(slot)
    is_free = other is mentor  # of a mentor who does not come nobody can book it
    _letter(
        "hours_released",
        other,
        slot,
        f"{when} with {leaver.called} is {'free again' if is_free else 'off'}",
        "Somebody else can book it now." if is_free else "You can book another mentor.",
        now,
        heading=f"{when} is free again"
        if is_free
        else f"You no longer have {when} with {full_name(leaver)}",
        words=[
            f"{full_name(leaver)} does not come to the event."
            + ("" if is_free else " Perhaps another mentor suits you.")
        ],
        button="See my hours" if is_free else "See what is free",
        why=_WHY_MENTOR if is_free else _WHY_MENTEE,
    )
    if silently:
        return
    _letter(
        "hours_released",
        leaver,
        slot,
        f"{when} with {other.called} is released",
        "It went with your place at the event.",
        now,
        heading=f"You no longer have {when} with {full_name(other)}",
        words=["You do not come to the event, so this time together is released too."],
        button="See the hours",
        why=_WHY_MENTEE if is_free else _WHY_MENTOR,
    )


def _letter(
    kind: str,
    member: Member,
    slot: Slot,
    subject: str,
    preheader: str,
    now: datetime,
    *,
    heading: str,
    words: list[str],
    button: str,
    why: str,
) -> Letter:
    db.session.flush()
    event = slot.event
    composed = compose(
        "mentor_hours",
        subject,
        preheader,
        member=member,
        event=event,
        space=event.space,
        heading=heading,
        words=words,
        buttons=[(button, absolute("room.slots", event_id=event.id), "primary")],
        why=f"You get this letter because {why}.",
    )
    return outbox.post(
        composed,
        kind=kind,
        cause=f"{kind}.slot{slot.id}.member{member.id}.{now:%Y%m%dT%H%M%S.%f}",
        member=member,
        event=event,
        calendar=""
        if slot.mentee is None
        else event_calendar.for_hour(
            event_calendar.Hour(slot, member, kind == "hours_released"), now
        ),
        now=now,
    )


def _when(slot: Slot) -> str:
    return f"{slot.starts_at.astimezone(slot.event.space.zone):%H:%M}"
