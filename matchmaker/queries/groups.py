"""The groups of a space, and who follows and hosts them, as seen by a viewer."""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from matchmaker.extensions import db
from matchmaker.models import Following, Group, Member, Space
from matchmaker.queries.blocks import blocked_between
from matchmaker.queries.viewer import AnyMember
from matchmaker.queries.visibility import groups_visible_to, takes_part


def of(space: Space, viewer: Member) -> list[Group]:
    """Those that the viewer may see and follow, by name."""
    known = {"space": space.id, "viewer": viewer.id}
    return list(db.session.scalars(_open(AnyMember.like(viewer)), known))


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
    counted = active_followers(viewer).with_only_columns(
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
        active_followers(viewer)
        .with_only_columns(Following.group_id, Member)
        .where(Group.id.in_(found), Following.is_host)
        .order_by(Member.name, Member.id)
    )
    for group_id, member in db.session.execute(rows):
        found[group_id].append(member)
    return found


def active_followers(viewer: Member):  # type: ignore[no-untyped-def]  # its columns vary
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


@cache
def _open(viewer: AnyMember) -> Select[Group]:
    return (
        select(Group)
        .where(
            Group.space_id == bindparam("space"),
            Group.archived_at.is_(None),
            groups_visible_to(viewer),
        )
        .order_by(func.lower(Group.name), Group.id)
        .options(joinedload(Group.picture))
    )
