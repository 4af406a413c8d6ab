"""Who has a place at an event, and who is next: every door leads through here.

Each deed locks the event first, so that they happen one after the other, and settles
the queue last, in the same transaction: at its end nobody waits who could have a place,
and nobody has one too many.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from matchmaker.extensions import db, lock
from matchmaker.mail import event_letters as letters
from matchmaker.mail.wording import day_words
from matchmaker.models import (
    Event,
    EventStatus,
    Member,
    MembershipStatus,
    Rsvp,
    RsvpStatus,
)
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services.events import booked_hours, timeline

# A place is offered to the next in the queue for at least so long before it begins;
# later a freed place is theirs at once, or it would stay empty.
LATEST_OFFER = timedelta(hours=2)


@dataclass(frozen=True)
class Wishes:
    """What somebody says as they sign up."""

    guests: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    is_shown: bool = False
    wants_introductions: bool = False
    remind_hours: int | None = 24


def sign_up(
    event: Event,
    member: Member,
    now: datetime,
    wishes: Wishes | None = None,
    by: Member | None = None,
) -> Rsvp:
    """Give the member a place, or one in the queue; pressed twice, it is done once.

    `by` is whoever runs the event and does it for them: then the time to sign up, the
    questions and the host's yes are no matter. Room always is.
    """
    said = lock_and_find(event, member)
    return put_down(event, member, said, now, wishes or Wishes(), by)


def lock_and_find(event: Event, member: Member) -> Rsvp | None:
    """Lock the event; find what the member has said of it."""
    lock(event)
    return of(event, member)


def put_down(
    event: Event,
    member: Member,
    rsvp: Rsvp | None,
    now: datetime,
    wishes: Wishes,
    by: Member | None = None,
) -> Rsvp:
    """Sign up somebody whose row `lock_and_find` has found, or none."""
    _check_open(event, now, by)
    _check_takes_part(event, member)
    if by is None:
        _check(event, wishes)
    if rsvp is not None and rsvp.status is not RsvpStatus.DECLINED:
        return _change(rsvp, wishes, now) if by is None else rsvp
    needs_a_yes = event.needs_approval and by is None
    status = RsvpStatus.ASKED if needs_a_yes else RsvpStatus.WAITING
    rsvp = _at_the_end(event, member, rsvp, status, now)
    _write_down(rsvp, wishes)
    if by is not None:
        timeline.note(event, "added", now, by, about=member)
    _settle(event, now, newcomer=rsvp)
    if rsvp.status is RsvpStatus.WAITING:
        letters.waiting(rsvp, now)
    if rsvp.status is RsvpStatus.ASKED:
        letters.asked(rsvp, now)
    return rsvp


def decline(event: Event, member: Member, now: datetime) -> None:
    """Give up a place, one in the queue or an offer; or say so before being asked."""
    rsvp = lock_and_find(event, member)
    if rsvp is None:
        _check_takes_part(event, member)
        booked_hours.give_up(event, member, now, silently=False)
        _at_the_end(event, member, None, RsvpStatus.DECLINED, now)
        return
    if rsvp.has_arrived:
        raise Refusal("You are checked in. Tell the host if that is wrong.")
    if event.ends_at <= now:
        raise Refusal("This event is over, so its list stays as it was.")
    booked_hours.give_up(event, member, now, silently=False)
    _put(rsvp, RsvpStatus.DECLINED, now)
    _settle(event, now)


def claim(rsvp: Rsvp, now: datetime) -> None:
    """Take the place that is held for them."""
    _lock_with(rsvp)
    if rsvp.status is RsvpStatus.GOING:
        return
    if not rsvp.event.is_published:
        raise Refusal("This event does not take place.")
    if rsvp.status is not RsvpStatus.OFFERED:
        raise Refusal(
            "The place was held until its time was over, and has gone to the next in "
            "the queue. You can join the queue again."
        )
    _put(rsvp, RsvpStatus.GOING, now)
    letters.going(rsvp, now)


def change_capacity(
    event: Event, capacity: int | None, now: datetime, by: Member | None
) -> None:
    """Make more room, and let in who waits; or less, never less than is taken."""
    lock(event)
    if capacity is not None and capacity < event.places_taken:
        raise Unfit(
            "capacity",
            "More places than that are taken. Choose a larger number, or ask some of "
            "those going whether they would give up theirs.",
        )
    if capacity != event.capacity:
        event.capacity = capacity
        timeline.note(event, "capacity", now, by, str(capacity or "no limit"))
    _settle(event, now)


def approve(rsvp: Rsvp, now: datetime, by: Member) -> None:
    """Say the host's yes: they have a place, or wait for one in the order they came."""
    _lock_with(rsvp)
    if rsvp.status is not RsvpStatus.ASKED:
        return
    _put(rsvp, RsvpStatus.WAITING, now)
    timeline.note(rsvp.event, "approved", now, by, about=rsvp.member)
    _settle(rsvp.event, now, newcomer=rsvp)
    if not rsvp.has_place:
        letters.waiting(rsvp, now)


def remove(rsvp: Rsvp, now: datetime, by: Member) -> None:
    """Say the host's no, or take somebody off the list; they are told."""
    _lock_with(rsvp)
    if rsvp.status is RsvpStatus.DECLINED:
        return
    if rsvp.has_arrived:
        raise Refusal(f"{rsvp.name} is here. Undo the check-in first.")
    booked_hours.give_up(rsvp.event, rsvp.member, now, silently=False)
    _put(rsvp, RsvpStatus.DECLINED, now)
    timeline.note(rsvp.event, "removed", now, by, about=rsvp.member)
    letters.removed(rsvp, now)
    _settle(rsvp.event, now)


def let_in(rsvp: Rsvp, now: datetime, by: Member) -> None:
    """Give somebody in the queue a place out of turn, where there is one."""
    event = rsvp.event
    _lock_with(rsvp)
    if rsvp.status is RsvpStatus.GOING:
        return
    if rsvp.status is RsvpStatus.DECLINED:
        raise Refusal(f"{rsvp.name} has said no. Add them if they now come.")
    if rsvp.status is not RsvpStatus.OFFERED and not _fits(rsvp, event.places_left):
        raise Refusal(
            f"The event is full. Make room for {rsvp.party} more, and then let "
            f"{rsvp.name} in."
        )
    _put(rsvp, RsvpStatus.GOING, now)
    timeline.note(event, "let in", now, by, about=rsvp.member)
    letters.promoted(rsvp, now)


def give_at_the_door(event: Event, member: Member, now: datetime) -> Rsvp:
    """Give a place to somebody who stands at the door, where there is one.

    Nobody is written to: they are here. An invitation is enough, and the event may have
    begun, or be over by the time that we hear of it.
    """
    lock(event)
    if event.status is not EventStatus.PUBLISHED:
        raise Refusal("This event does not take place, so nobody can be let in.")
    check_is_welcome(event, member)
    rsvp = of(event, member)
    if rsvp is None:
        rsvp = _at_the_end(event, member, None, RsvpStatus.WAITING, now)
        rsvp.is_walk_in = True
        _write_down(rsvp, Wishes(remind_hours=None))
    if rsvp.has_place or _fits(rsvp, event.places_left):
        _put(rsvp, RsvpStatus.GOING, now)
        db.session.flush()
        return rsvp
    more = "one more" if rsvp.party == 1 else f"{rsvp.party} more"
    raise Refusal(
        f"The room is full: all {event.capacity} places are taken or promised. Make room "
        f"for {more}, or take somebody off the list who does not come."
    )


def note_guests(rsvp: Rsvp, guests: int | None, now: datetime) -> None:
    """Note how many of somebody's guests came, or none: all are expected again.

    Chairs that stay empty go to who waits; where they are wanted back there must be room.
    """
    more = (rsvp.guests if guests is None else guests) - rsvp.guests_coming
    left = rsvp.event.places_left
    if rsvp.has_place and left is not None and more > left:
        raise Refusal(
            f"The room is full: there {_are(left)} left. Make room first, or take "
            "somebody off the list who doesn’t come."
        )
    rsvp.guests_here = guests
    if more < 0:
        _settle(rsvp.event, now)


def check_is_welcome(event: Event, member: Member) -> None:
    """Refuse at the door whoever is neither a member of the space nor invited to be."""
    membership = member.membership_in(event.space)
    welcome = {MembershipStatus.ACTIVE, MembershipStatus.INVITED}
    if not member.active or membership is None or membership.status not in welcome:
        raise Refusal(
            "They do not take part in this space any more. Ask one of its organisers."
        )


def late_offers(now: datetime) -> list[Rsvp]:
    """List the places that were held for somebody and not claimed in time."""
    late = select(Rsvp).where(
        Rsvp.status == RsvpStatus.OFFERED, Rsvp.offered_until <= now
    )
    return list(db.session.scalars(late.order_by(Rsvp.event_id, Rsvp.number)))


def take_back(rsvp: Rsvp, now: datetime) -> None:
    """Pass a place that was not claimed in time to the next in the queue."""
    _lock_with(rsvp)
    if rsvp.offered_until is None or rsvp.offered_until > now:
        return
    _put(rsvp, RsvpStatus.DECLINED, now)
    letters.passed_on(rsvp, now)
    _settle(rsvp.event, now)


def hold_until(event: Event, now: datetime) -> None:
    """Let places that are offered be held as long as the event's new time allows.

    Where it is earlier now, nobody's offer ends within the hour because of it.
    """
    for rsvp in _with_status(event, RsvpStatus.OFFERED):
        if event.claim_hours and rsvp.offered_until:
            soonest = min(rsvp.offered_until, now + timedelta(hours=1))
            rsvp.offered_until = max(_held_until(event, rsvp.changed_at), soonest)


def leave_everything(member: Member, events: Iterable[Event], now: datetime) -> None:
    """Take the member out of events to come, silently, and pass their places on."""
    for event in events:
        lock(event)
        booked_hours.give_up(event, member, now, silently=True)
        rsvp = of(event, member)
        if rsvp is None or rsvp.status is RsvpStatus.DECLINED:
            continue
        _put(rsvp, RsvpStatus.DECLINED, now)
        _settle(event, now)


def settle(event: Event, now: datetime) -> None:
    """Let in whoever can be: after the event was published or its times changed."""
    lock(event)
    _settle(event, now)


def queue(event: Event) -> list[Rsvp]:
    """Those who wait, the next one first."""
    return _with_status(event, RsvpStatus.WAITING)


def of(event: Event, member: Member) -> Rsvp | None:
    """What the member has said of the event, read afresh."""
    return db.session.get(Rsvp, (event.id, member.id), populate_existing=True)


def is_open(event: Event, now: datetime) -> bool:
    """Whether members can sign up now, for a place or for the queue."""
    return _why_closed(event, now) is None


def _settle(event: Event, now: datetime, newcomer: Rsvp | None = None) -> None:
    """Let in those who wait, in order, as far as there is room.

    A party of several that does not fit lets those behind it pass and keeps its place in
    the queue: no place stays empty. A freed place is offered or given; one that was free
    when somebody came is theirs.
    """
    if event.status is not EventStatus.PUBLISHED or event.ends_at <= now:
        return
    db.session.flush()
    left = event.places_left
    for rsvp in queue(event) if left != 0 else []:
        if not _fits(rsvp, left):
            continue
        left = None if left is None else left - rsvp.party
        is_freed = rsvp is not newcomer
        if is_freed and event.claim_hours and event.starts_at - now > LATEST_OFFER:
            _put(rsvp, RsvpStatus.OFFERED, now)
            rsvp.offered_until = _held_until(event, now)
            letters.offered(rsvp, now)
            continue
        _put(rsvp, RsvpStatus.GOING, now)
        if is_freed:
            letters.promoted(rsvp, now)
        else:
            letters.going(rsvp, now)


def _held_until(event: Event, offered_at: datetime) -> datetime:
    claimed_by = offered_at + timedelta(hours=event.claim_hours or 0)
    return min(claimed_by, event.starts_at - LATEST_OFFER)


def _lock_with(rsvp: Rsvp) -> None:
    """Lock the event, and read the RSVP afresh: both may have changed meanwhile."""
    lock(rsvp.event)
    db.session.refresh(rsvp)


def _with_status(event: Event, status: RsvpStatus) -> list[Rsvp]:
    """In the order in which they came."""
    return list(
        db.session.scalars(
            select(Rsvp)
            .where(Rsvp.event_id == event.id, Rsvp.status == status)
            .order_by(Rsvp.number)
            .execution_options(populate_existing=True)
        )
    )


def _at_the_end(
    event: Event, member: Member, rsvp: Rsvp | None, status: RsvpStatus, now: datetime
) -> Rsvp:
    """Put somebody behind all others, whether they come for the first time or again."""
    if rsvp is None:
        rsvp = Rsvp(event_id=event.id, member_id=member.id, made_at=now)
        db.session.add(rsvp)
    last = select(func.max(Rsvp.number)).where(Rsvp.event_id == event.id)
    with db.session.no_autoflush:
        rsvp.number = 1 + (db.session.scalar(last) or 0)
    rsvp.reminded_at = rsvp.guests_here = None
    _put(rsvp, status, now)
    db.session.flush()
    return rsvp


def _are(places: int) -> str:
    return "is one place" if places == 1 else f"are {places or 'no'} places"


def _fits(rsvp: Rsvp, left: int | None) -> bool:
    return left is None or rsvp.party <= left


def _put(rsvp: Rsvp, status: RsvpStatus, now: datetime) -> None:
    rsvp.status = status
    rsvp.changed_at = now
    rsvp.offered_until = None


def _change(rsvp: Rsvp, wishes: Wishes, now: datetime) -> Rsvp:
    """Change what they said; more guests than there is room for change nothing."""
    event = rsvp.event
    here = rsvp.guests_here  # the door has said how many came: that holds
    more = 0 if here is not None else wishes.guests - rsvp.guests
    left = event.places_left
    if rsvp.has_place and left is not None and more > left:
        raise Refusal(
            f"There is no room for {more} more. Come with fewer guests, or give up your "
            "place and join the queue together."
        )
    _write_down(rsvp, wishes)
    rsvp.changed_at = now
    _settle(event, now, newcomer=rsvp)
    return rsvp


def _write_down(rsvp: Rsvp, wishes: Wishes) -> None:
    rsvp.guests = max(wishes.guests, rsvp.guests_here or 0)
    rsvp.answers = dict(wishes.answers)
    rsvp.is_shown = wishes.is_shown
    rsvp.wants_introductions = wishes.wants_introductions
    rsvp.remind_hours = wishes.remind_hours


def _check_open(event: Event, now: datetime, by: Member | None) -> None:
    if event.status is EventStatus.CANCELLED:
        raise Refusal("This event does not take place.")
    if event.status is not EventStatus.PUBLISHED:
        raise Refusal("This event is not published yet. Publish it first.")
    if event.ends_at <= now:
        raise Refusal("This event is over.")
    why = None if by else _why_closed(event, now)
    if why:
        raise Refusal(why)


def _why_closed(event: Event, now: datetime) -> str | None:
    zone = event.space.zone
    if event.status is not EventStatus.PUBLISHED:
        return "One cannot sign up for this event."
    if event.sign_up_ends_at <= now:
        return "This event has already begun. Whoever comes now signs in at the door."
    if event.rsvp_opens_at and now < event.rsvp_opens_at:
        local = event.rsvp_opens_at.astimezone(zone)
        return f"One can sign up from {day_words(local)}, {local:%H:%M}."
    if event.rsvp_closes_at and now >= event.rsvp_closes_at:
        return "The time to sign up is over. Ask the host whether there is still room."
    return None


def _check_takes_part(event: Event, member: Member) -> None:
    membership = member.membership_in(event.space)
    if membership is None or not membership.is_active:
        raise Refusal(f"Join {event.space.name} first: its events are for its members.")


def _check(event: Event, wishes: Wishes) -> None:
    if not 0 <= wishes.guests <= event.guests_each:
        most = event.guests_each
        raise Refusal(
            f"Each may bring {most} at most." if most else "This one is without guests."
        )
    for question in event.questions:
        answer = wishes.answers.get(question["id"], "")
        if question["required"] and not answer:
            raise Refusal(f"Answer this first: {question['text']}")
        if answer and question["options"] and answer not in question["options"]:
            raise Refusal(f"Choose one of the answers to: {question['text']}")
