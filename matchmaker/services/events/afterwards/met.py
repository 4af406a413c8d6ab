"""Whom somebody met at an event, as far as we can know, and may still be told."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    Introduction,
    Member,
    Round,
    Rsvp,
    RsvpStatus,
    Seat,
    Seating,
    Side,
)
from matchmaker.queries import turnout
from matchmaker.queries.attendees import TAKES_PART, attendees
from matchmaker.queries.visibility import not_kept_apart


def there(event: Event, member: Member) -> list[Member]:
    """Those with whom they sat at a table or to whom they were introduced there."""
    seating = db.session.get(Seating, event.id)
    mine, theirs = aliased(Seat), aliased(Seat)
    sat_with = exists().where(
        mine.event_id == event.id,
        theirs.event_id == event.id,
        mine.member_id == member.id,
        theirs.member_id == Member.id,
        mine.round == theirs.round,
        mine.table == theirs.table,
        # Rounds that were planned and not begun; on paper nobody counts them.
        mine.round <= (seating.round_now if seating and seating.round_now else 20),
    )
    my_side, their_side = aliased(Side), aliased(Side)
    introduced_to = exists(
        select(Introduction.id)
        .join(Round, Round.id == Introduction.round_id)
        .join(my_side, my_side.introduction_id == Introduction.id)
        .join(their_side, their_side.introduction_id == Introduction.id)
        .where(
            Round.event_id == event.id,
            Introduction.withdrawn_at.is_(None),
            my_side.member_id == member.id,
            their_side.member_id == Member.id,
        )
    ).correlate(Member)
    return _present(event, member, or_(sat_with, introduced_to))


def others(event: Event, member: Member, known: Sequence[Member] = ()) -> list[Member]:
    """The others who were there and chose to be shown."""
    ids = [other.id for other in known]
    return _present(event, member, and_(Rsvp.is_shown, Member.id.not_in(ids)))


def _present(
    event: Event, member: Member, condition: ColumnElement[bool]
) -> list[Member]:
    """Exclude former members, and those kept apart from the member."""
    came = (
        Rsvp.checked_in_at.is_not(None)
        if turnout.was_used(event)
        else Rsvp.status == RsvpStatus.GOING
    )
    present = attendees(event, member, None, memberships=TAKES_PART, unnamed=True)
    return list(
        db.session.scalars(
            present.with_only_columns(Member)
            .where(came, Member.id != member.id, not_kept_apart(member), condition)
            .order_by(Member.name, Member.id)
            .options(joinedload(Member.profile))
        )
    )
