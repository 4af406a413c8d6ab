"""Who came to events, as far as anybody knows, and who signs up and doesn't come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from matchmaker.extensions import db
from matchmaker.models import Event, EventStatus, Member, Rsvp, RsvpStatus, Space
from matchmaker.queries.blocks import blocked_between
from matchmaker.queries.viewer import AnyMember
from matchmaker.queries.visibility import events_visible_to

# Who did not come so often within so long is reminded, and asked kindly.
OFTEN, LATELY = 2, timedelta(days=90)


def was_kept(
    event_id: ColumnElement[int] | InstrumentedAttribute[int] = Event.id,
    as_seen_by: Member | None = None,
) -> ColumnElement[bool]:
    """Whether anybody was checked in at an event: otherwise nobody knows who came.

    Of those who are there for `as_seen_by`, if it is told to somebody.
    """
    arrived = aliased(Rsvp)
    somebody = (
        select(arrived.member_id)
        .join(Member, Member.id == arrived.member_id)
        .where(arrived.event_id == event_id, arrived.checked_in_at.is_not(None))
    )
    if as_seen_by is not None:
        somebody = somebody.where(~blocked_between(as_seen_by))
    return exists(somebody)


def was_used(event: Event) -> bool:
    kept = select(Event.id).where(Event.id == event.id, was_kept())
    return db.session.scalar(kept) is not None


def came(rsvp: Rsvp) -> bool:
    """Whether somebody was at an event, as far as anybody knows."""
    return rsvp.has_arrived or (rsvp.is_going and not was_used(rsvp.event))


# For how long, and of how many events, the first page asks how they were.
TOLD_WITHIN, MOST_TO_TELL = timedelta(days=7), 3


@dataclass(frozen=True)
class Missed:
    """Of the events that somebody lately said they would come to, how many they missed."""

    missed: int
    of: int


def is_no_show(now: datetime, as_seen_by: Member | None = None) -> ColumnElement[bool]:
    """Whether somebody had a place and didn't come, of a query of Rsvp and Event.

    Only where the door was kept, and so somebody would know.
    """
    return and_(
        Rsvp.status == RsvpStatus.GOING,
        Rsvp.checked_in_at.is_(None),
        Event.ends_at <= now,
        was_kept(as_seen_by=as_seen_by),
    )


def missed_often(
    space: Space,
    members: Collection[int],
    now: datetime,
    as_seen_by: Member | None = None,
) -> dict[int, Missed]:
    """Say who of them lately often did not come; no punishment comes of it.

    Of what `as_seen_by` may know, if it is told to somebody.
    """
    missed = func.sum(case((is_no_show(now, as_seen_by), 1), else_=0))
    rows = db.session.execute(
        select(Rsvp.member_id, missed, func.count())
        .join(Event, Event.id == Rsvp.event_id)
        .where(
            Rsvp.member_id.in_(members),
            Rsvp.status == RsvpStatus.GOING,
            Event.space_id == space.id,
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at <= now,
            Event.ends_at > now - LATELY,
            was_kept(as_seen_by=as_seen_by),
            true() if as_seen_by is None else events_visible_to(as_seen_by),
        )
        .group_by(Rsvp.member_id)
        .having(missed >= OFTEN)
    )
    return {member_id: Missed(missed, of) for member_id, missed, of in rows}


def misses_often(member: Member, space: Space, now: datetime) -> bool:
    """Whether to ask kindly, where they sign up, and to remind them in any case."""
    return bool(missed_often(space, [member.id], now))


def still_to_tell(member: Member, space: Space, now: datetime) -> Sequence[Event]:
    """The latest few events that they came to lately and have said nothing of."""
    known = {
        "viewer": member.id,
        "space": space.id,
        "now": now,
        "since": now - TOLD_WITHIN,
    }
    query = _still_to_tell(AnyMember.like(member))
    return db.session.scalars(query, known).all()


@cache
def _still_to_tell(viewer: AnyMember) -> Select[Event]:
    now, since = (
        bindparam(name, type_=Event.ends_at.type) for name in ("now", "since")
    )
    return (
        select(Event)
        .join(Rsvp)
        .where(
            Rsvp.member_id == viewer.id,
            Rsvp.status == RsvpStatus.GOING,
            Rsvp.told_at.is_(None),
            or_(Rsvp.checked_in_at.is_not(None), ~was_kept()),
            Event.space_id == bindparam("space"),
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at <= now,
            Event.ends_at > since,
            events_visible_to(viewer),
        )
        .order_by(Event.ends_at.desc(), Event.id)
        .limit(MOST_TO_TELL)
    )
