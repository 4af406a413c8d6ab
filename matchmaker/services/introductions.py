"""From a proposal to two people who met: answers, its end, and what came of it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import combinations

from sqlalchemy import and_, or_, select

from matchmaker.extensions import db, lock
from matchmaker.mail import letters, waiting_letters
from matchmaker.models import (
    Answer,
    DayPart,
    Encounter,
    Introduction,
    Member,
    Membership,
    Outcome,
    Round,
    Side,
)
from matchmaker.queries.introductions import has_blocked_another
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services.meeting_times import times_that_suit

CLOSED = "This introduction is over. The next round looks for somebody else for you."
INTRODUCED = "You've all said yes and have each other's e-mail already."

# The longest that somebody can be let go until a day.
LET_GO_FOR = timedelta(days=3 * 366)

# Introductions in a row that a member doesn't answer until we stop suggesting people.
MOST_UNANSWERED = 3

# So long after the last yes it is over, unless they say that they have met.
MEET_WITHIN = timedelta(days=60)

# "Did you meet?" comes after the last of the times that were proposed, and a week after
# each "not yet", until it is no longer a fresh introduction.
ASK_AFTER = timedelta(days=7)
ASK_AGAIN_AFTER = timedelta(days=7)
ASK_FOR = timedelta(days=30)


def answer(side: Side, answer: Answer, now: datetime, reason: str = "") -> None:
    """Take a member's answer. It may change until everybody has said yes, or it ends.

    The last yes introduces them: each is sent the addresses of the others. Of any other
    answer the others hear nothing before the end. Two who know each other have met, for
    all that later rounds do.
    """
    introduction = side.introduction
    lock(introduction)  # the last yes comes once
    if introduction.introduced_at and answer is Answer.YES:
        return
    _check_open(introduction, now)
    side.answer = answer
    side.answered_at = now
    _forget_why(side)
    side.reason = reason.strip() if side.has_declined else ""
    if membership := side.member.membership_in(introduction.round.space):
        membership.unanswered = 0
    if introduction.everybody_said_yes:
        _introduce(introduction, now)
    _keep_encounters(introduction, now)


def say_why(
    side: Side,
    reason: str,
    now: datetime,
    *,
    not_before: date | None = None,
    met_on: date | None = None,
) -> None:
    """Note what a member adds to an answer other than yes: why, until when they let it
    go, when they met who they know. All of it may be left out."""
    today = now.astimezone(side.introduction.round.space.zone).date()
    if not side.has_declined:
        raise Refusal("You can add a reason once you've answered.")
    if not_before and not today < not_before <= today + LET_GO_FOR:
        raise Unfit("not_before", "Choose a day after today and within three years.")
    if met_on and met_on > today:
        raise Unfit("met_on", "Choose today or a day before.")
    side.reason = reason.strip()
    if side.answer is Answer.LET_GO:
        side.not_before = not_before
    if side.answer is Answer.KNOWN:
        for encounter in _encounters(side.introduction):
            if side.member_id in (encounter.first_id, encounter.second_id):
                encounter.met_on = met_on


def _forget_why(side: Side) -> None:
    side.reason = ""
    side.not_before = None


def undo(side: Side, now: datetime) -> None:
    """Take back an answer that was a slip. Once all have said yes none can be."""
    introduction = side.introduction
    lock(introduction)
    _check_open(introduction, now)
    if side.answer is None:
        return
    if not side.may_undo(now):
        raise Refusal(
            "It's too late to undo your answer, but you can still choose another."
        )
    side.answer = side.answered_at = None
    _forget_why(side)
    _keep_encounters(introduction, now)


def _check_open(introduction: Introduction, now: datetime) -> None:
    if introduction.introduced_at:
        raise Refusal(INTRODUCED)
    if not introduction.is_open or introduction.ends_at <= now:
        raise Refusal(CLOSED)


def sides_to_remind(now: datetime) -> list[Side]:
    """List the sides that haven't answered a weekly round for some days."""
    waiting = (
        select(Side)
        .join(Introduction, Introduction.id == Side.introduction_id)
        .join(Round, Round.id == Introduction.round_id)
        .where(
            Round.event_id.is_(None),
            Side.answer.is_(None),
            Side.reminded_at.is_(None),
            Introduction.introduced_at.is_(None),
            Introduction.withdrawn_at.is_(None),
            Introduction.ended_at.is_(None),
            Introduction.ends_at > now,
        )
        .order_by(Side.introduction_id, Side.member_id)
    )
    return [side for side in db.session.scalars(waiting) if _is_to_remind(side, now)]


def _is_to_remind(side: Side, now: datetime) -> bool:
    introduction = side.introduction
    after = timedelta(days=introduction.round.space.remind_after_days)
    return (
        side.answer is None
        and side.reminded_at is None
        and introduction.made_at + after <= now < introduction.ends_at
        and introduction.is_open
    )


def remind(side: Side, now: datetime) -> None:
    """Remind a member once, whatever the others answered: silence would tell."""
    lock(side)
    if _is_to_remind(side, now):
        side.reminded_at = now
        waiting_letters.introduction_reminder(side, now)


def to_end(now: datetime) -> list[Introduction]:
    """List the introductions to which not all have said yes in time, and those that
    brought nobody together long after all did."""
    late = (
        select(Introduction)
        .where(
            Introduction.ended_at.is_(None),
            or_(
                and_(Introduction.introduced_at.is_(None), Introduction.ends_at <= now),
                Introduction.introduced_at <= now - MEET_WITHIN,
            ),
        )
        .order_by(Introduction.id)
    )
    return list(db.session.scalars(late))


def _has_run_out(introduction: Introduction, now: datetime) -> bool:
    if introduction.introduced_at:
        return introduction.introduced_at <= now - MEET_WITHIN
    return introduction.ends_at <= now


def end(introduction: Introduction, now: datetime) -> None:
    """End it, and tell those who said yes, in the same words whatever happened: a no,
    silence, or that it was taken back, because of a block or because somebody left."""
    lock(introduction)
    if introduction.ended_at or not _has_run_out(introduction, now):
        return
    introduction.ended_at = now
    if introduction.introduced_at or introduction.round.event_id is not None:
        return  # they have each other's e-mail, or could look for each other there
    for side in introduction.sides:
        membership = side.member.membership_in(introduction.round.space)
        if membership is None or not membership.is_active:
            continue
        if side.answer is Answer.YES and not has_blocked_another(side):
            waiting_letters.introduction_ended(side, now)
        elif side.answer is None and introduction.withdrawn_at is None:
            _count_unanswered(membership, now)


def _count_unanswered(membership: Membership, now: datetime) -> None:
    """After a few in a row, suggest nobody until they come back: who is introduced to
    them would wait for nothing."""
    membership.unanswered += 1
    is_resting = membership.resting_since is not None
    if membership.unanswered >= MOST_UNANSWERED and not is_resting:
        membership.resting_since = now
        waiting_letters.resting(membership, now)


def unreachable(now: datetime) -> list[Introduction]:
    """List the introductions that wait for somebody whose letters come back."""
    waiting = (
        select(Introduction)
        .where(
            Introduction.introduced_at.is_(None),
            Introduction.withdrawn_at.is_(None),
            Introduction.ended_at.is_(None),
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
    if introduction.introduced_at or introduction.withdrawn_at or introduction.ended_at:
        return
    introduction.withdrawn_at = introduction.ended_at = now
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
    if side.gave_up:
        return False
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
    gave_up: bool = False,
    now: datetime,
) -> None:
    """Note whether they met and what came of it; a meeting becomes an encounter.

    Who says that it won't happen is asked no more; the others hear nothing of it.
    """
    introduction = side.introduction
    lock(introduction)  # both may tell at once
    if introduction.introduced_at is None or introduction.withdrawn_at is not None:
        raise Refusal("You have not been introduced, so there is nothing to tell yet.")
    side.met = met
    side.gave_up = gave_up and not met
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
    introduction.ended_at = None
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
    """Make the encounters say what the sides say: they met if any of them says so, or
    that they know each other."""
    space = introduction.round.space
    existing = {
        (encounter.first_id, encounter.second_id): encounter
        for encounter in _encounters(introduction)
    }
    for first, second in combinations(introduction.sides, 2):  # by member id
        pair = (first.member_id, second.member_id)
        if first.met or second.met or Answer.KNOWN in {first.answer, second.answer}:
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


def _encounters(introduction: Introduction) -> Sequence[Encounter]:
    return db.session.scalars(
        select(Encounter).where(Encounter.introduction_id == introduction.id)
    ).all()
