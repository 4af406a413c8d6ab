"""What an organiser decides of a round before it runs.

A decision is a row: it holds for each new draft and for the round that runs by itself,
and it can be undone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from matchmaker.extensions import db, lock
from matchmaker.mail import round_letters
from matchmaker.matching import Pair
from matchmaker.models import DecisionKind, Letter, Member, RoundDecision, Space
from matchmaker.queries.rounds import is_approved, schedule
from matchmaker.queries.spaces import organisers
from matchmaker.refusal import Refusal

# How long before a round its organisers are asked to approve it, the last time first.
ASKED = (("last", timedelta(hours=16)), ("first", timedelta(days=2)))

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


def waiting_for_approval(now: datetime) -> list[tuple[Space, str]]:
    """Find the spaces whose organisers are to be asked to approve the next round, and
    what to call the letters: once two days before it, and once on its eve."""
    spaces = db.session.scalars(select(Space).where(Space.waits_for_approval))
    found = []
    for space in spaces:
        planned = schedule(space, now)
        before = planned.next_start - now
        if before <= timedelta(0) or is_approved(space, planned.next_week):
            continue
        for name, most in ASKED:
            cause = f"round-waits.{name}.space{space.id}.{planned.next_week}"
            if before <= most:
                if not _is_asked(cause):
                    found.append((space, cause))
                break
    return found


def ask_for_approval(space: Space, cause: str, now: datetime) -> None:
    lock(space)
    if not _is_asked(cause):
        starts_at = schedule(space, now).next_start
        for organiser in organisers(space):
            round_letters.round_waits(organiser, space, cause, starts_at, now)


def _is_asked(cause: str) -> bool:
    letters = select(Letter.id).where(Letter.cause.startswith(f"{cause}.member"))
    return db.session.scalars(letters).first() is not None
