import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from matchmaker.matching.learning import (
    RandomisedBlock,
)
from tests.matching.learning.histories import (
    block,
    drawn,
    history,
)


def test_a_block_is_json_and_back():
    one = block(1)

    again = RandomisedBlock(**json.loads(json.dumps(asdict(one), allow_nan=False)))

    assert (again.propensities == one.propensities).all()
    assert np.array_equal(again.directions[0], one.directions[0], equal_nan=True)
    assert again.directions[1].tolist() == one.directions[1].tolist()
    assert again.directions[1][:4].tolist() == [0, 1, 0, 2]
    assert again.directions[2][:4].tolist() == [1, 0, 2, 0]


@pytest.mark.parametrize(
    "change",
    [
        {"choices": [[0, 4], [1, 4], [2, 3]]},
        {"probabilities": [0.5, 0.5, 0.0]},
        {"probabilities": [0.5, 0.3, 0.3]},
        {"probabilities": [1.0]},
        {"introductions": [0]},
        {"features": [[0.5, 0.0]]},
    ],
)
def test_a_block_that_cannot_be_is_refused(change):
    with pytest.raises(ValueError, match="block"):
        replace(block(), **change)


@pytest.mark.parametrize(
    "change",
    [
        {"propensities": np.array([0.5, 0.5, 0.5, 0.0])},
        {"propensities": np.array([0.5, 0.5, 0.5, 0.4])},  # the block says otherwise
        {"outcomes": np.array([1, 0, 1, 0.5])},
        {"givers": np.array([1])},
        {"features": np.zeros((4, 3))},
        {"strength": "unheard of"},
    ],
)
def test_a_history_that_cannot_be_is_refused(change):
    with pytest.raises(
        ValueError, match=r"log|history|outcome|propensity|feature|block"
    ):
        replace(drawn([block()], [np.ones(6)]), **change)


def test_silence_is_no_yes_and_of_three_each_wants_something_from_somebody():
    past = history(
        [
            (0, 5, 1, 2, 0.5, 0, 1),
            (0, 5, 2, 1, 0.5, 0, np.nan),
            (0, 3, 1, 2, 0.5, 0, 1),
            (0, 3, 2, 1, 0.5, 0, 1),
            *[(0, 9, a, b, 0.5, 0, float((a + 1) % 3 == b)) for a, b in
              ((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1))],
        ]
    )  # fmt: skip

    numbers, valued = past.valued()

    assert dict(zip(numbers.tolist(), valued.tolist(), strict=True)) == {
        3: 1,
        5: 0,
        9: 1,
    }
