"""The introductions of a member, as they see them, and those that organisers see."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased, contains_eager, selectinload

from matchmaker.extensions import db
from matchmaker.models import Event, Introduction, Member, Round, Side
from matchmaker.models.block import Block
from matchmaker.queries.search import finds
from matchmaker.queries.viewer import AnyMember
from matchmaker.queries.visibility import introductions_visible_to, sides_visible_to


def latest_sides(viewer: Member, most: int) -> Sequence[Side]:
    """The viewer's own sides of their latest introductions, with all that a page shows."""
    query = _latest_sides(AnyMember.like(viewer))
    return db.session.scalars(query, {"viewer": viewer.id, "most": most}).all()


def sides(viewer: Member, words: str = "") -> Sequence[Side]:
    """All the viewer's own sides, the latest first; of those whose name has the words."""
    mine = sides_visible_to(viewer).order_by(Side.introduction_id.desc())
    if words:
        other = aliased(Side)
        is_found = (
            select(other.member_id)
            .join(Member, Member.id == other.member_id)
            .where(
                other.introduction_id == Side.introduction_id,
                other.member_id != viewer.id,
                finds(Member.search_name, words),
            )
            .correlate(Side)
            .exists()
        )
        mine = mine.where(is_found)
    return db.session.scalars(mine).all()


def side_of(viewer: Member, introduction_id: int) -> Side | None:
    """Find the viewer's own side; other people's introductions do not exist."""
    mine = sides_visible_to(viewer).where(Side.introduction_id == introduction_id)
    return db.session.scalar(mine)


def get_side(introduction_id: int, member_id: int) -> Side | None:
    """Find the side of a letter's link, whatever became of it."""
    return db.session.get(Side, (introduction_id, member_id))


def has_blocked_another(side: Side) -> bool:
    """Whether a side's member has blocked one of the others themselves."""
    query = select(Block).where(
        Block.blocker_id == side.member_id,
        Block.blocked_id.in_([other.member_id for other in side.others]),
    )
    return db.session.scalar(query) is not None


def of_round(round_: Round, viewer: Member) -> Sequence[Introduction]:
    """A round's introductions as an organiser sees them, the most valuable first."""
    return db.session.scalars(
        select(Introduction)
        .where(Introduction.round_id == round_.id, introductions_visible_to(viewer))
        .order_by(Introduction.value.desc(), Introduction.id)
        .options(
            selectinload(Introduction.sides)
            .joinedload(Side.member)
            .joinedload(Member.profile)
        )
    ).all()


@cache
def _latest_sides(viewer: AnyMember) -> Select[Side]:
    introduction = contains_eager(Side.introduction)
    member = introduction.selectinload(Introduction.sides).joinedload(Side.member)
    return (
        sides_visible_to(viewer)
        .order_by(Side.introduction_id.desc())
        .limit(bindparam("most"))
        .options(
            introduction.joinedload(Introduction.round)
            .joinedload(Round.event)
            .selectinload(Event.rsvps),
            member.joinedload(Member.profile),
            member.joinedload(Member.memberships),
        )
    )
