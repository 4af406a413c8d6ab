"""What earlier rounds, meetings and blocks tell the next round."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from matchmaker.enums import GainKind
from matchmaker.extensions import db
from matchmaker.matching import Feedback, History, Pair, Tie, decay
from matchmaker.models import (
    Answer,
    Encounter,
    Introduction,
    LeftOut,
    Outcome,
    Part,
    Profile,
    Recollection,
    Round,
    Side,
    Space,
)
from matchmaker.queries.blocks import pairs_apart

_MINE, _THEIRS = aliased(Side), aliased(Side)  # two sides of one introduction
_ANY = aliased(Side)
_NO_TIME, _WEEK = timedelta(0), timedelta(weeks=1)
_FEW_WORDS = 3

# For how long a mentor's place counts as taken.
MENTORING = timedelta(weeks=12)

# After "not now" two may be introduced again sooner than after a meeting.
NOT_NOW = timedelta(weeks=12)

# The rounds that somebody new counts as having waited.
NEWCOMER = 2

# So many of a member's latest introductions tell whether they only gave.
_LATEST = 4

# What its receiver can say they got, in their own words.
_IS_HELP = {GainKind.HELP, GainKind.MENTORING, GainKind.HAS_HELPED}

# How long two who let each other go are left alone, even where something has changed.
REKINDLE = timedelta(weeks=26)

# So long after a meeting that both valued they may catch up.
CATCH_UP = timedelta(weeks=13)

# What was said longer ago tells nothing of today.
REMEMBERED = timedelta(weeks=104)


def last_week_introduced(space: Space) -> dict[int, str]:
    """By member: the latest week in which a weekly round of the space introduced them."""
    rows = db.session.execute(
        select(Side.member_id, func.max(Round.week))
        .join(Introduction, Introduction.id == Side.introduction_id)
        .join(Round, Round.id == Introduction.round_id)
        .where(Round.space_id == space.id, Round.event_id.is_(None))
        .group_by(Side.member_id)
    )
    return dict(rows.all())


def rounds_waited(space: Space, members: Iterable[int]) -> dict[int, int]:
    """By member: the rounds that left them out since they were last introduced.

    Newcomers count as having waited, so that their first introduction comes soon; so do
    those who said yes last time and got no yes in return.
    """
    introduced_in = last_week_introduced(space)
    waited: dict[int, int] = {}
    rows = db.session.execute(
        select(LeftOut.member_id, Round.week)
        .join(Round, Round.id == LeftOut.round_id)
        .where(Round.space_id == space.id, Round.event_id.is_(None))
    )
    for member_id, week in rows:
        if week > introduced_in.get(member_id, ""):
            waited[member_id] = waited.get(member_id, 0) + 1
    in_vain = _said_yes_in_vain(space)
    for member_id in members:
        last = introduced_in.get(member_id)
        if last is None or (member_id, last) in in_vain:
            waited[member_id] = max(waited.get(member_id, 0), NEWCOMER)
    return waited


def _said_yes_in_vain(space: Space) -> set[tuple[int, str]]:
    """Members, and the weeks whose introduction ended though they had said yes."""
    rows = db.session.execute(
        select(Side.member_id, Round.week)
        .join(Introduction, Introduction.id == Side.introduction_id)
        .join(Round, Round.id == Introduction.round_id)
        .where(
            Round.space_id == space.id,
            Round.event_id.is_(None),
            Side.answer == Answer.YES,
            Introduction.introduced_at.is_(None),
            Introduction.ended_at.is_not(None),
        )
    )
    return {(member_id, week) for member_id, week in rows}


def waiting_for_an_answer(space: Space) -> dict[int, int]:
    """By member: the introductions of weekly rounds that wait for their own answer."""
    rows = db.session.execute(
        select(Side.member_id, func.count())
        .join(Introduction, Introduction.id == Side.introduction_id)
        .join(Round, Round.id == Introduction.round_id)
        .where(
            Round.space_id == space.id,
            Round.event_id.is_(None),
            Side.answer.is_(None),
            Introduction.introduced_at.is_(None),
            Introduction.withdrawn_at.is_(None),
            Introduction.ended_at.is_(None),
        )
        .group_by(Side.member_id)
    )
    return dict(rows.all())


def gave_in_a_row(space: Space) -> dict[int, int]:
    """By member: how many of their latest introductions, one after the other, had for
    them the chance to help and nothing better."""
    turn = (
        func.row_number()
        .over(partition_by=Side.member_id, order_by=Side.introduction_id.desc())
        .label("turn")
    )
    latest = (
        select(Side.introduction_id, Side.member_id, turn)
        .join(Introduction, Introduction.id == Side.introduction_id)
        .join(Round, Round.id == Introduction.round_id)
        .where(Round.space_id == space.id, Introduction.withdrawn_at.is_(None))
        .subquery()
    )
    rows = db.session.execute(
        select(Side.member_id, Side.gains)
        .join(
            latest,
            and_(
                latest.c.introduction_id == Side.introduction_id,
                latest.c.member_id == Side.member_id,
            ),
        )
        .where(latest.c.turn <= _LATEST)
        .order_by(latest.c.turn)
    )
    gave: dict[int, int] = {}
    received = set()
    for member_id, gains in rows:
        if gains[0]["kind"] != GainKind.GIVING:
            received.add(member_id)
        elif member_id not in received:
            gave[member_id] = gave.get(member_id, 0) + 1
    return gave


def of(space: Space, now: datetime) -> History:
    """Tell the engine what was before, in whichever space: whom to keep apart."""
    rather_not = _rather_not()
    rekindled = {
        pair: words for pair, words in _rekindled(now).items() if pair not in rather_not
    }
    catch_ups = _catch_ups(space, now)
    let_go = _pairs_of_sides(
        or_(_MINE.answer == Answer.LET_GO, _MINE.meet_again.is_(False))
    )
    return History(
        forbidden=(let_go - set(rekindled))
        | {frozenset(pair) for pair in db.session.execute(pairs_apart())}
        | rather_not,
        recent=_recent(space, now) - set(rekindled),
        rekindled=rekindled | _new_words(catch_ups),
        catch_ups=set(catch_ups),
        ties=_ties(space, now),
        feedback=_feedback(space, now),
    )


def _rather_not() -> set[Pair]:
    """Those of whom one, after an event, would rather not see the other again."""
    rows = db.session.execute(
        select(Recollection.member_id, Recollection.other_id).where(
            Recollection.see_again.is_(False)
        )
    )
    return {frozenset(pair) for pair in rows}


def _pairs_of_sides(*conditions: ColumnElement[bool]) -> set[Pair]:
    """The pairs of members that have been introduced, and of whom `_MINE` is so."""
    rows = db.session.execute(
        select(_MINE.member_id, _THEIRS.member_id)
        .join(_THEIRS, _THEIRS.introduction_id == _MINE.introduction_id)
        .join(Introduction, Introduction.id == _MINE.introduction_id)
        .where(_MINE.member_id != _THEIRS.member_id, *conditions)
    )
    return {frozenset(pair) for pair in rows}


def _recent(space: Space, now: datetime) -> set[Pair]:
    """Introduced or met within the cool-down. After "not now" it ends sooner."""
    since = now - timedelta(weeks=space.cool_down_weeks)
    nobody_put_it_off = and_(
        *(side.answer.is_distinct_from(Answer.NOT_NOW) for side in (_MINE, _THEIRS))
    )
    introduced = _pairs_of_sides(
        Introduction.made_at > since,
        or_(Introduction.made_at > now - NOT_NOW, nobody_put_it_off),
    )
    return introduced | _met(since)


def _met(since: datetime) -> set[Pair]:
    rows = db.session.execute(
        select(Encounter.first_id, Encounter.second_id).where(
            Encounter.told_on > since.date()
        )
    )
    return {frozenset(pair) for pair in rows}


def know_each_other(one: int, other: int) -> bool:
    """Whether the two have met, or were given each other's addresses, however long ago."""
    met = select(Encounter.id).where(
        Encounter.first_id == min(one, other), Encounter.second_id == max(one, other)
    )
    introduced = (
        select(Introduction.id)
        .join(_MINE, _MINE.introduction_id == Introduction.id)
        .join(_THEIRS, _THEIRS.introduction_id == Introduction.id)
        .where(
            _MINE.member_id == one,
            _THEIRS.member_id == other,
            Introduction.introduced_at.is_not(None),
        )
    )
    return bool(db.session.scalar(select(or_(met.exists(), introduced.exists()))))


def _catch_ups(space: Space, now: datetime) -> dict[Pair, datetime]:
    """Who in the space valued meeting some time ago, both of them, and when they said so;
    without those who have met or been introduced since."""
    since = now - CATCH_UP
    lately = _pairs_of_sides(Introduction.made_at > since) | _met(since)
    return {
        pair: told_at
        for pair, told_at in _valued(space).items()
        if told_at <= since and pair not in lately
    }


def _rekindled(now: datetime) -> dict[Pair, str]:
    """Pairs let go some time ago, or until a day that has passed, of whom one has new
    words since; and those words.

    Never those of whom one would not meet the other again, nor those who have been
    introduced once more since.
    """
    rows = db.session.execute(
        select(
            _MINE.member_id,
            _THEIRS.member_id,
            func.max(case((_MINE.answer == Answer.LET_GO, _MINE.answered_at))),
            func.max(Introduction.made_at),
            func.max(case((_MINE.answer == Answer.LET_GO, _MINE.not_before))),
        )
        .join(_THEIRS, _THEIRS.introduction_id == _MINE.introduction_id)
        .join(Introduction, Introduction.id == _MINE.introduction_id)
        .where(_MINE.member_id != _THEIRS.member_id)
        .group_by(_MINE.member_id, _THEIRS.member_id)
    )
    let_go: dict[Pair, datetime] = {}
    too_early: set[Pair] = set()
    for mine, theirs, at, introduced, not_before in rows:
        pair = frozenset({mine, theirs})
        if not at or introduced > at:
            continue
        let_go[pair] = max(at, let_go.get(pair, at))
        if now.date() < not_before if not_before else at > now - REKINDLE:
            too_early.add(pair)
    let_go = {pair: at for pair, at in let_go.items() if pair not in too_early}
    never = _pairs_of_sides(_MINE.meet_again.is_(False))
    return _new_words({pair: at for pair, at in let_go.items() if pair not in never})


def _new_words(since: dict[Pair, datetime]) -> dict[Pair, str]:
    """What one of each pair has newly written since then, of those where one has."""
    profiles = db.session.scalars(
        select(Profile)
        .where(Profile.words_changed_at.is_not(None))
        .order_by(Profile.member_id)
    )
    new = {
        profile.member_id: (profile.words_changed_at, profile.new_words[:_FEW_WORDS])
        for profile in profiles
        if profile.words_changed_at and profile.new_words
    }
    return {
        pair: ", ".join(new[member][1])
        for pair, at in since.items()
        for member in sorted(pair, reverse=True)
        if member in new and new[member][0] > at
    }


def _ties(space: Space, now: datetime) -> list[Tie]:
    """Who in the space met and valued it, both of them; fading since they told us."""
    return [
        Tie(min(pair), max(pair), float(decay(max(now - told_at, _NO_TIME) / _WEEK)))
        for pair, told_at in _valued(space).items()
    ]


def _valued(space: Space) -> dict[Pair, datetime]:
    """Who in the space met and valued it, both of them, and when they last said so."""
    valued = [Outcome.STATED, Outcome.OTHER]
    rows = db.session.execute(
        select(_MINE.member_id, _THEIRS.member_id, func.max(_MINE.told_at))
        .join(_THEIRS, _THEIRS.introduction_id == _MINE.introduction_id)
        .join(Introduction, Introduction.id == _MINE.introduction_id)
        .join(Round, Round.id == Introduction.round_id)
        .where(
            Round.space_id == space.id,
            _MINE.member_id < _THEIRS.member_id,
            *(side.outcome.in_(valued) for side in (_MINE, _THEIRS)),
            *(side.meet_again.is_not(False) for side in (_MINE, _THEIRS)),
        )
        .group_by(_MINE.member_id, _THEIRS.member_id)
    )
    return {frozenset({one, other}): told_at for one, other, told_at in rows if told_at}


def _feedback(space: Space, now: datetime) -> list[Feedback]:
    """What members of the space said, after meeting one other, of the help they were to
    get."""
    sides_of = (
        select(func.count())
        .where(_ANY.introduction_id == _MINE.introduction_id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(_MINE, _THEIRS.member_id)
        .join(_THEIRS, _THEIRS.introduction_id == _MINE.introduction_id)
        .join(Introduction, Introduction.id == _MINE.introduction_id)
        .join(Round, Round.id == Introduction.round_id)
        .where(
            Round.space_id == space.id,
            _MINE.member_id != _THEIRS.member_id,
            _MINE.outcome.is_not(None),
            _MINE.told_at > now - REMEMBERED,
            sides_of == 2,  # of three nobody can tell whose doing it was
        )
    )
    return [
        Feedback(
            person=side.member_id,
            want=side.gains[0]["want"],
            giver=giver,
            got=side.outcome is Outcome.STATED,
            weeks_ago=max(now - side.told_at, _NO_TIME) // _WEEK,
        )
        for side, giver in rows
        if side.told_at and side.gains[0]["kind"] in _IS_HELP
    ]


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
