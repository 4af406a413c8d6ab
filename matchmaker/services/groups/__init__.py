"""Groups of a space: those who share an interest, and the hosts of its events."""

import re
import unicodedata
from datetime import datetime

from sqlalchemy import select, true

from matchmaker.extensions import db, lock
from matchmaker.models import Following, Group, Member, Space
from matchmaker.queries.groups import (
    active_followers,
    count_followers,
    followed_by,
    hosted_by,
    hosts,
    of,
)
from matchmaker.queries.visibility import groups_visible_to
from matchmaker.refusal import Refusal, Unfit

__all__ = [
    "active_followers",
    "count_followers",
    "followed_by",
    "hosted_by",
    "hosts",
    "of",
]

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


def edit(group: Group, name: str, blurb: str, by: Member) -> None:
    lock(group.space)
    group.name = _checked_name(group.space, name, by, but=group)
    group.blurb = blurb.strip()


def archive(group: Group, now: datetime) -> None:
    """Take it off the list; its page and its events stay for those who have the link."""
    group.archived_at = group.archived_at or now


def bring_back(group: Group, by: Member) -> None:
    lock(group.space)
    _checked_name(group.space, group.name, by, but=group)
    group.archived_at = None


def follow(group: Group, member: Member, now: datetime) -> None:
    """Let the member see what is only for the group; pressed twice, it is done once."""
    lock(group)
    if following_of(group, member):
        return
    _check_takes_part(group.space, member)
    if group.archived_at:
        raise Refusal(f"{group.name} is no longer active. Look for another group.")
    add_follower(group, member, now)


def unfollow(group: Group, member: Member) -> None:
    lock(group)
    following = following_of(group, member)
    if following is None:
        return
    if following.is_host:
        raise Refusal(
            f"You host {group.name}. Step down first, on the page where you look after "
            "it; then you can stop following."
        )
    db.session.delete(following)


def want_letters(group: Group, member: Member, wants: bool) -> None:
    """Write to the member of each new event of a group that they follow, or no longer."""
    lock(group)
    following = following_of(group, member)
    if following is not None:
        following.wants_letters = wants
    elif wants:
        raise Refusal(f"Follow {group.name} first.")


def following_of(group: Group, member: Member) -> Following | None:
    return db.session.get(Following, (group.id, member.id), populate_existing=True)


def add_follower(group: Group, member: Member, now: datetime) -> None:
    db.session.add(Following(group_id=group.id, member_id=member.id, made_at=now))
    db.session.flush()


def _check_takes_part(space: Space, member: Member) -> None:
    membership = member.membership_in(space)
    if membership is None or not membership.is_active:
        raise Refusal(f"Join {space.name} first: its groups are for its members.")


def _checked_name(
    space: Space, name: str, by: Member | None = None, but: Group | None = None
) -> str:
    """Refuse a name that another has. A group that `by` may not see does not answer."""
    name = " ".join(name.split())
    if not name:
        raise Unfit("name", "Give the group a name.")
    if len(name) > NAME_LENGTH:
        raise Unfit("name", f"Choose a name of at most {NAME_LENGTH} characters.")
    known = select(Group).where(
        Group.space_id == space.id,
        Group.archived_at.is_(None),
        groups_visible_to(by) if by else true(),
    )
    for other in db.session.scalars(known):
        if other is not but and other.name.casefold() == name.casefold():
            raise Unfit("name", f"There is a group called {other.name} already.")
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
