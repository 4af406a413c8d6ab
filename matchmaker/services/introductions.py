"""From a proposal to two people who met: answers, addresses, and what came of it."""

from datetime import datetime, timedelta
from itertools import combinations

from sqlalchemy import and_, or_, select

from matchmaker.extensions import db, lock
from matchmaker.mail import letters
from matchmaker.models import (
    Answer,
    DayPart,
    Encounter,
    Introduction,
    Member,
    Outcome,
    Side,
)
from matchmaker.refusal import Refusal
from matchmaker.services.meeting_times import times_that_suit

CLOSED = "This introduction did not come about. The next round brings you another."

# "Did you meet?" comes after the last of the times that were proposed, and a week after
# each "not yet", until it is no longer a fresh introduction.
ASK_AFTER = timedelta(days=7)
ASK_AGAIN_AFTER = timedelta(days=7)
ASK_FOR = timedelta(days=30)


def answer(side: Side, answer: Answer, now: datetime, reason: str = "") -> None:
    """Take a member's answer. It may change until everybody has said yes.

    The last yes introduces them: each is sent the addresses of the others.
    """
    introduction = side.introduction
    lock(introduction)  # the last yes comes once
    if introduction.introduced_at and answer is Answer.YES:
        return
    if introduction.introduced_at:
        raise Refusal("You have all said yes and have each other's addresses already.")
    if not side.can_answer:
        raise Refusal(CLOSED)
    side.answer = answer
    side.answered_at = now
    side.reason = reason.strip() if answer is Answer.LET_GO else ""
    if introduction.everybody_said_yes:
        _introduce(introduction, now)


def unreachable(now: datetime) -> list[Introduction]:
    """List the introductions that wait for somebody whose letters come back."""
    waiting = (
        select(Introduction)
        .where(
            Introduction.introduced_at.is_(None),
            Introduction.withdrawn_at.is_(None),
            Introduction.made_at <= now,
            Introduction.sides.any(
                and_(Side.answer.is_(None), Side.member.has(Member.bounced_at <= now))
            ),
        )
        .order_by(Introduction.id)
    )
    return list(db.session.scalars(waiting))


def withdraw_unreachable(introduction: Introduction, now: datetime) -> None:
    """Take it back, and tell those who can be reached and had not said no."""
    lock(introduction)
    if introduction.introduced_at or introduction.withdrawn_at:
        return
    introduction.withdrawn_at = now
    for side in introduction.sides:
        has_said_no = side.answer not in {None, Answer.YES}
        if side.member.bounced_at is None and not has_said_no:
            letters.introduction_withdrawn(side, now)


def sides_to_ask(now: datetime) -> list[Side]:
    """List the sides to be asked whether they met."""
    introduced = (
        select(Side)
        .join(Introduction, Introduction.id == Side.introduction_id)
        .where(
            Introduction.introduced_at <= now - ASK_AFTER,
            Introduction.withdrawn_at.is_(None),
            or_(
                and_(Side.asked_at.is_(None), Side.told_at.is_(None)),
                and_(Side.met.is_(False), Introduction.introduced_at > now - ASK_FOR),
            ),
        )
        .order_by(Side.introduction_id, Side.member_id)
    )
    return [
        side
        for side in db.session.scalars(introduced)
        if _is_to_be_asked(side, now) and side.introduction.everybody_takes_part
    ]


def _is_to_be_asked(side: Side, now: datetime) -> bool:
    """Whether they were never asked and have told nothing; or said "not yet" some time
    ago, and have not been asked since."""
    if side.told_at is None:
        return side.asked_at is None
    is_answered = side.asked_at is None or side.asked_at <= side.told_at
    return side.met is False and is_answered and side.told_at <= now - ASK_AGAIN_AFTER


def ask_whether_they_met(side: Side, now: datetime) -> None:
    """Ask one side, unless it has been asked or has told meanwhile."""
    lock(side)
    if _is_to_be_asked(side, now):
        side.asked_at = now
        letters.did_you_meet(side, now)


def tell(
    side: Side,
    *,
    met: bool,
    outcome: Outcome | None = None,
    meet_again: bool | None = None,
    note: str = "",
    now: datetime,
) -> None:
    """Note whether they met and what came of it; a meeting becomes an encounter."""
    introduction = side.introduction
    lock(introduction)  # both may tell at once
    if introduction.introduced_at is None or introduction.withdrawn_at is not None:
        raise Refusal("You have not been introduced, so there is nothing to tell yet.")
    side.met = met
    side.outcome = outcome if met else None
    side.meet_again = meet_again if met else None
    side.note = note.strip()
    side.told_at = now
    _keep_encounters(introduction, now)


def bring_together(introduction: Introduction, now: datetime) -> bool:
    """Introduce those who have all said yes in another way: of each other, at an event.

    Says whether that was still to be done.
    """
    lock(introduction)  # they may be saying yes to it in the usual way too
    if introduction.introduced_at or introduction.withdrawn_at:
        return False
    for side in introduction.sides:
        side.answer = Answer.YES
        side.answered_at = now
    _introduce(introduction, now)
    return True


def _introduce(introduction: Introduction, now: datetime) -> None:
    introduction.introduced_at = now
    profiles = [member.profile for member in introduction.members]
    times = times_that_suit(
        [frozenset(DayPart(time) for time in profile.times) for profile in profiles],
        introduction.round.space.zone,
        now,
    )
    for side in introduction.sides:
        letters.introduced(side, times, now)


def _keep_encounters(introduction: Introduction, now: datetime) -> None:
    """Make the encounters say what the sides say: they met if any of them says so."""
    space = introduction.round.space
    existing = {
        (encounter.first_id, encounter.second_id): encounter
        for encounter in db.session.scalars(
            select(Encounter).where(Encounter.introduction_id == introduction.id)
        )
    }
    for first, second in combinations(introduction.sides, 2):  # by member id
        pair = (first.member_id, second.member_id)
        if first.met or second.met:
            if pair not in existing:
                db.session.add(
                    Encounter(
                        first_id=pair[0],
                        second_id=pair[1],
                        space_id=space.id,
                        introduction_id=introduction.id,
                        told_on=now.astimezone(space.zone).date(),
                    )
                )
        elif pair in existing:
            db.session.delete(existing[pair])
