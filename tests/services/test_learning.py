from datetime import timedelta

import numpy as np
import pytest

from matchmaker.extensions import db
from matchmaker.matching import Arm
from matchmaker.models import Answer, Outcome
from matchmaker.services import engine, learning, rounds
from tests.factories import NOON, make_introduction, make_member, make_space

WEEK = "2030-W19"  # in which NOON lies
LATER = NOON + timedelta(weeks=5)


def make_community(space, people=12):
    """Everybody could help everybody."""
    return [
        make_member(
            f"Member {k}", space=space, offers=["logo design"], wants=["logo design"]
        )
        for k in range(people)
    ]


@pytest.fixture
def round_(any_database, monkeypatch):
    monkeypatch.setattr(engine, "ENOUGH_TO_LEARN", 12)
    space = make_space(explore_share=0.5, control_share=0.5)
    make_community(space)
    round_ = rounds.run(space, WEEK, NOON)
    db.session.flush()
    db.session.expire_all()
    return round_


def test_what_the_lot_did_is_logged_with_how_likely_it_was(round_):
    log = learning.history(round_.space, LATER)

    assert len(log.rounds) == 12
    assert set(log.arms) <= {Arm.EXPLORE, Arm.CONTROL}
    assert sum(len(block.introductions) for block in log.blocks) == 6
    assert (log.propensities < 1).any()
    assert np.isnan(log.outcomes).all()


def test_answers_and_outcomes_are_what_is_learnt_from(round_):
    one, other, third, *_ = round_.introductions
    one.sides[0].outcome = Outcome.STATED
    one.sides[1].outcome = Outcome.NOTHING
    other.sides[0].answer = Answer.LET_GO
    third.sides[0].answer = Answer.YES

    log = learning.history(round_.space, LATER)

    said = {
        (int(number), int(receiver)): outcome
        for number, receiver, outcome in zip(
            log.introductions, log.receivers, log.outcomes, strict=True
        )
    }
    assert said[one.id, one.sides[0].member_id] == 1
    assert said[one.id, one.sides[1].member_id] == 0
    assert said[other.id, other.sides[0].member_id] == 0
    assert np.isnan(said[third.id, third.sides[0].member_id])


def test_a_round_is_learnt_from_once_it_is_closed(round_):
    assert len(learning.history(round_.space, NOON + timedelta(weeks=3)).rounds) == 0


def test_of_what_was_taken_back_nothing_is_learnt(round_):
    gone = round_.introductions[0]
    gone.withdrawn_at = NOON

    log = learning.history(round_.space, LATER)

    assert gone.id not in log.introductions
    assert not any(gone.id in block.introductions for block in log.blocks)


def test_an_introduction_of_before_the_log_is_passed_over(any_database):
    space = make_space()
    make_introduction(make_member(space=space), make_member(space=space))

    assert len(learning.history(space, LATER).rounds) == 0


def test_with_little_to_go_by_the_words_decide(round_):
    for introduction in round_.introductions:
        for side in introduction.sides:
            side.outcome = Outcome.STATED

    report = learning.evaluate(round_.space, LATER)

    assert learning.scorer(round_.space, LATER) is None
    assert not any(report.can_say.values())
    assert report.known == 12
