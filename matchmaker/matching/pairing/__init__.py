"""Introductions of the greatest total weight, with a certified bound.

Peers and mentors are paired in one optimisation: a maximum-weight b-matching, in which
an edge may take one of its mentor's places. Weights are integers, so that sums are
exact and the certificate is a matter of counting.

The linear relaxation gives each person's slots a price; for *any* prices a bound
follows (weak duality, see `graph.bound`). Of the edges only those matter whose slack, the
loss against the bound that comes with them, is within what is still missing (`exact`).
Of more people than a round has (`groups.MOST`), or with many introductions each, only
the edges of least slack are looked at, as a rule with a wider gap.
"""

from dataclasses import dataclass

import numpy as np

from matchmaker.matching.arrays import Ints
from matchmaker.matching.pairing import exact
from matchmaker.matching.pairing.graph import Graph

__all__ = ["EXACT", "Pairing", "pair"]

# Up to so many people, with so many introductions beyond the first of each, the pairing
# is exact. Identical slots are what takes Edmonds' algorithm long.
EXACT = 1500
_EXTRA = 500
_EDGES_EACH = 2

_LARGEST = 2**61  # what prices may add up to, doubled and capacities counted


@dataclass(frozen=True)
class Pairing:
    """`edges` are positions among those given, in order; `value` is what they weigh.

    No choice of edges weighs more than `bound`, whoever made it: that follows from the
    prices alone. Where `is_optimal`, none weighs more than `value` either, proved in
    whole numbers; that the bound lies above it then is the price of odd circles, in
    which one stays alone (of seven people who all suit each other equally it is 7 to 6).
    """

    edges: Ints
    value: int
    bound: int
    is_optimal: bool


def pair(
    capacities: Ints | int,
    first: Ints,
    second: Ints,
    weights: Ints,
    mentors: Ints | None = None,
    places: Ints | None = None,
) -> Pairing:
    """Choose the edges first[k], second[k] of greatest total weight.

    `capacities` (people,) says how many introductions each may have, ≥ 0; an int, that
    so many people may have one each. `first`, `second` and `weights` are (edges,).
    Edges are distinct pairs of two people and used once at most; those of weight 0 or
    less are not used. Weights are whole, 2**40 to a value of 1 in the engine; of fewer
    than 3,000 people their total must stay below 2**53, for the solver's sake.

    `mentors` (edges,) names who would mentor in an edge, one of its two ends, or is -1;
    `places` (people,) how many introductions each may have as a mentor, ≥ 0. The two
    are given together or not at all.

    The value of an exact result depends neither on the order of the edges nor on the
    numbers of the people. The same arguments give the same result.

    Raises ValueError for what the above excludes, but does not look for the same pair
    given twice; and where capacities times weights are beyond exact arithmetic.

    The problem: Schrijver, Combinatorial Optimization (2003), chapters 26 to 33.
    """
    graph = _checked(capacities, first, second, weights, mentors, places)
    useful = (
        (graph.weights > 0)
        & (graph.capacities > 0)[graph.first]
        & (graph.capacities > 0)[graph.second]
        & ((graph.mentors < 0) | (graph.places > 0)[graph.mentors])
    )
    names = None if useful.all() else np.flatnonzero(useful)
    if names is not None:
        graph = graph.only(names)
    if not len(graph.weights):
        return Pairing(np.empty(0, np.int64), 0, 0, is_optimal=True)
    graph = graph.trimmed()

    with_edges = int(np.count_nonzero(graph.capacities))
    extra = int(graph.capacities.sum()) - with_edges
    if with_edges <= EXACT and extra <= _EXTRA:
        chosen, bound, is_optimal = exact.solve(graph)
    else:
        chosen, bound, is_optimal = exact.solve(graph, _EDGES_EACH * with_edges)
    value = int(graph.weights[chosen].sum())
    edges = chosen if names is None else names[chosen]
    return Pairing(edges, value, bound, is_optimal or value == bound)


def _checked(
    capacities: Ints | int,
    first: Ints,
    second: Ints,
    weights: Ints,
    mentors: Ints | None,
    places: Ints | None,
) -> Graph:
    if isinstance(capacities, int):
        capacities = np.ones(capacities, np.int64)
    if (mentors is None) != (places is None):
        raise ValueError("Mentors and places go together.")
    if mentors is None or places is None:
        mentors, places = np.full(len(first), -1), capacities
    # What is as it should be is not copied; loops are compiled for one kind of array.
    capacities, first, second, weights, mentors, places = (
        np.ascontiguousarray(numbers, np.int64)
        for numbers in (capacities, first, second, weights, mentors, places)
    )
    people = len(capacities)
    if not len(first) == len(second) == len(weights) == len(mentors):
        raise ValueError("first, second, weights and mentors differ in length.")
    if len(places) != people:
        raise ValueError("There must be one number of places for each person.")
    if (capacities < 0).any() or (places < 0).any():
        raise ValueError("Capacities and places must not be negative.")
    if len(first) and not (
        min(first.min(), second.min()) >= 0
        and max(first.max(), second.max()) < people
        and (first != second).all()
    ):
        raise ValueError("An edge must join two different people of those there are.")
    if not ((mentors == first) | (mentors == second) | (mentors == -1)).all():
        raise ValueError("A mentor must be one of the two people of the edge.")
    graph = Graph(capacities, first, second, weights, mentors, places)
    if int(graph.capacities.sum()) * int(weights.max(initial=0)) > _LARGEST:
        raise ValueError("The weights are too large to be added up exactly.")
    return graph
