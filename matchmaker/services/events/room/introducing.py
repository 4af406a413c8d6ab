"""Introductions for an event: whom to look for, and why."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from matchmaker.enums import UnmatchedReason
from matchmaker.extensions import db, lock
from matchmaker.matching import Pair, Plan, propose
from matchmaker.models import Event, Introduction, LeftOut, Member, Round, Side
from matchmaker.queries.blocks import blocked_between
from matchmaker.refusal import Refusal
from matchmaker.services import engine, history, learning, rounds, twins
from matchmaker.services.events import places, timeline
from matchmaker.services.events.room import present
from matchmaker.services.events.room.present import Who

EACH = 2  # people to look for
MOST = 3  # of somebody whom a latecomer has nobody else to look for

# What two must be worth. In the same room a conversation costs minutes and not an hour,
# and nobody is kept for a later one.
RESERVE = 0.1


@dataclass(frozen=True)
class Introduced:
    """What one press of the button came to."""

    introductions: list[Introduction]
    left_out: list[LeftOut]


def introduce(
    event: Event, who: Who, now: datetime, by: Member | None = None
) -> Introduced:
    """Give everybody present who said yes to it one or two people to look for.

    Pressed again it is for those who have nobody yet; whoever they are introduced to
    may have somebody already. The same rules hold as in the week's round: the history,
    blocks and whom one let go. Nobody is written to: it stands on their page.
    """
    lock(event)
    present.check_runs(event, now)
    here = {
        rsvp.member_id: rsvp.member
        for rsvp in present.rsvps(event, who)
        if rsvp.wants_introductions
    }
    have = somebody_here(event, here)
    new = {id_ for id_ in here if not have.get(id_)}
    if not here:
        raise Refusal(
            "Nobody here has said yes to being introduced. They can do so where they "
            "signed up."
        )
    if not new:
        raise Refusal("Everybody who said yes has somebody to look for.")

    twins.look(event.space, now)
    first, reasons = _round(event, here, have, MOST, new, now)
    second, _ = _round(event, here, have, EACH, new, now)
    alone = sorted(id_ for id_ in new if not have.get(id_))
    first.left_out = [
        LeftOut(member=here[id_], why=reasons.get(id_, UnmatchedReason.ODD_ONE_OUT))
        for id_ in alone
    ]
    made = [*first.introductions, *second.introductions]
    if not second.introductions:
        db.session.delete(second)
    timeline.note(event, "introduced", now, by)
    db.session.flush()
    return Introduced(made, list(first.left_out))


def somebody_here(
    event: Event, here: Collection[int], viewer: Member | None = None
) -> dict[int, int]:
    """By member: how many of those here they were given to look for at this event.
    Whoever was to look for somebody who does not come has nobody.

    For a viewer only those count in which nobody is parted from them.
    """
    hidden = _parted_from(viewer) if viewer else set()
    count: dict[int, int] = {}
    for introduction in _made(event):
        ids = {side.member_id for side in introduction.sides}
        if introduction.withdrawn_at is None and not ids & hidden:
            for id_ in ids:
                count[id_] = count.get(id_, 0) + len((ids - {id_}) & {*here})
    return {id_: number for id_, number in count.items() if number}


def wish(event: Event, member: Member, now: datetime, *, yes: bool) -> None:
    """Say yes or no to being introduced at the event, on the evening itself too. A no
    takes back what has not come about yet."""
    lock(event)
    rsvp = places.of(event, member)
    if rsvp is None or not rsvp.is_going:
        raise Refusal("Sign up for the event first.")
    rsvp.wants_introductions = yes
    for introduction in _made(event) if not yes else ():
        if member in introduction.members and not introduction.introduced_at:
            introduction.withdrawn_at = introduction.withdrawn_at or now


def _round(
    event: Event,
    here: dict[int, Member],
    have: dict[int, int],
    most: int,
    new: Collection[int],
    now: datetime,
) -> tuple[Round, dict[int, UnmatchedReason]]:
    """Run the engine once over those who have fewer than `most`: each gets one more.

    First those who have nobody; then, when all have had that chance, the second. `have`
    is counted on. Also says, by member, why nobody was found.
    """
    is_first = most == MOST
    pool = [member for id_, member in here.items() if have.get(id_, 0) < most]
    served = [member.id for member in pool if member.id not in new]
    apart: set[Pair] = {frozenset(pair) for pair in combinations(served, 2)}
    apart |= _introduced_here(event)
    seed = event.id * 100 + _rounds_so_far(event)
    plan: Plan = propose(
        present.as_people(event, pool, now),
        engine.reader(event.space),
        history.of(event.space, now),
        # Nobody can wait for a better evening, and the last one must not be alone.
        replace(
            engine.rules(event.space),
            reserve=RESERVE,
            allow_trios=is_first,
        ),
        seed,
        vetoes=apart,
        scorer=learning.scorer(event.space, now),
    )
    made = Round(
        space=event.space,
        event=event,
        week=rounds.this_week(event.space, event.starts_at),
        seed=seed,
        value=plan.value,
        bound=plan.bound,
        is_optimal=plan.is_optimal,
        made_at=now,
        introductions=[
            engine.kept(proposal, now, event.space.end_of_introduction(now))
            for proposal in plan.introductions
        ],
    )
    db.session.add(made)
    db.session.flush()
    for introduction in made.introductions:
        others = len(introduction.sides) - 1
        for side in introduction.sides:
            have[side.member_id] = have.get(side.member_id, 0) + others
    return made, dict(plan.unmatched)


def _introduced_here(event: Event) -> set[Pair]:
    """All pairs of this event, those that were taken back too."""
    return {
        frozenset(pair)
        for introduction in _made(event)
        for pair in combinations([side.member_id for side in introduction.sides], 2)
    }


def _parted_from(viewer: Member) -> set[int]:
    query = select(Member.id).where(blocked_between(viewer))
    return set(db.session.scalars(query))


def _made(event: Event) -> list[Introduction]:
    return list(
        db.session.scalars(
            select(Introduction)
            .join(Round, Round.id == Introduction.round_id)
            .where(Round.event_id == event.id)
            .order_by(Introduction.id)
            .options(selectinload(Introduction.sides).joinedload(Side.member))
        )
    )


def _rounds_so_far(event: Event) -> int:
    count = select(func.count()).select_from(Round).where(Round.event_id == event.id)
    return db.session.scalar(count) or 0
