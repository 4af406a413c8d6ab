"""Hours with a mentor at an event: some minutes each, booked by who comes."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from matchmaker.extensions import db, lock
from matchmaker.mail import outbox, room_letters
from matchmaker.models import Event, Letter, LetterStatus, Member, RsvpStatus, Slot
from matchmaker.queries.visibility import (
    events_visible_to,
    slots_visible_to,
    takes_part,
)
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services.events import places, timeline
from matchmaker.services.events.booked_hours import free, is_taken
from matchmaker.services.events.room import present

MINUTES = range(5, 241)
MOST_AT_ONCE = 48
LONGEST = timedelta(minutes=240)
GONE = "Somebody has just booked it, or it is no longer offered. Choose another."


def open_hours(
    event: Event,
    mentor: Member,
    starts_at: datetime,
    until: datetime,
    minutes: int,
    now: datetime,
    by: Member,
) -> list[Slot]:
    """Offer as many slots as there is time for. A mentor for whom it was done is told."""
    lock(event)
    present.check_runs(event, now)
    membership = mentor.membership_in(event.space)
    if membership is None or not membership.is_active:
        raise Unfit("mentor", f"{mentor.name} is not a member of {event.space.name}.")
    if minutes not in MINUTES:
        raise Unfit("minutes", "Let each last between 5 and 240 minutes.")
    if starts_at < event.starts_at or until > event.ends_at:
        zone = event.space.zone
        begin, end = (at.astimezone(zone) for at in (event.starts_at, event.ends_at))
        if event.is_all_day:
            raise Unfit("begin", "Choose hours on a day of the event.")
        raise Unfit(
            "begin",
            f"The event goes from {begin:%H:%M} to {end:%H:%M}. Choose hours within it.",
        )
    if starts_at < now:
        raise Unfit("begin", "These hours have begun already. Choose later ones.")
    length = timedelta(minutes=minutes)
    count = (until - starts_at) // length
    if not 1 <= count <= MOST_AT_ONCE:
        raise Unfit(
            "end",
            "There is no time for even one. Choose a later end, or fewer minutes each."
            if count < 1
            else "That would be too many at once. Choose more minutes each.",
        )
    taken = _of_mentor(mentor, starts_at, until)
    if taken:
        at = taken[0].starts_at.astimezone(event.space.zone)
        raise Unfit("mentor", f"{mentor.name} has hours at {at:%H:%M} already.")
    slots = [
        Slot(
            event_id=event.id,
            mentor=mentor,
            starts_at=starts_at + number * length,
            minutes=minutes,
        )
        for number in range(count)
    ]
    db.session.add_all(slots)
    timeline.note(event, "hours opened", now, by, about=mentor)
    db.session.flush()
    if mentor is not by:
        room_letters.hours_opened(slots, by, now)
    return slots


def book(slot: Slot, mentee: Member, topic: str, now: datetime) -> Slot:
    """Book a slot, and with it a place at the event; pressed twice, it is done once."""
    lock(slot.event)
    lock(mentee)  # they may be booking at another event at the same time
    db.session.refresh(slot)
    if slot.mentee_id == mentee.id and is_taken(slot):
        return slot
    if slot not in open_to(slot.event, mentee, now):
        raise Refusal(GONE)
    topic = " ".join(topic.split())
    if not topic:
        raise Unfit("topic", "Say in a few words what you would like to talk about.")
    if any(s.mentor_id == slot.mentor_id for s in booked_by(slot.event, mentee)):
        raise Refusal(
            f"You have a slot with {slot.mentor.name} already. Release it first if this "
            "one suits you better."
        )
    clash = _busy(mentee, slot)
    if clash:
        at = clash.starts_at.astimezone(clash.event.space.zone)
        raise Refusal(f"You have another slot at {at:%H:%M}. Choose another time.")
    _make_sure_they_come(slot.event, mentee, now)
    slot.mentee = mentee
    slot.topic = topic[:200]
    slot.booked_at = now
    room_letters.hours_booked(slot, now)
    return slot


def release(slot: Slot, now: datetime, by: Member) -> None:
    """Give a slot back, for another to book; both are told, if it is still to come."""
    lock(slot.event)
    db.session.refresh(slot)
    if slot.mentee is None:
        return
    if slot.starts_at <= now:
        raise Refusal("It has begun already, so it cannot be released any more.")
    if is_taken(slot):
        room_letters.hours_released(slot, by, now)
    free(slot)


def close(slot: Slot, now: datetime, by: Member) -> None:
    """Take a slot away; whoever had booked it is told."""
    release(slot, now, by)
    db.session.delete(slot)


def open_to(event: Event, viewer: Member, now: datetime) -> list[Slot]:
    """What the viewer could book: of nobody from whom a block parts them."""
    return [
        slot
        for slot in _all(event, viewer)
        if slot.starts_at > now
        and not is_taken(slot)
        and slot.mentor_id != viewer.id
        and event.is_published
    ]


def booked_by(event: Event, mentee: Member) -> list[Slot]:
    return [
        slot
        for slot in _all(event, mentee)
        if slot.mentee_id == mentee.id and is_taken(slot)
    ]


def of_mentor(event: Event, mentor: Member) -> list[Slot]:
    """A mentor's own slots, booked or not; a booking of one who is parted is none."""
    return [slot for slot in _all(event, mentor) if slot.mentor_id == mentor.id]


def in_diary_of(member: Member, *which: ColumnElement[bool]) -> list[Slot]:
    """What they have booked, and what others have booked with them."""
    query = _seen_by(member).where(
        or_(Slot.mentee_id == member.id, Slot.mentor_id == member.id),
        takes_part(member.id, Event.space_id),
        events_visible_to(member),
        *which,
    )
    return [slot for slot in db.session.scalars(query) if is_taken(slot)]


def all_seen_by(event: Event, runner: Member) -> list[Slot]:
    """All slots, for one who runs the event: of mentors whom they may know of."""
    return _all(event, runner)


def part(one: Member, other: Member, now: datetime) -> None:
    """Free the slots that two have with each other, silently: they're kept apart."""
    pairs = [(one.id, other.id), (other.id, one.id)]
    shared = (
        select(Slot)
        .where(
            or_(
                *(
                    and_(Slot.mentor_id == mentor, Slot.mentee_id == mentee)
                    for mentor, mentee in pairs
                )
            ),
            Slot.starts_at > now,
        )
        .order_by(Slot.event_id, Slot.id)
    )
    for slot in db.session.scalars(shared).all():
        lock(slot.event)
        db.session.refresh(slot)
        if (slot.mentor_id, slot.mentee_id) not in pairs:
            continue  # given back meanwhile, and perhaps another's by now
        free(slot)
        waiting = select(Letter).where(
            Letter.event_id == slot.event_id,
            Letter.member_id.in_([one.id, other.id]),
            Letter.kind.in_(room_letters.KINDS),
            Letter.status == LetterStatus.QUEUED,
        )
        for letter in db.session.scalars(waiting):
            outbox.cancel(letter, "Withdrawn.")


def _make_sure_they_come(event: Event, mentee: Member, now: datetime) -> None:
    rsvp = places.of(event, mentee)
    if rsvp is None or rsvp.status is not RsvpStatus.GOING:
        rsvp = places.sign_up(event, mentee, now)
    if rsvp.status is not RsvpStatus.GOING:
        raise Refusal(
            "Only those who have a place can book. Sign up for the event first; you can "
            "book as soon as you have a place."
        )


def _all(event: Event, viewer: Member) -> list[Slot]:
    """The slots of mentors, in their order, as far as the viewer may know of them."""
    mine = Slot.event_id == event.id
    return list(db.session.scalars(_seen_by(viewer).where(mine)))


def _seen_by(viewer: Member) -> Select[Slot]:
    return (
        select(Slot)
        .join(Member, Member.id == Slot.mentor_id)
        .join(Event, Event.id == Slot.event_id)
        .where(slots_visible_to(viewer))
        .order_by(Member.name, Slot.mentor_id, Slot.starts_at)
        .options(joinedload(Slot.mentor), joinedload(Slot.mentee))
        .execution_options(populate_existing=True)
    )


def _of_mentor(mentor: Member, begin: datetime, end: datetime) -> list[Slot]:
    """Slots of theirs, at whichever event, that lie in these hours."""
    return _overlapping(Slot.mentor_id == mentor.id, begin, end)


def _busy(member: Member, wanted: Slot) -> Slot | None:
    """What else they have at that time, as mentee or as a mentor who is booked."""
    theirs = or_(
        Slot.mentee_id == member.id,
        and_(Slot.mentor_id == member.id, Slot.mentee_id.is_not(None)),
    )
    end = wanted.starts_at + timedelta(minutes=wanted.minutes)
    found = _overlapping(theirs, wanted.starts_at, end)
    return next((slot for slot in found if is_taken(slot)), None)


def _overlapping(
    whose: ColumnElement[bool], begin: datetime, end: datetime
) -> list[Slot]:
    near = select(Slot).where(
        whose,
        Slot.starts_at < end,
        Slot.starts_at > begin - LONGEST,
    )
    return [
        slot
        for slot in db.session.scalars(near.order_by(Slot.starts_at))
        if slot.starts_at + timedelta(minutes=slot.minutes) > begin
    ]
