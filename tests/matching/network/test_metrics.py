import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching.network import (
    HALF_LIFE,
    Network,
    Tie,
    bridging,
    decay,
    measure,
)
from tests.matching.network.graphs import circles, communities, partition


def all_pairs(network):
    n = len(network.community)
    return bridging(network, *np.indices((n, n)).reshape(2, -1))


def assert_same(one: Network, other: Network):
    assert one.community.tolist() == other.community.tolist()
    assert all_pairs(one) == pytest.approx(all_pairs(other))
    assert one.usual_bridge == pytest.approx(other.usual_bridge)


@settings(max_examples=100, deadline=None)
@given(communities(), st.integers(0, 5))
def test_a_bridge_is_a_share_and_the_same_from_both_sides(community, seed):
    ids, ties = community
    tied = np.isin(ids, [end for tie in ties for end in (tie.one, tie.other)])

    network = measure(ids, ties, seed=seed)

    bridge = all_pairs(network).reshape(len(ids), len(ids))
    assert ((bridge >= 0) & (bridge <= 1)).all()
    assert bridge == pytest.approx(bridge.T)
    assert ((network.community >= 0) == tied).all()


@settings(max_examples=60, deadline=None)
@given(communities(), st.randoms(use_true_random=False))
def test_the_order_of_ties_and_their_direction_change_nothing(community, random):
    ids, ties = community
    other = [Tie(tie.other, tie.one, tie.strength) for tie in ties]
    random.shuffle(other)

    assert_same(measure(ids, ties), measure(ids, other))


@pytest.mark.parametrize("seed", range(5))
def test_numbering_people_otherwise_changes_only_the_order_of_the_answers(seed):
    random = np.random.default_rng(seed)
    n = 300  # no clear structure: the communities are a matter of order
    ends = random.integers(0, n, (900, 2))
    ties = [Tie(int(a), int(b), float(random.random())) for a, b in ends if a != b]
    name = random.permutation(n)
    order = random.permutation(n)  # ids listed in another order as well

    plain = measure(range(n), ties)
    renamed = measure(
        name[order].tolist(),
        [Tie(int(name[tie.one]), int(name[tie.other]), tie.strength) for tie in ties],
    )

    pairs = np.stack([order[:-1], order[1:]])
    bridge = bridging(renamed, np.arange(n - 1), np.arange(1, n))
    assert partition(plain.community[order]) == partition(renamed.community)
    assert bridging(plain, *pairs) == pytest.approx(bridge)


def test_the_strongest_of_several_ties_counts():
    once = measure([1, 2, 3], [Tie(1, 2, 0.9), Tie(2, 3, 0.4)])
    often = measure(
        [1, 2, 3], [Tie(2, 1, 0.3), Tie(1, 2, 0.9), Tie(2, 3, 0.4), Tie(1, 2, 0.5)]
    )

    assert_same(once, often)


def test_somebody_who_left_is_passed_over():
    assert_same(
        measure([1, 2, 3], [Tie(1, 2, 0.9)]),
        measure([1, 2, 3], [Tie(1, 2, 0.9), Tie(3, 9, 1.0), Tie(8, 9, 1.0)]),
    )


def test_two_circles_are_bridged_and_one_is_not():
    _, ties = circles(groups=2)
    ids = [*range(26)]  # 24 knows somebody in each circle; 25 nobody at all
    ties += [Tie(24, 5, 0.5), Tie(24, 17, 0.5), Tie(0, 1, 1.0)]
    network = measure(ids, ties)

    within, between, middle, newcomer = bridging(
        network, np.array([3, 3, 3, 3]), np.array([4, 16, 24, 25])
    )

    assert within < 0.05
    assert between > 0.9
    assert within < middle < between
    assert newcomer == network.usual_bridge


def test_a_newcomer_is_neither_drawn_nor_shunned_as_a_bridge():
    ids, ties = circles()
    network = measure([*ids, 999], ties)
    first, second = np.triu_indices(len(ids), 1)

    met = bridging(network, first, second).mean()

    new = bridging(network, np.array([96]), np.array([0]))
    assert new == pytest.approx([met])


@pytest.mark.parametrize("ids", [[], [7], [7, 8]])
def test_nobody_and_people_without_ties_are_a_network_too(ids):
    network = measure(ids, [])

    assert network.community.tolist() == [-1] * len(ids)
    assert network.usual_bridge == 0
    assert all_pairs(network).tolist() == [0] * len(ids) ** 2


@pytest.mark.parametrize(
    ("ids", "tie"),
    [
        ([1, 2], Tie(1, 1, 0.5)),
        ([1, 2], Tie(1, 2, 1.5)),
        ([1, 2], Tie(1, 2, -0.1)),
        ([1, 2], Tie(1, 2, float("nan"))),
        ([1, 1], Tie(1, 2, 0.5)),
    ],
)
def test_what_cannot_be_a_network_is_refused(ids, tie):
    with pytest.raises(ValueError, match=r"\w+"):
        measure(ids, [tie])


@given(st.floats(0, 1000), st.floats(0.1, 500))
def test_ties_fade_by_half_in_each_half_life(age, half_life):
    now, later = decay([age, age + half_life], half_life)

    assert later == pytest.approx(now / 2)
    assert 0 <= now <= 1


def test_a_tie_of_today_is_whole_and_one_of_a_half_life_ago_is_half():
    assert decay([0, HALF_LIFE]).tolist() == [1, 0.5]


@pytest.mark.parametrize(
    ("age", "half_life"), [(-1, 26), (float("nan"), 26), (1, 0), (1, float("nan"))]
)
def test_ages_and_half_lives_that_cannot_be_are_refused(age, half_life):
    with pytest.raises(ValueError, match=r"[Tt]ies"):
        decay(age, half_life)
