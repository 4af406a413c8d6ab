"""What a space's past introductions teach the engine, and whether to trust it yet."""

from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matchmaker.extensions import db
from matchmaker.matching import FEATURES, Scorer, learning
from matchmaker.matching.learning import Estimate, Question, Report
from matchmaker.matching.types import Arm, RandomisedBlock
from matchmaker.models import Answer, Introduction, Outcome, Round, Side, Space

__all__ = ["Estimate", "Question", "Report", "evaluate", "history", "scorer"]

# After so long everybody has been asked whether they met, and has had time to say.
CLOSED = timedelta(weeks=4)

_OUTCOMES = {Outcome.STATED: 1.0, Outcome.OTHER: 0.0, Outcome.NOTHING: 0.0}


def scorer(space: Space, now: datetime) -> Scorer | None:
    """What was learnt, once random pairs have shown that it does better than the words."""
    log = history(space, now)
    if log.known.sum() < learning.FIRST or not learning.evaluate(log).use_learned:
        return None
    return learning.learn(log)


def evaluate(space: Space, now: datetime) -> Report:
    """Say what the space's history can and cannot tell."""
    return learning.evaluate(history(space, now))


def history(space: Space, now: datetime) -> learning.Log:
    """Gather what was proposed to two, how likely that was, and what came of it.

    Of introductions that were taken back or pinned nothing is learnt, nor of trios:
    nobody can tell whose doing it was.
    """
    rounds = db.session.scalars(
        select(Round)
        .where(Round.space_id == space.id, Round.made_at <= now - CLOSED)
        .order_by(Round.week)
        .options(selectinload(Round.introductions).selectinload(Introduction.sides))
    ).all()
    rows = [
        (number, introduction, mine, theirs)
        for number, round_ in enumerate(rounds)
        for introduction in sorted(round_.introductions, key=lambda each: each.id)
        if introduction.withdrawn_at is None and introduction.arm != Arm.PINNED.value
        if len(introduction.sides) == 2
        for mine, theirs in (introduction.sides, introduction.sides[::-1])
        if len(mine.features) == len(FEATURES)
    ]
    kept = {introduction.id for _, introduction, _, _ in rows}
    blocks = [RandomisedBlock(**block) for round_ in rounds for block in round_.blocks]
    return learning.Log(
        names=FEATURES,
        rounds=np.array([number for number, *_ in rows], np.int64),
        introductions=np.array([each.id for _, each, _, _ in rows], np.int64),
        receivers=np.array([mine.member_id for *_, mine, _ in rows], np.int64),
        givers=np.array([theirs.member_id for *_, theirs in rows], np.int64),
        features=np.array([mine.features for *_, mine, _ in rows], np.float64).reshape(
            -1, len(FEATURES)
        ),
        outcomes=np.array([outcome(mine) for *_, mine, _ in rows], np.float64),
        propensities=np.array([each.propensity for _, each, _, _ in rows]),
        arms=tuple(Arm(each.arm) for _, each, _, _ in rows),
        blocks=tuple(b for b in blocks if kept.issuperset(b.introductions)),
    )


def outcome(side: Side) -> float:
    """Whether somebody got what was stated; NaN as long as they have not said."""
    if side.answer is Answer.LET_GO:
        return 0.0
    return _OUTCOMES[side.outcome] if side.outcome else float("nan")
