"""Joining a space, being invited to it, and saying yes or no to introductions."""

from datetime import date, datetime

from sqlalchemy import exists, or_, select

from matchmaker.extensions import db, lock
from matchmaker.mail import letters, outbox
from matchmaker.models import (
    Consent,
    Event,
    Joining,
    Letter,
    LetterStatus,
    Member,
    Membership,
    MembershipStatus,
    Rsvp,
    Slot,
    Space,
)
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services import accounts, joining, sessions, twin_holds
from matchmaker.services.events import booked_hours, places

# What a member says yes to; kept word for word with each yes and no.
INTRODUCTIONS_WORDING = (
    "Introduce me by e-mail to members of {space} who could gain from meeting me, and I "
    "from them. They see my profile, and my address only after we have both said yes."
)


def join(member: Member, space: Space, now: datetime) -> Membership:
    """Make the member a member of an open space, or of one that invited them."""
    membership = member.membership_in(space)
    if membership is None or membership.is_uninvited:
        if space.joining is Joining.INVITATION:
            raise Refusal(f"{space.name} is by invitation. Ask its organiser for one.")
        if space.joining is Joining.APPROVAL:
            raise Refusal(f"Organisers of {space.name} say who joins. Ask them first.")
        membership = membership or Membership(member=member, space=space)
        db.session.add(membership)
        joining.note_open_join(member, space, now)
    elif membership.status is MembershipStatus.LEFT:
        raise Refusal(f"You left {space.name}. Ask its organiser to invite you again.")
    elif membership.status is MembershipStatus.SUSPENDED:
        raise Refusal(
            f"Your membership of {space.name} is suspended. Ask its organiser."
        )
    elif membership.status is MembershipStatus.ACTIVE:
        return membership
    membership.status = MembershipStatus.ACTIVE
    membership.joined_at = now
    twin_holds.notice(member, [space], now)
    return membership


def accept_invitation(
    membership: Membership, password_hash: str, now: datetime
) -> None:
    """Turn somebody invited into a member with an account.

    The link reached them by e-mail, so that their address is confirmed with it.
    """
    if membership.status is not MembershipStatus.INVITED:
        raise Refusal("This invitation has been used. Please sign in instead.")
    member = membership.member
    if member.confirmed_at is None:
        accounts.confirm(member, password_hash, now)
    membership.status = MembershipStatus.ACTIVE
    membership.joined_at = now
    twin_holds.notice(member, [membership.space], now)


def invite(membership: Membership, now: datetime) -> None:
    """Write the invitation; a membership is invited by letter once."""
    membership.invited_at = now
    letters.invitation(membership, None, now)


def start_introductions(membership: Membership, way: str, now: datetime) -> None:
    _answer_consent(membership, given=True, way=way, now=now)


def stop_introductions(membership: Membership, way: str, now: datetime) -> None:
    """Stop them at once: letters already written and not yet sent stay here."""
    _answer_consent(membership, given=False, way=way, now=now)
    waiting = select(Letter).where(
        Letter.membership_id == membership.id, Letter.status == LetterStatus.QUEUED
    )
    for letter in db.session.scalars(waiting):
        outbox.cancel(letter, "No longer wanted.")


def wording(space: Space) -> str:
    """Give the words to which a member of a space says yes or no."""
    return INTRODUCTIONS_WORDING.format(space=space.name)


def _answer_consent(
    membership: Membership, *, given: bool, way: str, now: datetime
) -> None:
    if membership.consents and membership.wants_introductions == given:
        return
    membership.wants_introductions = given
    membership.consents.append(
        Consent(given=given, wording=wording(membership.space), way=way, made_at=now)
    )


def pause(membership: Membership, until: date, today: date) -> None:
    """Send no introductions before a day; on it they go on by themselves."""
    if until <= today:
        raise Unfit("until", "Choose a day after today.")
    if (until - today).days > 366:
        raise Unfit("until", "Choose a day within a year, or turn introductions off.")
    membership.paused_until = until


def resume(membership: Membership) -> None:
    """Go on with introductions, after a pause or a rest."""
    membership.paused_until = membership.resting_since = None
    membership.unanswered = 0


def suspend(membership: Membership, now: datetime) -> None:
    """Take a member out of everything in a space until an organiser lets them back.

    Their places at events to come go to whoever waits, whoever was to have an hour with
    them hears that they do not come, their keys for programs end, and they are signed
    out everywhere.
    """
    if membership.status is not MembershipStatus.ACTIVE:
        raise Refusal("They do not take part today, so there is nothing to suspend.")
    membership.status = MembershipStatus.SUSPENDED
    member = membership.member
    member.api_keys.clear()
    sessions.end_all(member)
    signed_up = exists().where(
        Rsvp.event_id == Event.id, Rsvp.member_id == member.id, Event.starts_at > now
    )
    has_hours = exists().where(
        Slot.event_id == Event.id,
        or_(Slot.mentor_id == member.id, Slot.mentee_id == member.id),
        Slot.starts_at > now,
    )
    theirs = (
        select(Event)
        .where(Event.space_id == membership.space_id, or_(signed_up, has_hours))
        .order_by(Event.id)
    )
    for event in db.session.scalars(theirs).all():
        if event.starts_at > now:
            places.leave_everything(member, [event], now)
        else:  # where they are or were, their place stays
            lock(event)
            booked_hours.give_up(event, member, now, silently=True)


def reinstate(membership: Membership) -> None:
    if membership.status is MembershipStatus.SUSPENDED:
        membership.status = MembershipStatus.ACTIVE
