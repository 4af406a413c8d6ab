"""Who is at an event, as seen by a viewer. Every page, file and count asks here."""

from collections.abc import Collection

from sqlalchemy import BindParameter, Select, and_, exists, or_, select

from matchmaker.models import (
    Event,
    Member,
    Membership,
    MembershipStatus,
    Rsvp,
    RsvpStatus,
)
from matchmaker.queries.blocks import blocked_between
from matchmaker.queries.viewer import Viewer
from matchmaker.queries.visibility import rsvps_visible_to

TAKES_PART = (MembershipStatus.ACTIVE,)


def attendees(
    event: Event | BindParameter[int],
    as_seen_by: Viewer | None,
    statuses: Collection[RsvpStatus] | None = (RsvpStatus.GOING,),
    *,
    memberships: Collection[MembershipStatus] | None = None,
    unnamed: bool = False,
) -> Select[Rsvp]:
    """Select the RSVPs of an event that the viewer may see, with their `Member` and `Event`.

    Members who run the event see all of them, others only themselves and those going who
    chose to be shown. Blocked members (either way) are never among them, so whoever may
    not be seen isn't counted either. None is the engine, which introduces and seats.

    `statuses` of None are all of them. With `memberships` only those are meant whose
    membership of the space is such today. `unnamed` are all whom the viewer
    may count, those too who chose not to be shown and may not be named.
    """
    query = (
        select(Rsvp)
        .join(Member, Member.id == Rsvp.member_id)
        .join(Event, Event.id == Rsvp.event_id)
        .where(Event.id == (event.id if isinstance(event, Event) else event))
    )
    if statuses is not None:
        query = query.where(Rsvp.status.in_(statuses))
    if memberships is not None:
        membership = exists().where(
            Membership.member_id == Rsvp.member_id,
            Membership.space_id == Event.space_id,
            Membership.status.in_(memberships),
        )
        query = query.where(Member.active, membership)
    if as_seen_by is None:
        return query
    if not unnamed:
        return query.where(rsvps_visible_to(as_seen_by))
    is_other = and_(Member.active, ~blocked_between(as_seen_by))
    return query.where(or_(Rsvp.member_id == as_seen_by.id, is_other))
