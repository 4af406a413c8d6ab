"""What earlier rounds, meetings and blocks tell the next round."""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from matchmaker.extensions import db
from matchmaker.models import (
    Answer,
    Block,
    Encounter,
    Introduction,
    LeftOut,
    Part,
    Round,
    Side,
    Space,
)

Pairs = set[frozenset[int]]

# For how long a mentor's place counts as taken.
MENTORING = timedelta(weeks=12)

# After "not now" two may be introduced again sooner than after a meeting.
NOT_NOW = timedelta(weeks=12)


def last_week_introduced(space: Space) -> dict[int, str]:
    """By member: the latest week in which a round of the space introduced them."""
    rows = db.session.execute(
        select(Side.member_id, func.max(Round.week))
        .join(Introduction, Introduction.id == Side.introduction_id)
        .join(Round, Round.id == Introduction.round_id)
        .where(Round.space_id == space.id)
        .group_by(Side.member_id)
    )
    return dict(rows.all())


def weeks_waited(space: Space) -> dict[int, int]:
    """By member: the rounds that left them out since they were last introduced."""
    introduced_in = last_week_introduced(space)
    waited: dict[int, int] = {}
    rows = db.session.execute(
        select(LeftOut.member_id, Round.week)
        .join(Round, Round.id == LeftOut.round_id)
        .where(Round.space_id == space.id)
    )
    for member_id, week in rows:
        if week > introduced_in.get(member_id, ""):
            waited[member_id] = waited.get(member_id, 0) + 1
    return waited


def apart(space: Space, now: datetime) -> Pairs:
    """Find the pairs that must not be introduced.

    Blocked; introduced or met within the cool-down, in whichever space; let go; or one
    of them would not meet again. After "not now" another time comes sooner.
    """
    since = now - timedelta(weeks=space.cool_down_weeks)
    mine, theirs = aliased(Side), aliased(Side)
    nobody_put_it_off = and_(
        *(side.answer.is_distinct_from(Answer.NOT_NOW) for side in (mine, theirs))
    )
    introduced = (
        select(mine.member_id, theirs.member_id)
        .join(theirs, theirs.introduction_id == mine.introduction_id)
        .join(Introduction, Introduction.id == mine.introduction_id)
        .where(
            mine.member_id != theirs.member_id,
            (
                (Introduction.made_at > since)
                & ((Introduction.made_at > now - NOT_NOW) | nobody_put_it_off)
            )
            | (mine.answer == Answer.LET_GO)
            | mine.meet_again.is_(False),
        )
    )
    met = select(Encounter.first_id, Encounter.second_id).where(
        Encounter.told_on > since.date()
    )
    blocked = select(Block.blocker_id, Block.blocked_id)
    return {
        frozenset(pair)
        for query in (introduced, met, blocked)
        for pair in db.session.execute(query)
    }


def mentees(now: datetime) -> dict[int, int]:
    """By mentor: whom they mentor today, in whichever space."""
    rows = db.session.execute(
        select(Side.member_id, func.count())
        .join(Introduction, Introduction.id == Side.introduction_id)
        .where(
            Side.part == Part.MENTOR,
            Introduction.introduced_at > now - MENTORING,
            Introduction.withdrawn_at.is_(None),
        )
        .group_by(Side.member_id)
    )
    return dict(rows.all())
