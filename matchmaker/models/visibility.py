"""The one filter for whatever one member sees of another."""

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from matchmaker.models.introduction import Introduction, Side
from matchmaker.models.member import Block, Member, Membership, MembershipStatus, Role
from matchmaker.models.round import Round


def blocked_between(viewer: Member) -> ColumnElement[bool]:
    """Whether a member and the viewer have blocked each other, either way."""
    return exists().where(
        or_(
            and_(Block.blocker_id == viewer.id, Block.blocked_id == Member.id),
            and_(Block.blocker_id == Member.id, Block.blocked_id == viewer.id),
        )
    )


def visible_to(viewer: Member) -> ColumnElement[bool]:
    """The members that the viewer may see, themselves included.

    Others are seen by those whom a round has introduced to them, and by the organisers
    of a space that they have joined. Blocks, suspensions and departures end both, and
    so does an introduction that was withdrawn.
    """
    if not viewer.active:
        return Member.id == viewer.id
    theirs, mine = aliased(Membership), aliased(Membership)
    in_a_space_i_organise = exists().where(
        theirs.member_id == Member.id,
        theirs.status.in_([MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED]),
        *(
            []
            if viewer.is_operator
            else [
                mine.member_id == viewer.id,
                mine.space_id == theirs.space_id,
                mine.status == MembershipStatus.ACTIVE,
                mine.role == Role.ORGANISER,
            ]
        ),
    )
    their_side, my_side = aliased(Side), aliased(Side)
    introduced_to_me = and_(
        Member.active,
        exists(
            select(Introduction.id)
            .join(Round, Round.id == Introduction.round_id)
            .join(my_side, my_side.introduction_id == Introduction.id)
            .join(their_side, their_side.introduction_id == Introduction.id)
            .join(mine, mine.space_id == Round.space_id)
            .join(theirs, theirs.space_id == Round.space_id)
            .where(
                my_side.member_id == viewer.id,
                their_side.member_id == Member.id,
                mine.member_id == viewer.id,
                theirs.member_id == Member.id,
                mine.status == MembershipStatus.ACTIVE,
                theirs.status == MembershipStatus.ACTIVE,
                Introduction.withdrawn_at.is_(None),
            )
        ).correlate(Member),
    )
    return or_(
        Member.id == viewer.id,
        and_(
            ~blocked_between(viewer),
            or_(in_a_space_i_organise, introduced_to_me),
        ),
    )


def introductions_visible_to(viewer: Member) -> ColumnElement[bool]:
    """The introductions all of whose members the viewer may see."""
    hidden = select(Side.member_id).join(Member, Member.id == Side.member_id)
    return and_(
        Introduction.withdrawn_at.is_(None),
        ~exists(
            hidden.where(
                Side.introduction_id == Introduction.id, ~visible_to(viewer)
            ).correlate(Introduction)
        ),
    )


def sides_visible_to(viewer: Member) -> Select[Side]:
    """The viewer's own sides of the introductions that they may see."""
    return (
        select(Side)
        .join(Introduction, Introduction.id == Side.introduction_id)
        .where(Side.member_id == viewer.id, introductions_visible_to(viewer))
    )
