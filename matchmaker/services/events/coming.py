"""Coming to an event: what somebody who might is told, and what they say.

Whoever may not see another does not count them either, and no member is told how many
places there are: with those they can count, the difference would tell of those they
cannot.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from matchmaker.extensions import db
from matchmaker.mail.wording import queue_rule
from matchmaker.models import Event, EventStatus, Member, Rsvp, RsvpStatus
from matchmaker.queries.blocks import blocked_between
from matchmaker.queries.visibility import (
    events_run_by,
    events_visible_to,
    rsvps_visible_to,
    visible_to,
)
from matchmaker.services.events import places
from matchmaker.services.events.places import Wishes
from matchmaker.services.events.room import no_shows

MOST_SHOWN = 60
MOST_OTHER_TIMES = 4


class Stage(enum.Enum):
    """Where an event stands for whoever might sign up."""

    DRAFT = "draft"
    NOT_YET = "not yet"  # signing up begins later
    OPEN = "open"
    CLOSED = "closed"  # signing up is over
    BEGUN = "begun"
    OVER = "over"
    CANCELLED = "cancelled"


class Room(enum.Enum):
    """How much room there is, as far as members are told."""

    FREE = "free"
    FEW = "few"
    FULL = "full"


@dataclass(frozen=True)
class Company:
    """Who else comes, as far as one viewer may see and count them."""

    shown: Sequence[Member]
    known: frozenset[int]  # of these the viewer may open the profile
    others: int  # people beyond them, guests included

    @property
    def people(self) -> int:
        """How many come, where nobody is named."""
        return len(self.shown) + self.others


@dataclass(frozen=True)
class Outlook:
    """An event as one viewer finds it."""

    stage: Stage
    room: Room
    rsvp: Rsvp | None  # none too where they have said no
    has_declined: bool
    position: int | None  # in the queue
    takes_part: bool  # in the event's space
    runs_it: bool
    company: Company | None  # none: they are not told
    # Did not come to the last few that they signed up for: they are asked kindly.
    misses_often: bool = False

    @property
    def queue_rule(self) -> str:
        """When it is their turn in the queue."""
        return queue_rule(self.rsvp) if self.rsvp else ""

    @property
    def sees_link(self) -> bool:
        """Whether they are given the online link: those going, and who runs it."""
        return self.runs_it or (self.rsvp is not None and self.rsvp.is_going)


def outlook(event: Event, viewer: Member | None, now: datetime) -> Outlook:
    if viewer is None:
        return Outlook(
            stage(event, now), room(event), None, False, None, False, False, None
        )
    said = places.of(event, viewer)
    has_declined = said is not None and said.status is RsvpStatus.DECLINED
    rsvp = None if has_declined else said
    membership = viewer.membership_in(event.space)
    takes_part = membership is not None and membership.is_active
    runs_it = bool(
        db.session.scalar(
            select(Event.id).where(Event.id == event.id, events_run_by(viewer))
        )
    )
    return Outlook(
        stage=stage(event, now),
        room=room(event),
        rsvp=rsvp,
        has_declined=has_declined,
        position=position(rsvp) if rsvp else None,
        takes_part=takes_part,
        runs_it=runs_it,
        company=company(event, viewer) if takes_part or runs_it else None,
        misses_often=rsvp is None and no_shows.misses_often(viewer, event.space, now),
    )


def stage(event: Event, now: datetime) -> Stage:
    if event.status is EventStatus.CANCELLED:
        return Stage.CANCELLED
    if event.status is EventStatus.DRAFT:
        return Stage.DRAFT
    if event.ends_at <= now:
        return Stage.OVER
    if event.sign_up_ends_at <= now:
        return Stage.BEGUN
    if event.rsvp_opens_at and now < event.rsvp_opens_at:
        return Stage.NOT_YET
    return Stage.OPEN if places.is_open(event, now) else Stage.CLOSED


def room(event: Event) -> Room:
    return how_full(event.capacity, event.places_taken)


def how_full(capacity: int | None, taken: int) -> Room:
    if capacity is None:
        return Room.FREE
    left = capacity - taken
    if left <= 0:
        return Room.FULL
    return Room.FEW if left <= max(1, capacity // 5) else Room.FREE


def company(event: Event, viewer: Member) -> Company:
    """Those who chose to be shown, and how many others come; the viewer is neither."""
    going = (
        select(Rsvp)
        .join(Member, Member.id == Rsvp.member_id)
        .join(Event, Event.id == Rsvp.event_id)
        .where(
            Event.id == event.id,
            Rsvp.status == RsvpStatus.GOING,
            Member.id != viewer.id,
            Member.active,
            ~blocked_between(viewer),
        )
    )
    people = db.session.scalar(going.with_only_columns(func.sum(Rsvp.party))) or 0
    shown = db.session.scalars(
        going.with_only_columns(Member)
        .where(Rsvp.is_shown, rsvps_visible_to(viewer))
        .order_by(Member.name, Member.id)
        .limit(MOST_SHOWN)
    ).all()
    known = select(Member.id).where(
        Member.id.in_([member.id for member in shown]), visible_to(viewer)
    )
    return Company(
        shown, frozenset(db.session.scalars(known)), max(people - len(shown), 0)
    )


def position(rsvp: Rsvp) -> int | None:
    """Where they are in the queue, behind those ahead whom they may count."""
    if rsvp.status is not RsvpStatus.WAITING:
        return None
    ahead = (
        select(func.count())
        .select_from(Rsvp)
        .join(Member, Member.id == Rsvp.member_id)
        .where(
            Rsvp.event_id == rsvp.event_id,
            Rsvp.status == RsvpStatus.WAITING,
            Rsvp.number < rsvp.number,
            ~blocked_between(rsvp.member),
        )
    )
    return 1 + (db.session.scalar(ahead) or 0)


def other_times(event: Event, viewer: Member | None, now: datetime) -> list[Event]:
    """The next of its series that the viewer may see."""
    if event.series_id is None:
        return []
    query = (
        select(Event)
        .where(
            Event.series_id == event.series_id,
            Event.id != event.id,
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > now,
            events_visible_to(viewer),
        )
        .order_by(Event.starts_at)
        .limit(MOST_OTHER_TIMES)
    )
    return list(db.session.scalars(query))


def usual_wishes(event: Event, member: Member) -> Wishes:
    """What they most likely say: what they said of this event, or of the one before."""
    said = places.of(event, member)
    if said is not None:
        return Wishes(
            guests=min(said.guests, event.guests_each),
            answers=said.answers,
            is_shown=said.is_shown,
            wants_introductions=said.wants_introductions,
            remind_hours=said.remind_hours,
        )
    last = db.session.scalar(
        select(Rsvp)
        .join(Event, Event.id == Rsvp.event_id)
        .where(
            Rsvp.member_id == member.id,
            Event.space_id == event.space_id,
            Rsvp.status != RsvpStatus.DECLINED,
        )
        .order_by(Rsvp.made_at.desc(), Rsvp.event_id.desc())
        .limit(1)
    )
    membership = member.membership_in(event.space)
    return Wishes(
        is_shown=last.is_shown if last else False,
        wants_introductions=bool(membership and membership.wants_introductions),
        remind_hours=last.remind_hours if last else 24,
    )


def come(
    event: Event,
    member: Member,
    now: datetime,
    wishes: Wishes | None = None,
    *,
    wants_messages: bool | None = None,
) -> Rsvp:
    """Sign up; without wishes as they usually do, and a second time changes nothing.

    What is theirs alone to say, such as whether they are shown, they can say as long as
    they have a place or wait for one, also when signing up is over.
    """
    said = places.of(event, member)
    has_said_yes = said is not None and said.status is not RsvpStatus.DECLINED
    if said is not None and has_said_yes and wishes is None:
        return said
    wishes = wishes or usual_wishes(event, member)
    if said is not None and has_said_yes and not places.is_open(event, now):
        said.is_shown = wishes.is_shown
        said.wants_introductions = wishes.wants_introductions
        said.remind_hours = wishes.remind_hours
        rsvp = said
    else:
        rsvp = places.sign_up(event, member, now, wishes)
    if wants_messages is not None:
        rsvp.wants_messages = wants_messages
    return rsvp


def stop_messages(rsvp: Rsvp) -> None:
    """No more of the host's own letters, nor reminders; what is about their place still
    comes."""
    rsvp.wants_messages = False
    rsvp.remind_hours = None
