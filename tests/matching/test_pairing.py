import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import pairing
from matchmaker.matching.pairing import pair


@st.composite
def graphs(draw, most=8):
    people = draw(st.integers(0, most))
    pairs = [(a, b) for b in range(people) for a in range(b)]
    chosen = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    weights = st.integers(-2, 2**41) | st.integers(1, 3)
    return people, {edge: draw(weights) for edge in sorted(chosen)}


def best(people, weights):
    """By trying everything."""
    if not people:
        return 0
    one, *others = people
    return max(
        best(others, weights),
        *(
            weights[one, other] + best([p for p in others if p != other], weights)
            for other in others
            if (one, other) in weights
        ),
        0,
    )


def solve(people, weights):
    ends = np.array([*weights], np.int64).reshape(-1, 2).T
    return pair(people, *ends, np.array([*weights.values()], np.int64)), ends


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_no_pairing_is_worth_more(graph):
    people, weights = graph

    found, _ = solve(people, weights)

    assert found.value == best(range(people), weights)
    assert found.is_optimal
    assert found.value <= found.bound


@settings(max_examples=100, deadline=None)
@given(graphs(most=14))
def test_nobody_is_in_two_pairs_and_the_value_is_their_weight(graph):
    people, weights = graph

    found, ends = solve(people, weights)

    met = ends[:, found.edges].ravel()
    assert len(met) == len(set(met.tolist()))
    assert found.value == sum([*weights.values()][edge] for edge in found.edges)
    assert found.value <= found.bound


def test_where_the_exact_way_is_too_long_the_bound_still_holds(monkeypatch):
    monkeypatch.setattr(pairing, "EXACT", 0)
    seven = {(a, b): 2**40 for b in range(7) for a in range(b)}  # K7: 3 of 3.5

    found, _ = solve(7, seven)

    assert found.value <= 3 * 2**40 <= found.bound <= 3.5 * 2**40


def test_of_a_large_sparse_graph_the_gap_is_small(monkeypatch):
    monkeypatch.setattr(pairing, "EXACT", 0)
    monkeypatch.setattr(pairing, "DENSE", 0)
    random = np.random.default_rng(0)
    ends = np.unique(np.sort(random.integers(0, 1000, (12_000, 2))), axis=0)
    first, second = ends[ends[:, 0] < ends[:, 1]].T

    found = pair(1000, first, second, random.integers(1, 2**40, len(first)))

    assert found.value >= 0.99 * found.bound
