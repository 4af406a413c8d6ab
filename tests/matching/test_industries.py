import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.matching.industries import distance

CODER = ("J", "62", "620", "6201")
paths = st.lists(st.sampled_from("abc"), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (CODER, 0),
        (("J", "62", "620", "6202"), 0.25),
        (("J", "62", "629", "6290"), 0.5),
        (("J", "58", "581", "5811"), 0.75),
        (("M", "74", "741", "7410"), 1),
        (("J", "62"), 0.25),
        ((), 0.5),
    ],
)
def test_the_further_up_the_tree_the_more_different(other, expected):
    assert distance(CODER, other) == expected


@given(paths, paths)
def test_distance_is_mutual_and_a_share(one, other):
    assert distance(one, other) == distance(other, one)
    assert 0 <= distance(one, other) <= 1
