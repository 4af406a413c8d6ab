"""The weekly round: who is due, who shall not meet again, and who is introduced to whom."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matchmaker.extensions import db, lock
from matchmaker.mail import letters
from matchmaker.matching import (
    History,
    Pair,
    Person,
    Plan,
    RandomisedBlock,
    Reader,
    RuleCost,
    Rules,
    Scorer,
    price_rules,
    propose,
)
from matchmaker.models import (
    Introduction,
    LeftOut,
    Member,
    Membership,
    MembershipStatus,
    Round,
    Space,
    SuggestedLine,
)
from matchmaker.queries.rounds import (
    due,
    find,
    left_out_lately,
    monday_of,
    next_start,
    next_start_for,
    rounds_until_due,
    starts_at,
    this_week,
)
from matchmaker.refusal import Refusal
from matchmaker.services import (
    engine,
    history,
    learning,
    round_decisions,
    topics,
    twins,
)

__all__ = [
    "due",
    "find",
    "left_out_lately",
    "monday_of",
    "next_start",
    "next_start_for",
    "starts_at",
    "this_week",
]


class Question(TypedDict):
    """What the engine is asked in a round: the arguments of `matching.propose`."""

    people: list[Person]
    reader: Reader
    history: History
    rules: Rules
    seed: int
    scorer: Scorer | None


@dataclass(frozen=True)
class Draft:
    """A round as it would be: the question, what the engine answers, and the pairs that
    an organiser wants and no rule allows."""

    week: str
    question: Question
    plan: Plan
    refused: frozenset[Pair]


@dataclass(frozen=True)
class Carries:
    """What rhythm a house can carry: with new introductions for how many in ten of those
    due over the rounds ahead, as people have chosen, and with half as many rounds."""

    in_ten: int
    in_ten_of_half: int

    @property
    def is_too_quick(self) -> bool:
        return self.in_ten < ENOUGH_IN_TEN


@dataclass(frozen=True)
class Shown:
    """A draft as one organiser sees it."""

    week: str
    introductions: list[Introduction]
    left_out: list[tuple[LeftOut, Member]]
    refused: list[list[Member]]
    carries: Carries


@dataclass(frozen=True)
class Turnout:
    """Who takes part in a round, who will in one of the next, in how many rounds, and
    how many do not take part in this one, by reason."""

    due: list[Membership]
    due_later: dict[Membership, int]
    not_due: dict[str, int]


def draft(
    space: Space,
    week: str,
    now: datetime,
    pins: Collection[Pair] = (),
    vetoes: Collection[Pair] = (),
    without: Collection[int] = (),
) -> Draft:
    """Choose whom a week's round would introduce; nothing is locked or written.

    It is made as if the members `without` weren't there, where who looks at it may not
    learn that they are.

    What organisers have decided of it holds. Pairs that they want and no rule allows are
    in `refused`, without saying which rule.
    """
    decided = round_decisions.that_hold(space, week)
    question = ask(space, week, now, without)
    wanted = {*decided.together} - {*vetoes}
    apart = ({*decided.apart} - {*pins}) | {*vetoes}
    plan = propose(**question, pins={*wanted, *pins}, vetoes=apart)
    return Draft(week, question, plan, frozenset(plan.refused_pins))


def run(
    space: Space,
    week: str,
    now: datetime,
    pins: Collection[Pair] = (),
    vetoes: Collection[Pair] = (),
    drafted: Draft | None = None,
) -> Round:
    """Introduce everybody who is due, and write their letters.

    One round for each space and week, however many ask for it at once; one that
    introduced nobody doesn't count, and is replaced. Pins and vetoes are pairs of member
    ids that the organiser wants or does not want introduced.

    One that was `drafted` shortly before, with no lock, is taken where nothing that it
    rests on has changed meanwhile: a block, somebody who left, a pause, a decision.
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
    if drafted is None or not _still_holds(drafted, space, now):
        drafted = draft(space, week, now, pins, vetoes)
    if refused := drafted.refused & {*pins}:
        raise Refusal(_refused(refused))
    plan = drafted.plan
    round_ = Round(
        space=space,
        week=week,
        seed=monday.toordinal(),
        value=plan.value,
        bound=plan.bound,
        is_optimal=plan.is_optimal,
        made_at=now,
        introductions=[
            engine.kept(proposal, now, space.end_of_introduction(now))
            for proposal in plan.introductions
        ],
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


def _still_holds(drafted: Draft, space: Space, now: datetime) -> bool:
    """Whether the engine would be asked the same again, so that it'd answer the same."""

    def told(question: Question) -> list[object]:
        return [question[name] for name in ("people", "history", "rules")]

    return told(ask(space, drafted.week, now)) == told(drafted.question)


def shown(drafted: Draft, space: Space, members: Mapping[int, Member]) -> Shown:
    """Put a draft in the terms of a round's page, of these members alone."""
    now = space.made_at
    introductions = []
    for proposal in drafted.plan.introductions:
        if not all(side.person in members for side in proposal.sides):
            continue
        introduction = engine.kept(proposal, now, now)
        for side in introduction.sides:
            side.member = members[side.member_id]
        introductions.append(introduction)
    return Shown(
        week=drafted.week,
        introductions=sorted(introductions, key=lambda each: -each.value),
        left_out=[
            (LeftOut(member_id=id_, why=why), members[id_])
            for id_, why in drafted.plan.unmatched
            if id_ in members
        ],
        refused=[
            [members[id_] for id_ in sorted(pair)]
            for pair in drafted.refused
            if pair <= members.keys()
        ],
        carries=Carries(
            round(10 * drafted.plan.share), min(round(20 * drafted.plan.share), 10)
        ),
    )


def named_in(drafted: Draft) -> set[int]:
    """Return the ids of everybody whom a draft names."""
    plan = drafted.plan
    ids = {side.person for each in plan.introductions for side in each.sides}
    return ids.union((id_ for id_, _ in plan.unmatched), *drafted.refused)


def check_pair(space: Space, week: str, pair: Pair, now: datetime) -> None:
    """Refuse two who can't be introduced in a week's round, without saying which rule."""
    if pair in draft(space, week, now, pins=[pair]).refused:
        raise Refusal(round_decisions.CANNOT)


def rule_costs(space: Space, week: str, now: datetime) -> tuple[RuleCost, ...]:
    """Say what each of the space's rules costs in this week's round."""
    return price_rules(**ask(space, week, now))


def ask(
    space: Space, week: str, now: datetime, without: Collection[int] = ()
) -> Question:
    """Put the round of a week as a question to the engine, with those whose turn comes
    in a later one: good partners are kept for them."""
    turnout = who_is_due(space, week, now)
    aside = round_decisions.that_hold(space, week).aside.union(without)
    due_in = {
        membership: rounds
        for membership, rounds in (
            dict.fromkeys(turnout.due, 0) | turnout.due_later
        ).items()
        if membership.member_id not in aside
    }
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


def who_is_due(space: Space, week: str, now: datetime) -> Turnout:
    """Find who takes part this week. Nobody does who has not said yes to it."""
    today = now.astimezone(space.zone).date()
    introduced_in = history.last_week_introduced(space)
    unanswered = history.waiting_for_an_answer(space)
    memberships = db.session.scalars(
        select(Membership)
        .where(Membership.space_id == space.id)
        .options(selectinload(Membership.member).selectinload(Member.profile))
        .order_by(Membership.member_id)
    )
    due, due_later, not_due = [], {}, dict.fromkeys(NOT_DUE, 0)
    for membership in memberships:
        last = introduced_in.get(membership.member_id)
        waiting = unanswered.get(membership.member_id, 0)
        why = _why_not_due(membership, today, week, last, waiting)
        if why is None:
            due.append(membership)
            continue
        not_due[why] += 1
        if why == NOT_THEIR_WEEK:
            due_later[membership] = rounds_until_due(membership, week, last)
    return Turnout(
        due, due_later, {why: count for why, count in not_due.items() if count}
    )


# A round in which fewer in ten of those due have somebody new is one too many.
ENOUGH_IN_TEN = 7

NOT_THEIR_WEEK = "not their week"

# So many introductions may wait for somebody's answer, or as many as they ask for.
MOST_WAITING = 2

NOT_DUE = (
    "invited, not yet joined",
    "not active",
    "introductions off",
    "paused",
    "resting: they don't answer",
    "profile not finished",
    "have introductions to answer",
    NOT_THEIR_WEEK,
)


def _why_not_due(
    membership: Membership, today: date, week: str, last: str | None, waiting: int
) -> str | None:
    invited, not_active, off, paused, resting, unfinished, have_some, _ = NOT_DUE
    if membership.status is MembershipStatus.INVITED:
        return invited
    if not membership.is_active or membership.member.confirmed_at is None:
        return not_active
    if not membership.wants_introductions:
        return off
    if membership.is_paused(today):
        return paused
    if membership.resting_since is not None:
        return resting
    if not membership.member.profile.is_matchable:
        return unfinished
    if waiting >= max(MOST_WAITING, membership.per_round):
        return have_some
    if rounds_until_due(membership, week, last):
        return NOT_THEIR_WEEK
    return None


def suggested(space: Space, lines: Sequence[SuggestedLine]) -> list[tuple[str, str]]:
    """Name what a member could add to their profile: the field and the topic."""
    if not lines:  # most first pages: the space's own topics need not be asked for
        return []
    known = topics.of_space(space)
    return [
        (line["field"], known[line["topic"]].name)
        for line in lines
        if line["topic"] in known
    ]


def _block(block: RandomisedBlock, ids: Sequence[int]) -> dict[str, Any]:
    return asdict(replace(block, introductions=[ids[k] for k in block.introductions]))
