from dataclasses import replace

import numpy as np
import pytest

from matchmaker.matching.learning import (
    Arm,
    evaluate,
)
from matchmaker.matching.learning.evaluation import _ahead
from tests.matching.learning.histories import history, many_blocks, planted


@pytest.mark.parametrize(
    "past", [history([]), planted(0, rounds=1), many_blocks(0, 20, 3)]
)
def test_too_little_says_nothing(past):
    report = evaluate(past)

    assert not any(report.can_say.values())
    assert all(rows > 0 for rows in report.more.values())
    assert not report.use_learned
    assert (report.ranking, report.calibration, report.value, report.arms) == (
        None,
    ) * 4


def test_a_signal_that_the_cold_scorer_misses_is_used():
    report = evaluate(many_blocks(1, 400, 3.0))

    assert report.use_learned
    assert report.value.gained.low > 0
    assert report.ranking.learned.interaction.low > 0.55
    assert (
        report.ranking.cold.interaction.low < 0.5 < report.ranking.cold.interaction.high
    )
    assert report.calibration.learned < report.calibration.cold


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_is_not_used(seed):
    assert not evaluate(many_blocks(seed, 400, 0.0)).use_learned


def test_nothing_is_judged_by_what_a_model_knew():
    past = many_blocks(4, 120, 3.0)
    last = past.rounds.max()
    changed = replace(
        past, outcomes=np.where(past.rounds == last, 1 - past.outcomes, past.outcomes)
    )

    # The last round is only ever predicted: its outcomes touch no prediction.
    one, other = _ahead(past, 0), _ahead(changed, 0)

    assert np.array_equal(one[0], other[0], equal_nan=True)
    assert all((one[1][k] == other[1][k]).all() for k in one[1])
    assert len(one[1]) > 30


def test_the_best_plan_is_compared_with_chance():
    random = np.random.default_rng(0)
    rows = [
        (0, k, 2 * k + side, 2 * k + 1 - side, 0.5, 0, float(valued))
        for k in range(400)
        for valued in [random.random() < (0.6 if k < 300 else 0.2)]
        for side in (0, 1)
    ]
    past = history(rows)
    past = replace(past, arms=(Arm.BEST,) * 600 + (Arm.CONTROL,) * 200)

    arms = evaluate(past).arms

    assert arms.best.value == pytest.approx(0.6, abs=0.07)
    assert 0.15 < arms.gained.low < 0.4 < arms.gained.high < 0.55
    assert evaluate(past).can_say["control"]
