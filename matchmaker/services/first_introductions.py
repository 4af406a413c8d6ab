"""A newcomer's first introduction, which need not wait for the next round."""

from collections import Counter
from datetime import datetime
from itertools import islice

from sqlalchemy import or_, select

from matchmaker.extensions import db, lock
from matchmaker.mail import letters
from matchmaker.matching import Arm, propose_for
from matchmaker.models import (
    Introduction,
    LeftOut,
    Member,
    Membership,
    MembershipStatus,
    Round,
    Side,
    Space,
)
from matchmaker.services import (
    engine,
    history,
    learning,
    round_decisions,
    rounds,
    twins,
)

# So many are looked for each minute: a crowd must not keep the other jobs waiting.
AT_ONCE = 20


def newcomers(now: datetime) -> list[Membership]:
    """List those who have finished their profile and were in no round of their space yet.

    Each is looked at once. Before a space's first round there's nobody to look for; and
    where rounds wait for an organiser's yes, nobody is introduced without it.
    """
    in_this_space = (Round.space_id == Membership.space_id, Round.event_id.is_(None))
    was_introduced = (
        select(Side.member_id)
        .join(Introduction, Introduction.id == Side.introduction_id)
        .join(Round, Round.id == Introduction.round_id)
        .where(Side.member_id == Membership.member_id, *in_this_space)
        .correlate(Membership)
        .exists()
    )
    was_left_out = (
        select(LeftOut.member_id)
        .join(Round, Round.id == LeftOut.round_id)
        .where(LeftOut.member_id == Membership.member_id, *in_this_space)
        .correlate(Membership)
        .exists()
    )
    has_had_a_round = (
        select(Introduction.id)
        .join(Round, Round.id == Introduction.round_id)
        .where(*in_this_space, Round.made_at <= now)
        .correlate(Membership)
        .exists()
    )
    found = db.session.scalars(
        select(Membership)
        .join(Member, Member.id == Membership.member_id)
        .join(Space, Space.id == Membership.space_id)
        .where(
            ~Space.waits_for_approval,
            Membership.status == MembershipStatus.ACTIVE,
            Membership.wants_introductions,
            Membership.sought_at.is_(None),
            Member.active,
            has_had_a_round,
            ~or_(was_introduced, was_left_out),
        )
        .order_by(Membership.id)
    )
    ready = (each for each in found if each.member.profile.is_matchable)
    return list(islice(ready, AT_ONCE))


def introduce(membership: Membership, now: datetime) -> Introduction | None:
    """Introduce a newcomer to whoever suits them best and has time in the latest round.

    The rules are a round's: history, blocks, consent, what organisers decided, and that
    both gain. It becomes part of that round, and both are written to.
    """
    space, newcomer = membership.space, membership.member
    lock(space)  # a round may be made of the same people
    if membership.sought_at is not None or (round_ := _latest_round(space)) is None:
        return None
    membership.sought_at = now
    twins.look(space, now)
    decided = round_decisions.that_hold(space, rounds.this_week(space, now))
    with_time = [
        each
        for each in _with_time(space, round_, now)
        if each.member_id not in decided.aside
    ]
    if membership not in with_time:
        return None
    proposal = propose_for(
        newcomer.id,
        engine.people(space, dict.fromkeys(with_time, 0), now),
        engine.reader(space),
        history.of(space, now),
        engine.rules(space),
        vetoes=decided.apart,
        scorer=learning.scorer(space, now),
    )
    if proposal is None:
        return None
    introduction = engine.kept(proposal, now, space.end_of_introduction(now))
    introduction.arm = (
        Arm.PINNED.value
    )  # chosen beside the round, so it teaches nothing
    round_.introductions.append(introduction)
    db.session.flush()
    for side in introduction.sides:
        letters.introduction(side, now)
    return introduction


def _latest_round(space: Space) -> Round | None:
    return db.session.scalars(
        select(Round)
        .where(
            Round.space_id == space.id,
            Round.event_id.is_(None),
            Round.introductions.any(),
        )
        .order_by(Round.week.desc())
    ).first()


def _with_time(space: Space, round_: Round, now: datetime) -> list[Membership]:
    """List those who'd take part in a round, and have got fewer than they asked for."""
    turnout = rounds.who_is_due(space, round_.week, now)
    given = Counter(
        side.member_id for each in round_.introductions for side in each.sides
    )
    had_some = [each for each in turnout.due_later if given[each.member_id]]
    return [
        each
        for each in (*turnout.due, *had_some)
        if given[each.member_id] < each.per_round
    ]
