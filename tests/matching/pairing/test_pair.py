from functools import cache
from itertools import combinations

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from matchmaker.matching import pairing
from matchmaker.matching.pairing import pair

SEVEN = {(a, b): 2**40 for b in range(7) for a in range(b)}


@st.composite
def graphs(draw, most=8, capacity=3):
    people = draw(st.integers(0, most))
    pairs = list(combinations(range(people), 2))
    chosen = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    weights = st.integers(-2, 2**41) | st.integers(1, 3)
    numbers = st.lists(st.integers(0, capacity), min_size=people, max_size=people)
    return {
        "capacities": draw(numbers),
        "weights": {edge: draw(weights) for edge in sorted(chosen)},
        "mentors": [draw(st.sampled_from([*edge, -1])) for edge in sorted(chosen)],
        "places": draw(numbers),
    }


def as_arrays(graph):
    first, second = np.array([*graph["weights"]], np.int64).reshape(-1, 2).T
    return {
        "capacities": np.array(graph["capacities"], np.int64),
        "first": first,
        "second": second,
        "weights": np.array([*graph["weights"].values()], np.int64),
        "mentors": np.array(graph["mentors"], np.int64),
        "places": np.array(graph["places"], np.int64),
    }


def best(graph):
    """By trying everything; what cannot catch up any more is given up."""
    edges = sorted(
        (
            (weight, a, b, mentor)
            for ((a, b), weight), mentor in zip(
                graph["weights"].items(), graph["mentors"], strict=True
            )
            if weight > 0
        ),
        reverse=True,
    )
    room, places = [*graph["capacities"]], [*graph["places"]]
    found = 0

    def look(k, value):
        nonlocal found
        found = max(found, value)
        if k == len(edges):
            return
        uses = min(len(edges) - k, sum(room) // 2)
        if value + sum(weight for weight, *_ in edges[k : k + uses]) <= found:
            return
        weight, a, b, mentor = edges[k]
        if room[a] and room[b] and (mentor < 0 or places[mentor]):
            room[a] -= 1
            room[b] -= 1
            if mentor >= 0:
                places[mentor] -= 1
            look(k + 1, value + weight)
            room[a] += 1
            room[b] += 1
            if mentor >= 0:
                places[mentor] += 1
        look(k + 1, value)

    look(0, 0)
    return found


def assert_allowed(found, capacities, first, second, weights, mentors, places):
    met = np.concatenate([first[found.edges], second[found.edges]])
    taught = mentors[found.edges]
    assert (np.bincount(met, minlength=len(capacities)) <= capacities).all()
    lessons = np.bincount(taught[taught >= 0], minlength=len(places))
    assert (lessons <= places).all()
    assert (np.diff(found.edges) > 0).all()
    assert found.value == sum(weights[found.edges].tolist())
    assert 0 <= found.value <= found.bound
    assert isinstance(found.value, int)
    assert isinstance(found.bound, int)


def community(people, seed=0, capacity=1, each=12):
    """Somebody likes, and is liked; the popular are in many good pairs."""
    random = np.random.default_rng(seed)
    ends = np.unique(np.sort(random.integers(0, people, (people * each, 2))), axis=0)
    first, second = ends[ends[:, 0] < ends[:, 1]].T
    worth = random.random((2, people))
    value = worth[:, first] * worth[::-1, second] + random.random(len(first)) / 2
    return {
        "capacities": random.integers(1, capacity + 1, people),
        "first": first,
        "second": second,
        "weights": np.round(value.min(axis=0) * 2**40).astype(np.int64),
        "mentors": np.where(random.random(len(first)) < 0.5, first, -1),
        "places": random.integers(0, 3, people),
    }


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_no_choice_is_worth_more(graph):
    arrays = as_arrays(graph)

    found = pair(**arrays)

    assert found.value == best(graph)
    assert found.is_optimal
    assert_allowed(found, **arrays)


@settings(max_examples=60, deadline=None)
@given(graphs(most=14))
def test_capacities_and_places_hold(graph):
    arrays = as_arrays(graph)

    assert_allowed(pair(**arrays), **arrays)


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_the_quick_way_keeps_to_the_rules_and_its_bound_holds(graph):
    arrays = as_arrays(graph)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairing, "EXACT", 0)

        found = pair(**arrays)

    optimum = best(graph)
    assert_allowed(found, **arrays)
    assert found.value <= optimum <= found.bound
    assert not found.is_optimal or found.value == optimum


@settings(max_examples=60, deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_neither_order_nor_numbers_matter_to_the_value(graph, chance):
    arrays = as_arrays(graph)
    people, edges = len(arrays["capacities"]), len(arrays["weights"])
    name = np.array(chance.sample(range(people), people), np.int64)
    order = np.array(chance.sample(range(edges), edges), np.int64)
    old = np.argsort(name)
    mentors = arrays["mentors"][order]

    renamed = pair(
        capacities=arrays["capacities"][old],
        first=name[arrays["second"][order]],
        second=name[arrays["first"][order]],
        weights=arrays["weights"][order],
        mentors=np.array([name[m] if m >= 0 else -1 for m in mentors], np.int64),
        places=arrays["places"][old],
    )

    assert renamed.value == pair(**arrays).value


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_raising_a_weight_never_lowers_the_value(graph, data):
    arrays = as_arrays(graph)
    before = pair(**arrays)
    if len(arrays["weights"]):
        k = data.draw(st.integers(0, len(arrays["weights"]) - 1))
        arrays["weights"][k] += data.draw(st.integers(0, 2**40))

    assert pair(**arrays).value >= before.value


def test_networkx_finds_the_same_among_sixty():
    graph = community(60)
    ends = graph["first"], graph["second"]
    theirs = networkx.Graph()
    theirs.add_weighted_edges_from(
        zip(*(array.tolist() for array in (*ends, graph["weights"])), strict=True)
    )
    matched = networkx.max_weight_matching(theirs)

    found = pair(60, *ends, graph["weights"])

    assert found.value == sum(theirs.edges[link]["weight"] for link in matched)


@pytest.mark.parametrize("seed", range(8))
def test_an_integer_programme_finds_the_same_among_many(seed):
    # Small whole weights, so that the solver's tolerances cannot hide a difference.
    graph = community(120, seed, capacity=3, each=6)
    graph["weights"] >>= 30
    first, second, mentors = graph["first"], graph["second"], graph["mentors"]
    edges, taught = np.arange(len(first)), np.flatnonzero(mentors >= 0)
    rows = np.zeros((240, len(edges)))
    rows[first, edges] = rows[second, edges] = 1
    rows[120 + mentors[taught], taught] = 1
    most = np.concatenate([graph["capacities"], graph["places"]])
    solved = milp(
        -graph["weights"],
        constraints=LinearConstraint(rows, ub=most),
        bounds=(0, 1),
        integrality=1,
        options={"mip_rel_gap": 0},
    )

    found = pair(**graph)

    assert found.is_optimal
    assert found.value == round(-solved.fun)
    assert_allowed(found, **graph)


@pytest.mark.parametrize("people", [0, 1, 5])
def test_without_edges_nobody_meets(people):
    nothing = np.empty(0, np.int64)

    found = pair(people, nothing, nothing, nothing)

    assert (found.edges.tolist(), found.value, found.bound) == ([], 0, 0)
    assert found.is_optimal


def test_what_is_worth_nothing_is_not_used():
    found = pair(3, np.array([0, 1]), np.array([1, 2]), np.array([0, -5]))

    assert (found.edges.tolist(), found.value, found.bound) == ([], 0, 0)


def test_of_seven_equals_three_pairs_are_the_best_though_the_bound_is_higher():
    first, second = np.array([*SEVEN]).T

    found = pair(7, first, second, np.full(21, 2**40))

    assert (found.value, found.bound) == (3 * 2**40, 7 * 2**39)
    assert found.is_optimal


def test_two_people_with_two_places_each_still_meet_once():
    once = np.array([0]), np.array([1]), np.array([5])

    assert pair(np.array([2, 2]), *once).value == 5
    assert pair(np.array([2, 2, 1]), *np.array([[0, 0], [1, 2], [9, 1]])).value == 10


def test_a_mentor_without_a_place_left_still_meets_peers():
    first, second = np.array([0, 0, 0]), np.array([1, 2, 3])
    weights, mentors = np.array([9, 8, 1]), np.array([0, 0, -1])

    found = pair(
        np.array([2, 1, 1, 1]), first, second, weights, mentors, np.array([1, 0, 0, 0])
    )

    assert found.edges.tolist() == [0, 2]


def test_ties_everywhere_are_no_trouble():
    first, second = np.triu_indices(700, 1)
    kind = np.random.default_rng(0).integers(0, 4, 700)
    worth = np.add.outer(np.arange(4), np.arange(4)) * 2**38 + 2**38

    found = pair(700, first, second, worth[kind[first], kind[second]])

    assert found.is_optimal
    assert found.value == int(worth.diagonal()[kind].sum()) // 2


def test_the_same_question_has_the_same_answer():
    graph = community(2000, capacity=2)

    one, other = pair(**graph), pair(**graph)

    assert one.edges.tolist() == other.edges.tolist()
    assert one.bound == other.bound


GOOD = {
    "capacities": np.array([1, 1]),
    "first": np.array([0]),
    "second": np.array([1]),
    "weights": np.array([1]),
    "mentors": np.array([0]),
    "places": np.array([1, 1]),
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"capacities": np.array([1, -1])},
        {"places": np.array([1, -1])},
        {"places": np.array([1])},
        {"places": None},
        {"mentors": np.array([2])},
        {"mentors": np.array([-2])},
        {"first": np.array([1])},
        {"first": np.array([-1])},
        {"second": np.array([2])},
        {"weights": np.array([1, 2])},
        {"weights": np.array([2**61])},
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    assert pair(**GOOD).value == 1

    with pytest.raises(ValueError, match=r"\w"):
        pair(**(GOOD | wrong))


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 10), st.integers(0, 2**32))
def test_up_to_ten_people_the_value_is_that_of_the_best_of_all_pairings(n, seed):
    chance = np.random.default_rng(seed)
    first, second = np.triu_indices(n, 1)
    weights = chance.integers(-5, 20, len(first)) * 2**30
    weight = {(a, b): w for a, b, w in zip(first, second, weights, strict=True)}

    @cache
    def best(left):  # the people not yet looked at, as bits
        if not left:
            return 0
        one = left.bit_length() - 1
        rest = left ^ 1 << one
        met = (
            weight[other, one] + best(rest ^ 1 << other)
            for other in range(one)
            if rest >> other & 1
        )
        return max(best(rest), *met, 0)

    found = pair(n, first, second, weights)

    assert found.value == best(2**n - 1)
    assert found.is_optimal
