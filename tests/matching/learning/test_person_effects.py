from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching.learning.person_effects import (
    PRIOR,
    earlier_effects,
    person_effects,
)
from tests.matching.learning.histories import histories, history


def test_a_rate_is_shrunk_and_begins_at_nothing():
    past = history(
        [
            (0, 0, 1, 2, 0.5, 0, 1),
            (0, 0, 2, 1, 0.5, 0, 0),
            (1, 1, 1, 2, 0.5, 0, np.nan),
            (2, 2, 3, 2, 0.5, 0, 1),
        ]
    )

    assert earlier_effects(past)[0].tolist() == [0, 0]
    assert earlier_effects(past)[2].tolist() == [0.5 / (1 + PRIOR), 0.5 / (1 + PRIOR)]
    assert earlier_effects(past)[3].tolist() == [0.5 / (1 + PRIOR), 0]


@settings(max_examples=80, deadline=None)
@given(histories(), st.data())
def test_a_later_outcome_changes_no_earlier_rate(past, data):
    when = data.draw(st.integers(0, 5))
    later = past.rounds >= when
    others = data.draw(
        st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=len(later)).map(
            lambda values: np.array(values[: len(later)], float)
        )
        if len(later)
        else st.just(np.empty(0))
    )
    changed = replace(past, outcomes=np.where(later, others, past.outcomes))

    # Not even those of the round itself count.
    seen = past.rounds <= when
    assert (earlier_effects(changed)[seen] == earlier_effects(past)[seen]).all()


@settings(max_examples=50, deadline=None)
@given(histories())
def test_a_round_s_rates_are_the_effects_before_it(past):
    for round_ in set(past.rounds.tolist()):
        rows = past.rounds == round_
        before = person_effects(past.before(round_))
        assert np.allclose(
            before.of(past.receivers[rows], past.givers[rows]),
            earlier_effects(past)[rows],
        )
