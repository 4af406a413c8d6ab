"""Reports of members to the organisers of a space: made, read and closed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from matchmaker.extensions import db
from matchmaker.mail import safety_letters
from matchmaker.models import (
    Concern,
    Event,
    Member,
    Membership,
    MembershipStatus,
    Role,
    SafetyReport,
    Space,
)
from matchmaker.queries.safety import reports_visible_to
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services import safety

LONGEST = 4_000


def report(
    reporter: Member,
    about: Member | Event,
    concern: Concern,
    words: str,
    now: datetime,
    *,
    at: Event | None = None,
    here: Space | None = None,
) -> SafetyReport:
    """Tell the organisers of a member or an event. The reported person never learns of it.

    The two are kept apart from this moment until the report is closed. `at` is the event
    where it happened, `here` the space that the reporter is looking at.
    """
    event = about if isinstance(about, Event) else at
    reported = about if isinstance(about, Member) else None
    made = SafetyReport(
        space=event.space if event else _space_of(reporter, reported, here),
        reporter=reporter,
        reported=reported,
        event=event,
        concern=concern,
        words=words.strip(),
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    if reported:
        safety.hold(reporter, reported, now)
    for reader in _readers(made):
        safety_letters.report_came_in(reader, made, now)
    return made


def _space_of(reporter: Member, reported: Member | None, here: Space | None) -> Space:
    """The space whose organisers know both: the one looked at, if they share it."""
    theirs = [
        membership.space
        for membership in (reported.memberships if reported else [])
        if membership.status in {MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED}
    ]
    shared = [space for space in theirs if space in reporter.spaces]
    if here in shared:
        return here
    for space in [*shared, *theirs]:
        return space
    raise Refusal("They belong to no space any more, so no organiser can act on it.")


def _readers(made: SafetyReport) -> list[Member]:
    """The organisers who may read it; where there are none, the operators."""
    organises = (
        select(Membership.member_id)
        .where(
            Membership.space_id == made.space_id,
            Membership.status == MembershipStatus.ACTIVE,
            Membership.role == Role.ORGANISER,
        )
        .scalar_subquery()
    )
    able = [
        member
        for member in db.session.scalars(
            select(Member)
            .where(
                Member.active,
                Member.confirmed_at.is_not(None),
                or_(Member.is_operator, Member.id.in_(organises)),
            )
            .order_by(Member.id)
        )
        if db.session.scalar(
            select(SafetyReport.id).where(
                SafetyReport.id == made.id, reports_visible_to(member)
            )
        )
    ]
    organisers = [member for member in able if _is_organiser(member, made.space)]
    return organisers or able


def _is_organiser(member: Member, space: Space) -> bool:
    membership = member.membership_in(space)
    return (
        membership is not None
        and membership.is_active
        and membership.role is Role.ORGANISER
    )


def of_space(space: Space, viewer: Member) -> Sequence[SafetyReport]:
    """Return the space's reports that the viewer reads: open ones first, oldest first."""
    return db.session.scalars(
        select(SafetyReport)
        .where(SafetyReport.space_id == space.id, reports_visible_to(viewer))
        .order_by(
            SafetyReport.closed_at.is_not(None),
            SafetyReport.closed_at.desc(),
            SafetyReport.made_at,
        )
        .options(
            joinedload(SafetyReport.reporter),
            joinedload(SafetyReport.reported),
            joinedload(SafetyReport.event),
        )
    ).all()


def note(made: SafetyReport, words: str) -> None:
    """Write down what was done about it."""
    made.notes = words.strip()


def close(made: SafetyReport, by: Member, now: datetime) -> None:
    """End the hold between the two; a block of their own stays."""
    if not made.notes:
        raise Unfit("notes", "Write down what was done first, for whoever asks later.")
    if made.is_open:
        made.closed_at = now
        made.closed_by = by


def reopen(made: SafetyReport, now: datetime) -> None:
    made.closed_at = None
    made.closed_by = None
    if made.reported:
        db.session.flush()
        safety.hold(made.reporter, made.reported, now)
