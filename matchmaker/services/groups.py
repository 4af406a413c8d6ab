"""Groups of a space: those who share an interest, and the hosts of its events."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import func, select, true

from matchmaker.extensions import db, lock
from matchmaker.models import (
    Event,
    Following,
    Group,
    Member,
    Rsvp,
    RsvpStatus,
    Space,
    blocked_between,
    groups_visible_to,
    is_run_by_parted,
    parted,
    takes_part,
)
from matchmaker.refusal import Refusal
from matchmaker.services.events import places

NAME_LENGTH = 80
_SLUG_LENGTH = 50  # leaves room for a number behind it


def make(space: Space, name: str, blurb: str, now: datetime) -> Group:
    """Open a group; its address is made from its name, and stays when that changes."""
    lock(space)  # two at once would take the same address
    name = _checked_name(space, name)
    group = Group(
        space=space,
        slug=_free_slug(space, name),
        name=name,
        blurb=blurb.strip(),
        made_at=now,
    )
    db.session.add(group)
    db.session.flush()
    return group


def edit(group: Group, name: str, blurb: str) -> None:
    group.name = _checked_name(group.space, name, but=group)
    group.blurb = blurb.strip()


def archive(group: Group, now: datetime) -> None:
    """Take it off the list; its page and its events stay for those who have the link."""
    group.archived_at = group.archived_at or now


def bring_back(group: Group) -> None:
    _checked_name(group.space, group.name, but=group)
    group.archived_at = None


def follow(group: Group, member: Member, now: datetime) -> None:
    """Let the member see what is only for the group; pressed twice, it is done once."""
    lock(group)
    if _following(group, member):
        return
    _check_takes_part(group.space, member)
    if group.archived_at:
        raise Refusal(f"{group.name} is no longer active. Look for another group.")
    _add(group, member, now)


def unfollow(group: Group, member: Member) -> None:
    lock(group)
    following = _following(group, member)
    if following is None:
        return
    if following.is_host:
        raise Refusal(
            f"You host {group.name}. Ask an organiser of {group.space.name} to name "
            "another host first."
        )
    db.session.delete(following)


def set_hosts(group: Group, hosts: Collection[Member], now: datetime) -> None:
    """Say who runs the group's events. Whoever was a host before still follows it."""
    lock(group)
    for member in hosts:
        membership = member.membership_in(group.space)
        if membership is None or not membership.is_active:
            raise Refusal(
                f"{member.name or member.email} is not a member of {group.space.name} "
                "today, and a host has to be one."
            )
    for member in hosts:
        if _following(group, member) is None:
            _add(group, member, now)
    chosen = {member.id for member in hosts}
    for following in db.session.scalars(
        select(Following).where(Following.group_id == group.id)
    ):
        following.is_host = following.member_id in chosen
    db.session.flush()
    leave_what_is_gone(group, now)


def of(space: Space, viewer: Member) -> list[Group]:
    """Those that the viewer may see and follow, by name."""
    return list(
        db.session.scalars(
            select(Group)
            .where(
                Group.space_id == space.id,
                Group.archived_at.is_(None),
                groups_visible_to(viewer),
            )
            .order_by(func.lower(Group.name), Group.id)
        )
    )


def followed_by(member: Member) -> set[int]:
    """The ids of the groups that the member follows."""
    followed = select(Following.group_id).where(Following.member_id == member.id)
    return set(db.session.scalars(followed))


def hosted_by(member: Member, space: Space) -> list[Group]:
    """The groups whose events the member may run."""
    return list(
        db.session.scalars(
            select(Group)
            .join(Following)
            .where(
                Group.space_id == space.id,
                Group.archived_at.is_(None),
                Following.member_id == member.id,
                Following.is_host,
            )
            .order_by(func.lower(Group.name), Group.id)
        )
    )


def count_followers(groups: Iterable[Group], viewer: Member) -> dict[int, int]:
    """How many follow each: those who take part today, nobody parted from the viewer."""
    counted = _followers(viewer).with_only_columns(
        Following.group_id, func.count(Following.member_id)
    )
    ids = [group.id for group in groups]
    rows = counted.where(Group.id.in_(ids)).group_by(Following.group_id)
    return dict.fromkeys(ids, 0) | dict(db.session.execute(rows).all())


def hosts(groups: Iterable[Group], viewer: Member) -> dict[int, list[Member]]:
    """Who runs each, by name; nobody parted from the viewer."""
    groups = list(groups)
    found: dict[int, list[Member]] = {group.id: [] for group in groups}
    rows = (
        _followers(viewer)
        .with_only_columns(Following.group_id, Member)
        .where(Group.id.in_(found), Following.is_host)
        .order_by(Member.name, Member.id)
    )
    for group_id, member in db.session.execute(rows):
        found[group_id].append(member)
    return found


def _followers(viewer: Member):  # type: ignore[no-untyped-def]  # its columns vary
    """Active members that follow a group, but for those parted from the viewer."""
    return (
        select(Following)
        .join(Group, Group.id == Following.group_id)
        .join(Member, Member.id == Following.member_id)
        .where(
            Member.active,
            takes_part(Member.id, Group.space_id),
            ~blocked_between(viewer),
        )
    )


def leave_what_is_gone(group: Group, now: datetime, only: Event | None = None) -> None:
    """Whom a block parts from all who run the group loses sight of its events, and the
    places at them: at all to come, or at `only` one."""
    hosts = select(Following.member_id).where(
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
            parted(Member.id, hosts),
        )
        .order_by(Event.id, Member.id)
    )
    for event, member in db.session.execute(coming).all():
        is_gone = select(Event.id).where(Event.id == event.id, is_run_by_parted(member))
        if db.session.scalar(is_gone):
            places.leave_everything(member, [event], now)


def _following(group: Group, member: Member) -> Following | None:
    return db.session.get(Following, (group.id, member.id), populate_existing=True)


def _add(group: Group, member: Member, now: datetime) -> None:
    db.session.add(Following(group_id=group.id, member_id=member.id, made_at=now))
    db.session.flush()


def _check_takes_part(space: Space, member: Member) -> None:
    membership = member.membership_in(space)
    if membership is None or not membership.is_active:
        raise Refusal(f"Join {space.name} first: its groups are for its members.")


def _checked_name(space: Space, name: str, but: Group | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refusal("Give the group a name.")
    if len(name) > NAME_LENGTH:
        raise Refusal(f"Choose a name of at most {NAME_LENGTH} characters.")
    for other in db.session.scalars(
        select(Group).where(Group.space_id == space.id, Group.archived_at.is_(None))
    ):
        if other is not but and other.name.casefold() == name.casefold():
            raise Refusal(f"There is a group called {other.name} already.")
    return name


def _free_slug(space: Space, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = plain.encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:_SLUG_LENGTH].strip("-")
    slug = slug or "group"
    taken = set(
        db.session.scalars(select(Group.slug).where(Group.space_id == space.id))
    )
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free
