"""The weekly round: who is due, who shall not meet again, and who is introduced to whom."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matchmaker.extensions import db, lock
from matchmaker.mail import letters
from matchmaker.matching import (
    Block,
    Embedding,
    History,
    Pair,
    Person,
    Plan,
    Price,
    Rules,
    Scorer,
    price_of_rules,
    propose,
)
from matchmaker.models import (
    LeftOut,
    Member,
    Membership,
    MembershipStatus,
    Profile,
    Round,
    Space,
)
from matchmaker.queries.rounds import (
    due,
    find,
    left_out_lately,
    monday_of,
    next_start,
    next_start_for,
    sits_out,
    starts_at,
    this_week,
)
from matchmaker.refusal import Refusal
from matchmaker.services import engine, history, learning, twins

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

logger = logging.getLogger(__name__)


class Question(TypedDict):
    """What the engine is asked in a round: the arguments of `matching.propose`."""

    people: list[Person]
    history: History
    rules: Rules
    seed: int
    aliases: Mapping[str, str]
    scorer: Scorer | None
    embed: Embedding | None


@dataclass(frozen=True)
class Turnout:
    """Who takes part in a round, and how many do not, by reason."""

    due: list[Membership]
    not_due: dict[str, int]


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
    _note_what_was_hard(question, plan)
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
            LeftOut(member_id=member_id, why=why.value)
            for member_id, why in plan.left_out
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


def _note_what_was_hard(question: Question, plan: Plan) -> None:
    """Let members know whose words mean little to the engine, and operators of extras."""
    hard = set(plan.hard_to_read)
    for person in question["people"]:
        profile = db.session.get_one(Profile, person.id)
        profile.is_hard_to_read = person.id in hard
    if plan.hint:
        logger.warning(plan.hint)


def prices(space: Space, week: str, now: datetime) -> tuple[Price, ...]:
    """Say what each of the space's rules costs in this week's round."""
    return price_of_rules(**ask(space, week, now))


def ask(space: Space, week: str, now: datetime) -> Question:
    """Put the round of a week as a question to the engine."""
    turnout = who_is_due(space, week, now)
    waited = history.weeks_waited(space, (m.member_id for m in turnout.due))
    mentees = history.mentees(now)
    return Question(
        people=[
            engine.person(
                m, waited.get(m.member_id, 0), mentees.get(m.member_id, 0), now
            )
            for m in turnout.due
        ],
        history=history.of(space, now),
        rules=engine.rules(space),
        seed=monday_of(week).toordinal(),
        aliases=engine.aliases(),
        scorer=learning.scorer(space, now),
        embed=engine.embedding(),
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
    memberships = db.session.scalars(
        select(Membership)
        .where(Membership.space_id == space.id)
        .options(selectinload(Membership.member).selectinload(Member.profile))
        .order_by(Membership.member_id)
    )
    due, not_due = [], dict.fromkeys(NOT_DUE, 0)
    for membership in memberships:
        why = _why_not_due(membership, today, week, introduced_in)
        if why is None:
            due.append(membership)
        else:
            not_due[why] += 1
    return Turnout(due, {why: count for why, count in not_due.items() if count})


NOT_DUE = (
    "invited, not yet joined",
    "not active",
    "introductions off",
    "paused",
    "profile not finished",
    "not their week",
)


def _why_not_due(
    membership: Membership, today: date, week: str, introduced_in: dict[int, str]
) -> str | None:
    invited, not_active, off, paused, unfinished, not_their_week = NOT_DUE
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
    if sits_out(membership, week, introduced_in.get(membership.member_id)):
        return not_their_week
    return None


def _block(block: Block, ids: Sequence[int]) -> dict[str, Any]:
    return asdict(replace(block, introductions=[ids[k] for k in block.introductions]))
