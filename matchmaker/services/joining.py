"""How somebody comes into a space by themselves: at once, or after an organiser's yes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select, true
from sqlalchemy.orm import joinedload

from matchmaker.extensions import db, lock
from matchmaker.mail import joining_letters
from matchmaker.models import (
    Joining,
    JoinRequest,
    Member,
    Membership,
    MembershipStatus,
    Space,
)
from matchmaker.queries.organiser import requests_visible_to
from matchmaker.queries.spaces import organisers
from matchmaker.refusal import Refusal
from matchmaker.services import twin_holds

LONGEST = 200
# After a no; sooner would only be asking the same organisers the same thing.
ASK_AGAIN = timedelta(days=90)
# Organisers hear of newcomers at most this often.
LETTERS_APART = timedelta(days=1)


def has_to_ask(member: Member, space: Space) -> bool:
    """Whether an organiser decides; those who were invited join at once."""
    membership = member.membership_in(space)
    return space.joining is Joining.APPROVAL and (
        membership is None or membership.is_uninvited
    )


def ask(member: Member, space: Space, words: str, now: datetime) -> JoinRequest:
    """Ask the organisers to be let in. Asked twice, it's asked once."""
    if not has_to_ask(member, space):
        raise Refusal(f"{space.name} can’t be asked now. Look at its page again.")
    if not member.name:
        raise Refusal("Say your name first, so that the organisers know who asks.")
    words = " ".join(words.split())[:LONGEST]
    if not words:
        raise Refusal("Say in a line what brings you here.")
    lock(member)
    made = request_of(member, space)
    if made is None:
        made = JoinRequest(member=member, space=space)
        db.session.add(made)
    elif made.is_waiting:
        return made
    elif (again := may_ask_again_at(made)) and again > now:
        day = again.astimezone(space.zone)
        raise Refusal(
            f"{space.name} couldn’t take you in. You can ask again from "
            f"{day.day} {day:%B %Y}."
        )
    made.words, made.made_at = words, now
    made.approved = made.decided_at = made.decided_by = None
    twin_holds.notice(member, [space], now)
    return made


def may_ask_again_at(made: JoinRequest) -> datetime | None:
    """From when they may ask again after a no; None where there was none."""
    if made.approved is not False or made.decided_at is None:
        return None
    return made.decided_at + ASK_AGAIN


def note_open_join(member: Member, space: Space, now: datetime) -> None:
    """Keep that somebody joined an open space, for its organisers to hear of."""
    made = request_of(member, space) or JoinRequest(member=member, space=space)
    made.made_at = made.decided_at = now
    made.approved, made.decided_by = True, None
    db.session.add(made)


def request_of(member: Member, space: Space) -> JoinRequest | None:
    return db.session.scalar(
        select(JoinRequest).where(
            JoinRequest.member_id == member.id, JoinRequest.space_id == space.id
        )
    )


def undecided_of(member: Member) -> Sequence[JoinRequest]:
    """The member's requests that haven't been approved: waiting, or declined."""
    return db.session.scalars(
        select(JoinRequest)
        .where(JoinRequest.member_id == member.id, JoinRequest.approved.is_not(True))
        .options(joinedload(JoinRequest.space))
        .order_by(JoinRequest.id)
    ).all()


def approve(made: JoinRequest, by: Member, now: datetime) -> None:
    """Let somebody in; they hear of it by letter."""
    lock(made)
    if made.approved:
        return
    member, space = made.member, made.space
    membership = member.membership_in(space)
    if membership and membership.status is MembershipStatus.SUSPENDED:
        raise Refusal(
            f"{member.name} is suspended. Let them back in on the members’ page."
        )
    made.approved, made.decided_at, made.decided_by = True, now, by
    if membership is None:
        membership = Membership(member=member, space=space)
        db.session.add(membership)
    elif membership.is_active:
        return
    membership.status = MembershipStatus.ACTIVE
    membership.joined_at = now
    twin_holds.notice(member, [space], now)
    joining_letters.approved(made, now)


def decline(made: JoinRequest, by: Member, now: datetime) -> None:
    """Don't let somebody in. Their page says so, and nobody tells them why."""
    lock(made)
    if made.approved:
        raise Refusal(f"{made.member.name} is a member already. Suspend them instead.")
    if made.is_waiting:
        made.approved, made.decided_at, made.decided_by = False, now, by


def waiting(space: Space, viewer: Member) -> Sequence[JoinRequest]:
    """Return who waits, as far as the viewer may see them; whoever asked first, first."""
    return db.session.scalars(
        _seen_by(viewer, space)
        .where(JoinRequest.approved.is_(None))
        .options(joinedload(JoinRequest.member).joinedload(Member.profile))
        .order_by(JoinRequest.made_at, JoinRequest.id)
    ).all()


def find(space: Space, viewer: Member, id_: int) -> JoinRequest | None:
    return db.session.scalar(_seen_by(viewer, space).where(JoinRequest.id == id_))


def _seen_by(viewer: Member, space: Space) -> Select[JoinRequest]:
    return (
        select(JoinRequest)
        .join(Member, Member.id == JoinRequest.member_id)
        .where(requests_visible_to(viewer, space.id))
    )


def due(now: datetime) -> list[Space]:
    """Find the spaces whose organisers have newcomers to hear of."""
    newest = (
        select(func.max(JoinRequest.made_at))
        .where(JoinRequest.space_id == Space.id)
        .scalar_subquery()
    )
    return list(
        db.session.scalars(
            select(Space)
            .where(
                or_(
                    Space.newcomers_told_at.is_(None),
                    (Space.newcomers_told_at <= now - LETTERS_APART)
                    & (newest > Space.newcomers_told_at),
                ),
                newest.is_not(None),
            )
            .order_by(Space.id)
        )
    )


def tell_organisers(space: Space, now: datetime) -> None:
    """Write to each organiser how many wait and how many joined since the last letter."""
    lock(space)
    since = space.newcomers_told_at
    if since is not None and since > now - LETTERS_APART:
        return
    space.newcomers_told_at = now
    new = JoinRequest.made_at > since if since else true()
    told: set[int] = set()
    for organiser in organisers(space):
        found = db.session.scalars(_seen_by(organiser, space).where(new)).all()
        told.update(made.id for made in found)
        _tell(organiser, space, found, now)
    operators = select(Member).where(Member.is_operator, Member.active)
    for operator in db.session.scalars(operators.order_by(Member.id)).all():
        found = db.session.scalars(_seen_by(operator, space).where(new)).all()
        _tell(operator, space, [made for made in found if made.id not in told], now)


def _tell(
    reader: Member, space: Space, found: Sequence[JoinRequest], now: datetime
) -> None:
    asking = sum(made.is_waiting for made in found)
    joined = sum(made.approved is True and not made.decided_by_id for made in found)
    if asking or joined:
        joining_letters.newcomers(reader, space, asking, joined, now)
