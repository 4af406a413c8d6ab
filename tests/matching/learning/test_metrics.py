import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching.learning import (
    auc,
    calibration_error,
    interaction_auc,
    interval,
)
from matchmaker.matching.learning.metrics import centred


def test_auc_is_the_share_of_pairs_in_order():
    random = np.random.default_rng(0)
    scores = random.integers(0, 5, 40).astype(float)
    outcomes = random.integers(0, 2, 40).astype(float)
    ordered = [
        float(a > b) + (a == b) / 2
        for a in scores[outcomes == 1]
        for b in scores[outcomes == 0]
    ]

    assert auc(scores, outcomes) == pytest.approx(np.mean(ordered))
    assert np.isnan(auc(scores, np.ones(40)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000))
def test_what_is_a_person_s_own_has_no_interaction_auc(seed):
    random = np.random.default_rng(seed)
    receivers, givers = random.integers(0, 12, (2, 150))
    own = random.normal(size=(2, 12))
    scores = own[0][receivers] + own[1][givers]
    outcomes = (scores + random.normal(size=150) > 0).astype(float)
    pair = random.normal(size=150)

    assert interaction_auc(scores, outcomes, receivers, givers) == 0.5
    assert np.allclose(
        centred(pair + 10 * scores, receivers, givers),
        centred(pair, receivers, givers),
        atol=1e-5,
    )


def test_calibration_error_is_how_far_off_a_bin_is():
    probabilities = np.array([0.15, 0.15, 0.95, 1.0])

    assert calibration_error(probabilities, np.array([0, 0, 1, 1.0])) == pytest.approx(
        (0.3 + 0.05) / 4
    )


def test_what_shares_a_cluster_shares_its_luck():
    values = np.repeat(np.random.default_rng(0).normal(size=40), 10)

    def mean(weights):
        return float((weights * values).sum() / weights.sum())

    alone = interval(mean, np.arange(400), 0)
    together = interval(mean, np.repeat(np.arange(40), 10), 0)

    assert alone.low < alone.value < alone.high
    assert together.high - together.low > 2 * (alone.high - alone.low)
