"""Changing by hand who comes to an event, by the same rules as for everybody."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from matchmaker.email_addresses import look_up
from matchmaker.extensions import db, lock
from matchmaker.models import (
    Event,
    EventHost,
    EventStatus,
    Following,
    Member,
    Rsvp,
    RsvpStatus,
)
from matchmaker.queries.blocks import blocked_between, blocked_either_way
from matchmaker.queries.search import finds
from matchmaker.queries.visibility import takes_part, visible_to
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services.events import places

MOST_FOUND = 8


def find(event: Event, viewer: Member, words: str) -> list[Member]:
    """Members who could be added: by a part of their name, or by their whole address.

    Only who organises the space finds by name. Anybody else who runs the event must know
    the address already.
    """
    words = words.strip()
    if not words:
        return []
    has_address = Member.email == look_up(words)
    organises = viewer.organises(event.space)
    by_name = and_(visible_to(viewer), finds(Member.search_name, words))
    query = _can_be_added(event, viewer).where(
        or_(has_address, by_name) if organises else has_address
    )
    return list(
        db.session.scalars(query.order_by(Member.name, Member.id).limit(MOST_FOUND))
    )


def add(
    event: Event, member_id: int, viewer: Member, words: str, now: datetime
) -> Rsvp:
    """Add one whom the viewer has found by those words."""
    found = {member.id: member for member in find(event, viewer, words)}
    if member_id not in found:
        raise Refusal("Nobody of that name or address takes part in the space now.")
    rsvp = places.of(event, found[member_id])
    if rsvp is not None and rsvp.status is not RsvpStatus.DECLINED:
        raise Refusal(f"{rsvp.name} is on the list already.")
    return places.sign_up(event, found[member_id], now, by=viewer)


def check_changeable(event: Event, now: datetime) -> None:
    """What is over, or does not take place, stays as it was."""
    if event.status is EventStatus.CANCELLED:
        raise Refusal("This event does not take place, so its list stays as it was.")
    if event.ends_at <= now:
        raise Refusal("This event is over, so its list stays as it was.")


def change_capacity(
    event: Event, capacity: int | None, now: datetime, by: Member
) -> None:
    """As `places` does; its own no would count people whom this viewer may not see."""
    lock(event)
    if capacity is not None and capacity < event.places_taken:
        raise Unfit(
            "capacity",
            "More people than that have a place. Choose a larger number, or ask some of "
            "those going whether they would give up theirs.",
        )
    places.change_capacity(event, capacity, now, by)


def parted_from_who_runs(event: Event) -> ColumnElement[bool]:
    """Whether a block parts a member from a host of the event or of its group."""
    host, following = aliased(EventHost), aliased(Following)
    hosts = select(host.member_id).where(host.event_id == event.id)
    groups = select(following.member_id).where(
        following.group_id == event.group_id, following.is_host
    )
    runs = hosts.union(groups).subquery()
    return blocked_either_way(Member.id, select(runs.c.member_id))


def _can_be_added(event: Event, viewer: Member) -> Select[Member]:
    return select(Member).where(
        takes_part(Member.id, event.space_id),
        Member.active,
        ~blocked_between(viewer),
        ~parted_from_who_runs(event),
    )
