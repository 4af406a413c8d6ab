"""A space as its organisers see it. Whom an organiser may not see is not counted either."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased, contains_eager

from matchmaker.email_addresses import look_up
from matchmaker.extensions import db
from matchmaker.models import (
    Introduction,
    JoinRequest,
    LeftOut,
    Member,
    Membership,
    MembershipStatus,
    Outcome,
    PossibleTwins,
    Profile,
    Round,
    SafetyReport,
    Side,
    Space,
)
from matchmaker.queries.blocks import (
    MemberId,
    blocked_between,
    blocked_either_way,
    blocked_ids,
)
from matchmaker.queries.safety import reports_visible_to
from matchmaker.queries.search import finds
from matchmaker.queries.viewer import AnyMember, Viewer
from matchmaker.queries.visibility import visible_to

LATEST_ROUNDS = 12
ON_A_PAGE = 50

SpaceId = int | BindParameter[int]
_is_invited = Membership.status == MembershipStatus.INVITED
_VALUED = (Outcome.STATED, Outcome.OTHER)
_KNOWN = (MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED)


class RoundFigures(NamedTuple):
    """A round at a glance, of the introductions that the viewer may see."""

    week: str
    introductions: int
    answered: int  # by all of their members
    both_said_yes: int
    met: int
    valued: int  # by all of their members


class Waiting(NamedTuple):
    """How much waits for an organiser."""

    newcomers: int
    twins: int
    reports: int


@dataclass(frozen=True)
class MembersPage:
    items: Sequence[Membership]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return -(-self.total // ON_A_PAGE)


def count_members(space: Space, viewer: Member) -> dict[MembershipStatus, int]:
    rows = db.session.execute(
        _count_members(AnyMember.like(viewer)), _here(space, viewer)
    )
    return dict.fromkeys(MembershipStatus, 0) | dict(rows.all())


def count_waiting(space: Space, viewer: Member) -> Waiting:
    row = db.session.execute(
        _waiting(AnyMember.like(viewer)), _here(space, viewer)
    ).one()
    return Waiting(*row)


def latest_rounds(space: Space, viewer: Member) -> list[RoundFigures]:
    """The latest weekly rounds, counted in the database."""
    rows = db.session.execute(_figures(AnyMember.like(viewer)), _here(space, viewer))
    return [RoundFigures(*row) for row in rows]


def members(space: Space, viewer: Member, words: str, number: int) -> MembersPage:
    """List the members that the viewer may see, by name; or those whose name or e-mail
    address has `words`."""
    query, here = _listed(AnyMember.like(viewer)), _here(space, viewer)
    if words:
        address = Member.email.contains(look_up(words), autoescape=True)
        # The name of somebody invited may be one that another space knows.
        query = query.where((finds(Member.search_name, words) & ~_is_invited) | address)
        count = query.with_only_columns(func.count()).order_by(None)
        total = db.session.scalar(count.limit(None).offset(None), here) or 0
    else:
        total = sum(count_members(space, viewer).values())
    window = {"size": ON_A_PAGE, "skipped": (number - 1) * ON_A_PAGE}
    found = db.session.scalars(query, here | window).all()
    return MembersPage(found, total, number)


def find_member(space: Space, viewer: Member, member_id: int) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(
            Membership.member_id == member_id, _sees_membership(viewer, space.id)
        )
    )


def visible_members(viewer: Member, ids: set[int]) -> dict[int, Member]:
    """Those of them whom the viewer may see, by number."""
    query = select(Member).where(Member.id.in_(ids), visible_to(viewer))
    return {member.id: member for member in db.session.scalars(query)}


def hidden_members(space: Space, viewer: Member) -> set[int]:
    """Return the numbers of the active members whom the viewer may not see."""
    here = select(Membership.member_id).where(
        Membership.space_id == space.id, Membership.status == MembershipStatus.ACTIVE
    )
    seen = select(Member.id).where(Member.id.in_(here), visible_to(viewer))
    return {*db.session.scalars(here.where(Membership.member_id.not_in(seen)))}


def members_called(space: Space, viewer: Member, words: str) -> Sequence[Member]:
    """Find active members whom the viewer may see, by e-mail or full name."""
    if not words:
        return []
    return db.session.scalars(
        select(Member)
        .join(Membership, Membership.member_id == Member.id)
        .where(
            Membership.space_id == space.id,
            Membership.status == MembershipStatus.ACTIVE,
            or_(
                Member.email == words.casefold(),
                func.lower(Member.name) == words.lower(),
            ),
            visible_to(viewer),
        )
        .limit(2)
    ).all()


def left_out(round_: Round, viewer: Member) -> Sequence[tuple[LeftOut, Member]]:
    """Whom the round left out, of those whom the viewer may see."""
    rows = db.session.execute(
        select(LeftOut, Member)
        .join(Member, Member.id == LeftOut.member_id)
        .where(LeftOut.round_id == round_.id, visible_to(viewer))
        .order_by(Member.name)
    )
    return [(left, member) for left, member in rows]


def requests_visible_to(viewer: Viewer, space: SpaceId) -> ColumnElement[bool]:
    """The requests to join that the viewer decides on; join `Member`.

    Of whom a block parts from an organiser, another decides, or the operator.
    """
    return and_(
        JoinRequest.space_id == space,
        JoinRequest.member_id != viewer.id,
        Member.active,
        true() if viewer.is_operator else ~blocked_between(viewer),
    )


def twins_visible_to(viewer: Viewer, space: SpaceId) -> ColumnElement[bool]:
    both = [PossibleTwins.first_id, PossibleTwins.second_id]
    return and_(
        *(is_known_in(id_, space) for id_ in both),
        ~blocked_either_way(viewer.id, both),
    )


def _here(space: Space, viewer: Member) -> dict[str, int]:
    return {"space": space.id, "viewer": viewer.id}


def _sees_membership(viewer: Viewer, space: SpaceId) -> ColumnElement[bool]:
    """Whether an organiser of the space sees somebody as one of its members.

    It holds of what `visible_to` holds of, and of who is invited: asked in this order
    most of it is answered by the row.
    """
    seen = exists(
        select(Member.id)
        .where(Member.id == Membership.member_id, visible_to(viewer))
        .correlate(Membership)
    )
    return and_(
        Membership.space_id == space,
        Membership.member_id.not_in(blocked_ids(viewer)),
        or_(Membership.status.in_(_KNOWN), _is_invited, seen),
    )


@cache
def _listed(viewer: AnyMember) -> Select[Membership]:
    member = contains_eager(Membership.member)
    return (
        select(Membership)
        .join(Member, Member.id == Membership.member_id)
        .where(_sees_membership(viewer, _space()))
        .order_by(Member.name, Member.id)
        .limit(bindparam("size"))
        .offset(bindparam("skipped"))
        .options(member.joinedload(Member.profile).load_only(Profile.headline))
    )


@cache
def _count_members(viewer: AnyMember) -> Select[MembershipStatus, int]:
    return (
        select(Membership.status, func.count())
        .where(_sees_membership(viewer, _space()))
        .group_by(Membership.status)
    )


@cache
def _waiting(viewer: AnyMember) -> Select[int, int, int]:
    newcomers = (
        select(func.count())
        .select_from(JoinRequest)
        .join(Member, Member.id == JoinRequest.member_id)
        .where(requests_visible_to(viewer, _space()), JoinRequest.approved.is_(None))
    )
    twins = select(func.count()).where(
        PossibleTwins.verdict.is_(None), twins_visible_to(viewer, _space())
    )
    reports = select(func.count()).where(
        SafetyReport.space_id == _space(),
        SafetyReport.closed_at.is_(None),
        reports_visible_to(viewer),
    )
    return select(
        newcomers.scalar_subquery(), twins.scalar_subquery(), reports.scalar_subquery()
    )


@cache
def _figures(viewer: AnyMember) -> Select[str, int, int, int, int, int]:
    latest = (
        select(Round.id, Round.week)
        .where(Round.space_id == _space(), Round.event_id.is_(None))
        .order_by(Round.week.desc())
        .limit(LATEST_ROUNDS)
        .subquery()
    )
    here = aliased(Membership)
    is_member = exists().where(
        here.member_id == Side.member_id,
        here.space_id == _space(),
        here.status.in_(_KNOWN),
    )
    seen = exists(
        select(Member.id)
        .where(Member.id == Side.member_id, visible_to(viewer))
        .correlate(Side)
    )
    hidden = or_(Side.member_id.in_(blocked_ids(viewer)), ~or_(is_member, seen))
    each = (
        select(
            Introduction.round_id,
            Introduction.introduced_at,
            func.min(case((Side.answer.is_not(None), 1), else_=0)).label("answered"),
            func.max(case((Side.met.is_(True), 1), else_=0)).label("met"),
            func.min(case((Side.outcome.in_(_VALUED), 1), else_=0)).label("valued"),
        )
        .join(Side, Side.introduction_id == Introduction.id)
        .where(Introduction.round_id.in_(select(latest.c.id)))
        .group_by(Introduction.id)
        .having(func.max(case((hidden, 1), else_=0)) == 0)
        .subquery()
    )
    return (
        select(
            latest.c.week,
            func.count(each.c.round_id),
            func.coalesce(func.sum(each.c.answered), 0),
            func.count(each.c.introduced_at),
            func.coalesce(func.sum(each.c.met), 0),
            func.coalesce(func.sum(each.c.valued), 0),
        )
        .outerjoin(each, each.c.round_id == latest.c.id)
        .group_by(latest.c.id, latest.c.week)
        .order_by(latest.c.week.desc())
    )


def _space() -> BindParameter[int]:
    return bindparam("space")


def is_known_in(member_id: MemberId, space_id: SpaceId) -> ColumnElement[bool]:
    """Whether a space may know who they are: they joined, ask to, or are on its list.

    On its list only if no other space knows them, or its organisers would learn from an
    address whose it is.
    """
    here, elsewhere, asked = (
        aliased(Membership),
        aliased(Membership),
        aliased(JoinRequest),
    )
    member = aliased(Member)
    has_joined = exists().where(
        here.member_id == member_id,
        here.space_id == space_id,
        here.status.in_([MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED]),
    )
    is_only_on_its_list = exists().where(
        here.member_id == member_id,
        here.space_id == space_id,
        here.status == MembershipStatus.INVITED,
        member.id == member_id,
        member.confirmed_at.is_(None),
        ~exists().where(
            elsewhere.member_id == here.member_id, elsewhere.space_id != space_id
        ),
    )
    asks = exists().where(
        asked.member_id == member_id,
        asked.space_id == space_id,
        asked.approved.is_(None),
    )
    return or_(has_joined, is_only_on_its_list, asks)
