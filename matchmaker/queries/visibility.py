"""The one filter for whatever one member sees of another."""

from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    EventHost,
    EventStatus,
    Following,
    Group,
    Introduction,
    Member,
    Membership,
    MembershipStatus,
    Role,
    Round,
    Rsvp,
    RsvpStatus,
    Side,
    Slot,
    Visibility,
)
from matchmaker.queries.blocks import (
    MemberId,
    blocked_between,
    blocked_either_way,
    kept_apart,
)
from matchmaker.queries.viewer import Viewer

T = TypeVar("T")


@cache
def _alias(table: type[T], _use: str) -> type[T]:
    """A table under a name of its own for one use, made once: making it takes longest.

    A use is one function's, and its conditions never stand within one another: there
    the inner name would be taken for the outer.
    """
    return aliased(table)


def takes_part(member: MemberId, space: MemberId) -> ColumnElement[bool]:
    """Whether a member, by number or column, takes part in a space today."""
    membership = _alias(Membership, "takes part")
    return exists().where(
        membership.member_id == member,
        membership.space_id == space,
        membership.status == MembershipStatus.ACTIVE,
    )


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The members that the viewer may see, themselves included.

    Others are seen by those whom a round has introduced to them, and by the organisers
    of a space that they have joined. Blocks, suspensions and departures end both, and
    so does an introduction that was withdrawn.
    """
    if not viewer.active:
        return Member.id == viewer.id
    theirs, mine = _alias(Membership, "seen"), _alias(Membership, "seeing")
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
    their_side, my_side = _alias(Side, "seen"), _alias(Side, "seeing")
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


def introductions_visible_to(viewer: Viewer) -> ColumnElement[bool]:
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


def sides_visible_to(viewer: Viewer) -> Select[Side]:
    """The viewer's own sides of the introductions that they may see."""
    return (
        select(Side)
        .join(Introduction, Introduction.id == Side.introduction_id)
        .where(Side.member_id == viewer.id, introductions_visible_to(viewer))
    )


def events_run_by(viewer: Viewer) -> ColumnElement[bool]:
    """The events that the viewer runs: as their host, their group's, or an organiser."""
    if not viewer.active:
        return false()
    if viewer.is_operator:
        return true()
    mine, host, following = (
        _alias(Membership, "runs events"),
        _alias(EventHost, "runs events"),
        _alias(Following, "runs events"),
    )
    organises = exists().where(
        mine.member_id == viewer.id,
        mine.space_id == Event.space_id,
        mine.status == MembershipStatus.ACTIVE,
        mine.role == Role.ORGANISER,
    )
    hosts = exists().where(host.event_id == Event.id, host.member_id == viewer.id)
    hosts_its_group = exists().where(
        following.group_id == Event.group_id,
        following.member_id == viewer.id,
        following.is_host,
    )
    is_mine = takes_part(viewer.id, Event.space_id)
    return or_(organises, and_(is_mine, or_(hosts, hosts_its_group)))


def events_visible_to(
    viewer: Viewer | None, key: str | BindParameter[str] = ""
) -> ColumnElement[bool]:
    """The events that the viewer may see; None is somebody who has not signed in.

    `key` opens the event that has it, whatever its visibility, once it is published. An
    event run by somebody whom a block parts from the viewer does not exist for them.
    """
    is_out = Event.status != EventStatus.DRAFT
    has_link = and_(Event.visibility == Visibility.LINK, Event.key == key)
    if viewer is None or not viewer.active:
        return and_(is_out, or_(Event.visibility == Visibility.PUBLIC, has_link))
    found = or_(_is_open_to(viewer.id), has_link)
    return and_(
        ~hosts_blocked(viewer),
        or_(and_(is_out, found), events_run_by(viewer)),
    )


def finds_out(member: MemberId) -> ColumnElement[bool]:
    """Whether a member, by number or column, finds an event that is out by themselves.

    For many members at once: `events_visible_to` without its link, and without running it.
    """
    is_out = Event.status != EventStatus.DRAFT
    return and_(is_out, _is_open_to(member), ~hosts_blocked(member))


def _is_open_to(member: MemberId) -> ColumnElement[bool]:
    following, signed_up = _alias(Following, "open to"), _alias(Rsvp, "open to")
    they_follow = exists().where(
        following.group_id == Event.group_id, following.member_id == member
    )
    they_signed_up = exists().where(
        signed_up.event_id == Event.id, signed_up.member_id == member
    )
    return or_(
        Event.visibility == Visibility.PUBLIC,
        and_(
            takes_part(member, Event.space_id),
            or_(
                Event.visibility == Visibility.SPACE,
                and_(Event.visibility == Visibility.GROUP, they_follow),
                they_signed_up,
            ),
        ),
    )


def hosts_blocked(viewer: Viewer | MemberId) -> ColumnElement[bool]:
    """Whether a block parts the viewer from a host of an event, or from all of its group."""
    member = viewer.id if isinstance(viewer, Viewer) else viewer
    host = _alias(EventHost, "parted")
    parted_from_a_host = exists().where(
        host.event_id == Event.id, blocked_either_way(member, [host.member_id])
    )
    return or_(parted_from_a_host, _is_run_only_by_parted(member, Event.group_id))


def groups_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The groups that the viewer may see: those of their spaces.

    A group that is run only by people whom a block parts from the viewer does not exist
    for them, nor do its events.
    """
    if not viewer.active:
        return false()
    return and_(
        true() if viewer.is_operator else takes_part(viewer.id, Group.space_id),
        ~_is_run_only_by_parted(viewer.id, Group.id),
    )


def groups_run_by(viewer: Viewer) -> ColumnElement[bool]:
    """The groups that the viewer looks after: as their host, or as an organiser."""
    if not viewer.active:
        return false()
    if viewer.is_operator:
        return true()
    mine = _alias(Membership, "runs groups")
    following = _alias(Following, "runs groups")
    organises = exists().where(
        mine.member_id == viewer.id,
        mine.space_id == Group.space_id,
        mine.status == MembershipStatus.ACTIVE,
        mine.role == Role.ORGANISER,
    )
    hosts = exists().where(
        following.group_id == Group.id,
        following.member_id == viewer.id,
        following.is_host,
    )
    return or_(organises, and_(takes_part(viewer.id, Group.space_id), hosts))


def _is_run_only_by_parted(
    member: MemberId, group_id: InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    one, other = _alias(Following, "parted"), _alias(Following, "another")
    has_a_parted_host = exists().where(
        one.group_id == group_id,
        one.is_host,
        blocked_either_way(member, [one.member_id]),
    )
    has_another_host = exists().where(
        other.group_id == group_id,
        other.is_host,
        ~blocked_either_way(member, [other.member_id]),
    )
    return and_(has_a_parted_host, ~has_another_host)


def rsvps_visible_to(viewer: Viewer | None) -> ColumnElement[bool]:
    """The RSVPs, of events that the viewer may see, whose member they may see in them.

    One's own; to whoever runs the event all of them; otherwise those going who chose to
    be shown. Never those whom a block parts from the viewer: they are not counted either.
    Join `Member` and `Event`.
    """
    if viewer is None or not viewer.active:
        return false()
    is_shown = and_(
        Rsvp.status == RsvpStatus.GOING,
        Rsvp.is_shown,
        Member.active,
        takes_part(Rsvp.member_id, Event.space_id),
    )
    return or_(
        Rsvp.member_id == viewer.id,
        and_(~blocked_between(viewer), or_(is_shown, events_run_by(viewer))),
    )


def slots_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The mentor hours that the viewer may know of and could book; join `Event`.

    Only for those who take part in the space or run the event; only of mentors who take
    part; and none whose mentor or mentee is kept apart from the viewer.
    """
    mentor, rsvp = _alias(Member, "mentors"), _alias(Rsvp, "mentors")
    has_an_account = exists().where(mentor.id == Slot.mentor_id, mentor.active)
    said_no = exists().where(
        rsvp.event_id == Slot.event_id,
        rsvp.member_id == Slot.mentor_id,
        rsvp.status == RsvpStatus.DECLINED,
    )
    return and_(
        or_(takes_part(viewer.id, Event.space_id), events_run_by(viewer)),
        has_an_account,
        takes_part(Slot.mentor_id, Event.space_id),
        ~said_no,
        ~kept_apart(viewer.id, [Slot.mentor_id, Slot.mentee_id]),
    )


def may_be_named(member: Member, viewer: Member) -> bool:
    """Whether no block parts somebody from the viewer."""
    query = select(Member.id).where(Member.id == member.id, blocked_between(viewer))
    return db.session.scalar(query) is None


def not_kept_apart(viewer: Viewer) -> ColumnElement[bool]:
    """Whether a member may be brought together with the viewer."""
    return ~kept_apart(viewer.id, [Member.id])
