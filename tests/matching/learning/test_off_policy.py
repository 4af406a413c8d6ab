import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching.learning import (
    effective_size,
    horvitz_thompson,
    replay,
    self_normalised,
)
from tests.matching.learning.histories import CHOICES, block, drawn


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.lists(st.floats(0, 1), min_size=6, max_size=6),
    st.lists(st.floats(0.05, 1), min_size=3, max_size=3),
)
def test_replayed_over_all_that_could_be_drawn_the_mean_is_the_truth(
    came, worth, chances
):
    probabilities = [chance / sum(chances) for chance in chances]
    valued = np.array(came, float)
    best = max(CHOICES, key=lambda choice: np.array(worth)[choice].sum())

    mean, weight = 0.0, 0.0
    for chosen, probability in enumerate(probabilities):
        past = drawn([block(chosen, probabilities=probabilities)], [valued])
        seen = replay(past, [np.array(worth)])
        mean += probability * horvitz_thompson(seen.rewards, seen.weights)
        weight += probability * seen.weights.mean()

    assert mean == pytest.approx(valued[best].mean())
    assert weight == pytest.approx(1)


def test_the_estimators_are_what_their_sources_say():
    rewards, weights = np.array([1.0, 0.0, 1.0]), np.array([2.0, 1.0, 0.0])

    assert horvitz_thompson(rewards, weights) == pytest.approx(2 / 3)
    assert self_normalised(rewards, weights) == pytest.approx(2 / 3)
    assert self_normalised(rewards[:2], weights[:2]) == pytest.approx(2 / 3)
    assert horvitz_thompson(rewards[:2], weights[:2]) == pytest.approx(1)
    assert effective_size(weights) == pytest.approx(9 / 5)
    assert np.isnan(self_normalised(rewards, np.zeros(3)))
    assert effective_size(np.zeros(3)) == 0
