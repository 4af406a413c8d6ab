"""Those who sign up and do not come: a gentle rule, and no punishment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select, true

from matchmaker.extensions import db
from matchmaker.models import Event, EventStatus, Member, Rsvp, RsvpStatus, Space
from matchmaker.queries.visibility import events_visible_to
from matchmaker.services.events.room import door

# Who did not come so often within so long is reminded, and asked kindly.
OFTEN, LATELY = 2, timedelta(days=90)


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
        door.was_kept(as_seen_by=as_seen_by),
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
            door.was_kept(as_seen_by=as_seen_by),
            true() if as_seen_by is None else events_visible_to(as_seen_by),
        )
        .group_by(Rsvp.member_id)
        .having(missed >= OFTEN)
    )
    return {member_id: Missed(missed, of) for member_id, missed, of in rows}


def misses_often(member: Member, space: Space, now: datetime) -> bool:
    """Whether to ask kindly, where they sign up, and to remind them in any case."""
    return bool(missed_often(space, [member.id], now))
