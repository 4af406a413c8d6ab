"""The weekly round: who is due, who shall not meet again, and who is introduced to whom."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matchmaker.extensions import db, lock
from matchmaker.mail import letters
from matchmaker.matching import (
    History,
    Pair,
    Person,
    RandomisedBlock,
    Reader,
    RuleCost,
    Rules,
    Scorer,
    price_rules,
    propose,
)
from matchmaker.models import (
    LeftOut,
    Member,
    Membership,
    MembershipStatus,
    Round,
    Space,
)
from matchmaker.refusal import Refusal
from matchmaker.services import engine, history, learning, topics, twins


class Question(TypedDict):
    """What the engine is asked in a round: the arguments of `matching.propose`."""

    people: list[Person]
    reader: Reader
    history: History
    rules: Rules
    seed: int
    scorer: Scorer | None


@dataclass(frozen=True)
class Turnout:
    """Who takes part in a round, who will in one of the next, in how many rounds, and
    how many do not take part in this one, by reason."""

    due: list[Membership]
    due_later: dict[Membership, int]
    not_due: dict[str, int]


def this_week(space: Space, now: datetime) -> str:
    """Name the ISO week on the space's own clock."""
    year, week, _ = now.astimezone(space.zone).isocalendar()
    return f"{year}-W{week:02}"


def monday_of(week: str) -> date:
    """Give the Monday of a week such as 2026-W48, or refuse what is no week."""
    match = re.fullmatch(r"(\d{4})-W(\d{2})", week)
    try:
        return date.fromisocalendar(int(match[1]), int(match[2]), 1)  # type: ignore[index]
    except (TypeError, ValueError):
        raise Refusal(
            f"{week} is not a week. Write it as year and ISO week, such as 2026-W48."
        ) from None


def run(
    space: Space,
    week: str,
    now: datetime,
    pins: Collection[Pair] = (),
    vetoes: Collection[Pair] = (),
) -> Round:
    """Introduce everybody who is due, and write their letters.

    One round for each space and week, however many ask for it at once; one that
    introduced nobody doesn't count, and is replaced. Pins and vetoes are pairs of member
    ids that the organiser wants or does not want introduced. What a pin asks and no
    rule allows is refused, without saying which rule.
    """
    monday = monday_of(week)
    lock(space)
    earlier = find(space, week)
    if earlier and earlier.introductions:
        raise Refusal(f"The round of {week} in {space.name} has already been run.")
    if earlier:
        db.session.delete(earlier)
        db.session.flush()
    twins.look(space, now)
    question = ask(space, week, now)
    plan = propose(**question, pins=pins, vetoes=vetoes)
    if plan.refused_pins:
        raise Refusal(_refused(plan.refused_pins))
    round_ = Round(
        space=space,
        week=week,
        seed=monday.toordinal(),
        value=plan.value,
        bound=plan.bound,
        is_optimal=plan.is_optimal,
        made_at=now,
        introductions=[engine.kept(proposal, now) for proposal in plan.introductions],
        left_out=[
            LeftOut(
                member_id=member_id,
                why=why,
                suggestions=[
                    {"field": line.field, "topic": line.topic}
                    for line in plan.suggestions.get(member_id, ())
                ],
            )
            for member_id, why in plan.unmatched
        ],
    )
    db.session.add(round_)
    db.session.flush()
    ids = [introduction.id for introduction in round_.introductions]
    round_.blocks = [_block(block, ids) for block in plan.blocks]
    for introduction in round_.introductions:
        for side in introduction.sides:
            letters.introduction(side, now)
    return round_


def rule_costs(space: Space, week: str, now: datetime) -> tuple[RuleCost, ...]:
    """Say what each of the space's rules costs in this week's round."""
    return price_rules(**ask(space, week, now))


def ask(space: Space, week: str, now: datetime) -> Question:
    """Put the round of a week as a question to the engine, with those whose turn comes
    in a later one: good partners are kept for them."""
    turnout = who_is_due(space, week, now)
    due_in = dict.fromkeys(turnout.due, 0) | turnout.due_later
    return Question(
        people=engine.people(space, due_in, now),
        reader=engine.reader(space),
        history=history.of(space, now),
        rules=engine.rules(space, len(turnout.due)),
        seed=monday_of(week).toordinal(),
        scorer=learning.scorer(space, now),
    )


def _refused(pins: Collection[Pair]) -> str:
    names = [
        " and ".join(db.session.get_one(Member, id_).name for id_ in sorted(pin))
        for pin in pins
    ]
    return f"These cannot be introduced this week: {'; '.join(names)}."


def due(now: datetime) -> list[tuple[Space, str]]:
    """Find the spaces whose round is due, and its week."""
    spaces = db.session.scalars(select(Space).order_by(Space.id))
    weeks = [(space, _week_due(space, now)) for space in spaces]
    return [(space, week) for space, week in weeks if week]


def _week_due(space: Space, now: datetime) -> str | None:
    """Return the week whose round is due, also where the worker was down at its hour.

    A round that introduced nobody is tried again at the next hour that there is one.
    What was before the space was made is no hour of its.
    """
    day = now.astimezone(space.zone).date()
    if now < _hour_of(space, day):
        day -= timedelta(days=1)
    hour = _hour_of(space, day)
    if day.isoweekday() not in _weekdays(space) or hour < space.made_at:
        return None
    week = this_week(space, hour)
    latest = find(space, week)
    if latest and (latest.introductions or latest.made_at >= hour):
        return None
    return week


def _weekdays(space: Space) -> range:
    """Return the days of a week on which its round may be run: the space's own day, and
    as long as nobody was introduced those after it, but for the eve of the next."""
    return range(space.round_weekday, min(space.round_weekday + 6, 8))


def starts_at(space: Space, week: str) -> datetime:
    """Say when a week's round is run: at an hour of the space's own clock."""
    day = monday_of(week) + timedelta(days=space.round_weekday - 1)
    return _hour_of(space, day)


def _hour_of(space: Space, day: date) -> datetime:
    local = datetime(day.year, day.month, day.day, space.round_hour, tzinfo=space.zone)
    return local.astimezone(UTC)


def next_start(space: Space, now: datetime) -> datetime:
    """Say when the next round is run, on the space's own clock; `now` if it is due."""
    return next(start for start, _ in _starts(space, now)).astimezone(space.zone)


def next_start_for(membership: Membership, now: datetime) -> datetime:
    """Say when the next round is run in which a member's turn comes."""
    space = membership.space
    introduced_in = history.last_week_introduced(space).get(membership.member_id)
    return next(
        start
        for start, week in _starts(space, now)
        if not _rounds_until_due(membership, week, introduced_in)
    ).astimezone(space.zone)


def _starts(space: Space, now: datetime) -> Iterator[tuple[datetime, str]]:
    """Yield when rounds are run from now on, and their weeks, were nobody introduced."""
    if week := _week_due(space, now):
        yield now, week
    day = now.astimezone(space.zone).date()
    monday = day - timedelta(days=day.weekday())
    while True:
        week = f"{monday:%G-W%V}"
        found = find(space, week)
        for weekday in () if found and found.introductions else _weekdays(space):
            hour = _hour_of(space, monday + timedelta(days=weekday - 1))
            if hour > now:
                yield hour, week
        monday += timedelta(weeks=1)


def who_is_due(space: Space, week: str, now: datetime) -> Turnout:
    """Find who takes part this week. Nobody does who has not said yes to it."""
    today = now.astimezone(space.zone).date()
    introduced_in = history.last_week_introduced(space)
    memberships = db.session.scalars(
        select(Membership)
        .where(Membership.space_id == space.id)
        .options(selectinload(Membership.member).selectinload(Member.profile))
        .order_by(Membership.member_id)
    )
    due, due_later, not_due = [], {}, dict.fromkeys(NOT_DUE, 0)
    for membership in memberships:
        last = introduced_in.get(membership.member_id)
        why = _why_not_due(membership, today, week, last)
        if why is None:
            due.append(membership)
            continue
        not_due[why] += 1
        if why == NOT_THEIR_WEEK:
            due_later[membership] = _rounds_until_due(membership, week, last)
    return Turnout(
        due, due_later, {why: count for why, count in not_due.items() if count}
    )


NOT_THEIR_WEEK = "not their week"
NOT_DUE = (
    "invited, not yet joined",
    "not active",
    "introductions off",
    "paused",
    "profile not finished",
    NOT_THEIR_WEEK,
)


def _why_not_due(
    membership: Membership, today: date, week: str, last: str | None
) -> str | None:
    invited, not_active, off, paused, unfinished, _ = NOT_DUE
    if membership.status is MembershipStatus.INVITED:
        return invited
    if not membership.is_active or membership.member.confirmed_at is None:
        return not_active
    if not membership.wants_introductions:
        return off
    if membership.is_paused(today):
        return paused
    if not membership.member.profile.is_matchable:
        return unfinished
    if _rounds_until_due(membership, week, last):
        return NOT_THEIR_WEEK
    return None


def _rounds_until_due(membership: Membership, week: str, last: str | None) -> int:
    """Return for how many rounds a member's turn is not there yet; `last` is the week in
    which they were last introduced."""
    if last is None:
        return 0
    since = (monday_of(week) - monday_of(last)).days // 7
    return max(membership.cadence_weeks - since, 0) if since >= 0 else 0


def left_out_lately(membership: Membership, now: datetime) -> LeftOut | None:
    """Return how the space's latest round left a member out, if it did and was lately."""
    latest = (
        select(Round.id)
        .where(Round.space_id == membership.space_id, Round.event_id.is_(None))
        .order_by(Round.week.desc())
        .limit(1)
        .scalar_subquery()
    )
    return db.session.scalar(
        select(LeftOut)
        .join(Round, Round.id == LeftOut.round_id)
        .where(
            LeftOut.round_id == latest,
            LeftOut.member_id == membership.member_id,
            Round.made_at > now - timedelta(weeks=1),
        )
    )


def suggested(left_out: LeftOut) -> list[tuple[str, str]]:
    """Name what a member could add to their profile: the field and the topic."""
    known = topics.of_space(left_out.round.space)
    return [
        (line["field"], known[line["topic"]].name)
        for line in left_out.suggestions
        if line["topic"] in known
    ]


def find(space: Space, week: str) -> Round | None:
    """The space's own round of a week; events have theirs beside it."""
    return db.session.scalar(
        select(Round).where(
            Round.space_id == space.id, Round.week == week, Round.event_id.is_(None)
        )
    )


def _block(block: RandomisedBlock, ids: Sequence[int]) -> dict[str, Any]:
    return asdict(replace(block, introductions=[ids[k] for k in block.introductions]))
