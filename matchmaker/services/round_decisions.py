"""What an organiser decides of a round before it runs.

A decision is a row: it holds for each new draft and for the round that runs by itself,
and it can be undone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from matchmaker.extensions import db, lock
from matchmaker.matching import Pair
from matchmaker.models import DecisionKind, Member, RoundDecision, Space
from matchmaker.refusal import Refusal

CANNOT = "These two can't be introduced in this round."


@dataclass(frozen=True)
class Decisions:
    """What holds for one round: pairs of member ids, and single ones."""

    apart: frozenset[Pair] = frozenset()
    together: frozenset[Pair] = frozenset()
    aside: frozenset[int] = frozenset()


def of_week(space: Space, week: str) -> Sequence[RoundDecision]:
    """Return what holds for a week's round, the oldest first."""
    return db.session.scalars(
        select(RoundDecision)
        .where(
            RoundDecision.space_id == space.id,
            RoundDecision.undone_at.is_(None),
            or_(RoundDecision.week == week, RoundDecision.week.is_(None)),
        )
        .order_by(RoundDecision.id)
    ).all()


def that_hold(space: Space, week: str) -> Decisions:
    decided = of_week(space, week)

    def pairs(kind: DecisionKind) -> frozenset[Pair]:
        return frozenset(each.ids for each in decided if each.kind is kind)

    aside = pairs(DecisionKind.ASIDE)
    return Decisions(
        apart=pairs(DecisionKind.APART),
        together=pairs(DecisionKind.TOGETHER),
        aside=frozenset(id_ for ids in aside for id_ in ids),
    )


def decide(
    space: Space,
    kind: DecisionKind,
    members: Collection[Member],
    week: str | None,
    by: Member,
    now: datetime,
) -> RoundDecision:
    """Keep a decision, once; the opposite one about the same two is undone by it."""
    lock(space)
    ids = sorted(member.id for member in members)
    if kind in {DecisionKind.APART, DecisionKind.TOGETHER} and len(ids) != 2:
        raise Refusal("Choose two different members.")
    first, second = ids[0] if ids else None, ids[1] if len(ids) > 1 else None
    for earlier in of_week(space, week or ""):
        if (earlier.first_id, earlier.second_id) != (first, second):
            continue
        if earlier.kind is kind and earlier.week == week:
            return earlier
        if ids:
            undo(earlier, now)
    decision = RoundDecision(
        space_id=space.id,
        kind=kind,
        week=week,
        first_id=first,
        second_id=second,
        made_by_id=by.id,
        made_at=now,
    )
    db.session.add(decision)
    return decision


def find(space: Space, id_: int) -> RoundDecision | None:
    decision = db.session.get(RoundDecision, id_)
    is_here = decision is not None and decision.space_id == space.id
    return decision if is_here else None


def undo(decision: RoundDecision, now: datetime) -> None:
    if decision.undone_at is None:
        decision.undone_at = now
