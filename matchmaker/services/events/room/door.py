"""The door: who has come, by the door's own clock.

A phone at the door may be without a connection, and tells us later, in whatever order,
perhaps twice. So each deed brings its own time, and the latest of them holds: what was
said before the last change of somebody's arrival changes nothing any more.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

from matchmaker.extensions import db, lock
from matchmaker.mail import links
from matchmaker.mail.wording import day_words
from matchmaker.models import (
    Event,
    Member,
    Membership,
    MembershipStatus,
    Rsvp,
    RsvpStatus,
)
from matchmaker.queries.attendees import attendees
from matchmaker.queries.visibility import events_visible_to, may_be_named
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services import memberships
from matchmaker.services.events import places, timeline
from matchmaker.services.imports.cells import read_cells

# The door opens so long before an event begins, and closes so long after its end.
HOUR = timedelta(hours=1)
OPENS = timedelta(hours=3)
CLOSES = timedelta(hours=6)
# A phone may have been without a connection for so long.
LATEST_REPLAY = timedelta(days=7)

_TOKEN = re.compile(r"(?:.*/letters/)?([A-Za-z0-9_.-]{20,300})(?:/code)?/?", re.DOTALL)
_ON_THE_LIST = (MembershipStatus.ACTIVE, MembershipStatus.INVITED)
_THEY_ARE_EXPECTED = {RsvpStatus.GOING, RsvpStatus.WAITING, RsvpStatus.OFFERED}


@dataclass(frozen=True)
class Arrival:
    """What came of a check-in: whose, and whether it changed anything."""

    rsvp: Rsvp
    is_new: bool


@dataclass(frozen=True)
class Numbers:
    """How many people have come and how many are expected, guests included."""

    arrived: int
    going: int


def opens_at(event: Event) -> datetime:
    """Some hours before it begins; of what lasts all day, with the day."""
    return event.starts_at - (timedelta(0) if event.is_all_day else OPENS)


def is_open(event: Event, at: datetime) -> bool:
    return opens_at(event) <= at <= event.ends_at + CLOSES


def whose_code(event: Event, code: str, by: Member) -> Member:
    """Say whose code was shown at the event's door, or why it does not count here."""
    match = _TOKEN.fullmatch(code.strip())
    subject = links.read(links.Purpose.CHECK_IN, match[1]) if match else None
    if subject is None or len(subject) != 2:
        raise Refusal("This is not one of our codes. Look for the name instead.")
    event_id, member_id = subject
    if event_id != event.id:
        raise Refusal(_of_another_event(event_id, by))
    member = db.session.get(Member, member_id)
    if member is None:
        raise Refusal("This account is no more. Sign them in with name and address.")
    return member


def check_in(
    event: Event,
    member: Member,
    at: datetime,
    now: datetime,
    by: Member,
    *,
    anyway: bool = False,
    guests: int | None = None,
) -> Arrival:
    """Note that somebody has come; told twice, it is done once.

    `guests` says how many of theirs came along, now or when it is put right later; left
    out it is all of them, or as many as were said before.

    Somebody who waits is given a free place, if there is one. Whom the host has not said
    yes to, or who had given up the place, comes in only if the host says so: `anyway`.
    """
    lock(event)
    at = _checked(event, at, now)
    rsvp = places.of(event, member)
    if rsvp is None:
        raise Refusal(
            f"{called(member, event, by)} is not on the list. Sign them in with name "
            "and address, if there is room."
        )
    if rsvp.door_changed_at and at < rsvp.door_changed_at:
        return Arrival(rsvp, is_new=False)
    places.check_is_welcome(event, member)
    if rsvp.status not in _THEY_ARE_EXPECTED and not anyway and not rsvp.has_arrived:
        raise Refusal(_not_expected(rsvp, by))
    if guests is not None and not 0 <= guests <= rsvp.guests:
        raise Refusal(
            f"{called(member, event, by)} signed up with {guest_words(rsvp.guests)}. "
            "Sign in the others by name, if there is room."
        )
    if not rsvp.has_place:
        rsvp.guests_here = guests  # so many must fit
    if not rsvp.is_going:
        places.give_at_the_door(event, member, now)
    if guests is not None:
        places.note_guests(rsvp, guests, now)
    return _arrive(rsvp, at)


def walk_in(
    event: Event,
    name: str,
    email: str,
    at: datetime,
    now: datetime,
    by: Member,
    *,
    invite: bool = False,
) -> Arrival:
    """Sign in somebody who is not on the list, if there is room.

    Whoever is not a member gets an invitation that nobody has sent: they are not enrolled
    in anything, and hear from us only if `invite` says so.
    """
    lock(event)
    at = _checked(event, at, now)
    values, problems = read_cells({"name": name, "email": email})
    if problems:
        column, reason = problems[0]
        said = "e-mail address" if column == "email" else "name"
        raise Unfit(column, f"The {said} {reason.rstrip('.')}.")
    member = _with_address(values["email"], values["name"], now)
    membership = _invited(member, event) if member.active else None
    rsvp = places.of(event, member)
    if rsvp and rsvp.door_changed_at and at < rsvp.door_changed_at:
        return Arrival(rsvp, is_new=False)
    is_new = rsvp is None
    rsvp = places.give_at_the_door(event, member, now)
    if is_new:
        timeline.note(event, "walk-in", now, by, about=member)
    is_new_here = membership and membership.status is MembershipStatus.INVITED
    if invite and membership and is_new_here and membership.invited_at is None:
        memberships.invite(membership, now)
    return _arrive(rsvp, at)


def _with_address(email: str, name: str, now: datetime) -> Member:
    """Find or make them; at another door somebody may be doing the same."""
    known = select(Member).where(Member.email == email.lower())
    member = db.session.scalar(known)
    if member is not None:
        return member
    try:
        with db.session.begin_nested():
            member = Member(name=name, email=email, made_at=now)
            db.session.add(member)
    except IntegrityError:
        return db.session.scalars(known).one()
    return member


def _invited(member: Member, event: Event) -> Membership:
    """Find or make their membership; at another door somebody may be doing the same."""
    known = select(Membership).where(
        Membership.member_id == member.id, Membership.space_id == event.space_id
    )
    membership = db.session.scalar(known)
    if membership is not None:
        return membership
    try:
        with db.session.begin_nested():
            membership = Membership(
                member=member, space=event.space, status=MembershipStatus.INVITED
            )
            db.session.add(membership)
    except IntegrityError:
        membership = db.session.scalars(known).one()
    db.session.expire(member, ["memberships"])
    return membership


def undo(event: Event, member: Member, at: datetime, now: datetime, by: Member) -> bool:
    """Take back a check-in; of somebody who walked in, the place too."""
    lock(event)
    at = _checked(event, at, now)
    rsvp = places.of(event, member)
    if rsvp is None or (rsvp.door_changed_at and at < rsvp.door_changed_at):
        return False
    was_here = rsvp.has_arrived
    rsvp.checked_in_at = None
    rsvp.door_changed_at = at
    if was_here:
        timeline.note(event, "check-in undone", now, by, about=member)
    if rsvp.is_walk_in:
        places.decline(event, member, now)
    elif rsvp.guests_here is not None:
        with suppress(Refusal):  # their guests' chairs are taken by now
            places.note_guests(rsvp, None, now)
    return was_here


def everybody(event: Event, viewer: Member) -> list[Rsvp]:
    """Those whom the viewer may look for at the door, by name."""
    found = db.session.scalars(_seen(event, viewer))
    return sorted(found, key=lambda rsvp: (rsvp.name.casefold(), rsvp.member_id))


def on_the_list(event: Event, member_id: int | None, viewer: Member) -> Member:
    """One of them, by number."""
    query = _seen(event, viewer).where(Rsvp.member_id == member_id)
    rsvp = db.session.scalar(query)
    if rsvp is None:
        raise Refusal("They are not on the list any more.")
    return rsvp.member


def _seen(event: Event, viewer: Member) -> Select[Rsvp]:
    return (
        attendees(event, viewer, None, memberships=_ON_THE_LIST)
        .options(contains_eager(Rsvp.member).selectinload(Member.memberships))
        .execution_options(populate_existing=True)
    )


def numbers(people: list[Rsvp]) -> Numbers:
    """Count those whom somebody sees: whom they do not see is not counted for them."""
    going = [rsvp for rsvp in people if rsvp.is_going]
    return Numbers(
        arrived=sum(rsvp.party for rsvp in going if rsvp.has_arrived),
        going=sum(rsvp.party for rsvp in going),
    )


def called(member: Member, event: Event, by: Member) -> str:
    """What whoever stands at the door calls somebody, by name only where they may."""
    rsvp = db.session.get(Rsvp, (event.id, member.id))
    return rsvp.name if rsvp and may_be_named(member, by) else "This person"


def guest_words(guests: int) -> str:
    return f"{guests or 'no'} guest{'s' if guests != 1 else ''}"


def _arrive(rsvp: Rsvp, at: datetime) -> Arrival:
    is_new = not rsvp.has_arrived
    rsvp.checked_in_at = rsvp.checked_in_at or at
    rsvp.door_changed_at = at
    db.session.flush()
    return Arrival(rsvp, is_new)


def _checked(event: Event, at: datetime, now: datetime) -> datetime:
    """The door's own time, never in the future, while the door is open."""
    at = min(at, now)
    if event.is_cancelled:
        raise Refusal("This event does not take place.")
    if at < opens_at(event):
        opens = opens_at(event).astimezone(event.space.zone)
        when = "" if event.is_all_day else f", {OPENS // HOUR} hours before the event"
        raise Refusal(f"The door opens on {day_words(opens)} at {opens:%H:%M}{when}.")
    if not is_open(event, at) or now > event.ends_at + LATEST_REPLAY:
        raise Refusal("This event is over, and its door is closed.")
    return at


def _not_expected(rsvp: Rsvp, by: Member) -> str:
    name = called(rsvp.member, rsvp.event, by)
    if rsvp.status is RsvpStatus.ASKED:
        return f"{name} asked to come, and nobody has said yes yet. Let them in?"
    return f"{name} said no, or gave up the place. Let them in all the same?"


def _of_another_event(event_id: int, by: Member) -> str:
    other = db.session.scalar(
        select(Event).where(Event.id == event_id, events_visible_to(by))
    )
    if other is None:
        return "This code is for another event."
    start = other.local_start
    return (
        f"This code is for another event: {other.title}, {day_words(start)}. "
        "Ask for the one of today, or look for the name."
    )
