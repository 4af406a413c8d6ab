"""Who runs a group: named by an organiser, or by those who host it already."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, true

from matchmaker.extensions import db, lock
from matchmaker.models import Event, Following, Group, Member, Rsvp, RsvpStatus
from matchmaker.queries.blocks import blocked_either_way
from matchmaker.queries.visibility import hosts_blocked
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services.events import places
from matchmaker.services.groups import (
    active_followers,
    add_follower,
    following_of,
    hosts,
)


def set_hosts(group: Group, chosen: Collection[Member], now: datetime) -> None:
    """Say who runs the group's events. Whoever was a host before still follows it."""
    lock(group)
    for member in chosen:
        membership = member.membership_in(group.space)
        if membership is None or not membership.is_active:
            raise Unfit(
                "hosts",
                f"{member.name or member.email} is not a member of {group.space.name} "
                "today, and a host has to be one.",
            )
    for member in chosen:
        if following_of(group, member) is None:
            add_follower(group, member, now)
    ids = {member.id for member in chosen}
    for following in db.session.scalars(
        select(Following).where(Following.group_id == group.id)
    ):
        following.is_host = following.member_id in ids
    db.session.flush()
    leave_what_is_gone(group, now)


def followers(group: Group, viewer: Member) -> list[Member]:
    """Whom the viewer may name as one more host: those who follow it, by name."""
    query = (
        active_followers(viewer)
        .with_only_columns(Member)
        .where(Following.group_id == group.id, ~Following.is_host)
        .order_by(Member.name, Member.id)
    )
    return list(db.session.scalars(query))


def name_host(group: Group, member_id: int, by: Member) -> Member:
    """Let one of those who follow the group run it too."""
    lock(group)
    named = next((m for m in followers(group, by) if m.id == member_id), None)
    following = following_of(group, named) if named else None
    if named is None or following is None:
        raise Refusal(f"Choose one of those who follow {group.name} today.")
    following.is_host = True
    db.session.flush()
    return named


def step_down(group: Group, host: Member, now: datetime) -> None:
    """Run it no longer, and follow it still. Only an organiser leaves it without a host.

    Hosts whom a block parts from this one do not count: the answer would tell of them.
    """
    lock(group)
    following = following_of(group, host)
    if following is None or not following.is_host:
        return
    if hosts([group], host)[group.id] == [host] and not host.organises(group.space):
        raise Refusal(
            f"You are the only host of {group.name}. Make another follower a host "
            f"first, or ask an organiser of {group.space.name}."
        )
    following.is_host = False
    db.session.flush()
    leave_what_is_gone(group, now)


def leave_what_is_gone(group: Group, now: datetime, only: Event | None = None) -> None:
    """Whom a block parts from all who run the group loses sight of its events, and the
    places at them: at all to come, or at `only` one."""
    run_by = select(Following.member_id).where(
        Following.group_id == group.id, Following.is_host
    )
    coming = (
        select(Event, Member)
        .join(Rsvp, Rsvp.event_id == Event.id)
        .join(Member, Member.id == Rsvp.member_id)
        .where(
            Event.group_id == group.id,
            Event.starts_at > now,
            Rsvp.status != RsvpStatus.DECLINED,
            Event.id == only.id if only else true(),
            blocked_either_way(Member.id, run_by),
        )
        .order_by(Event.id, Member.id)
    )
    for event, member in db.session.execute(coming).all():
        is_gone = select(Event.id).where(Event.id == event.id, hosts_blocked(member))
        if db.session.scalar(is_gone):
            places.leave_everything(member, [event], now)
