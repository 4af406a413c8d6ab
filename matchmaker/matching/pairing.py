"""Pairs of the greatest total weight, nobody in two, with a certified bound.

Weights are integers, so sums are exact and the certificate is a matter of counting.

The linear relaxation of matching (each person's shares add up to at most one) is half
of an assignment problem on two copies of everybody, with 0 for staying alone. Its dual
gives each person a price y ≥ 0; for *any* such prices, Σy + Σ max(0, w - y_u - y_v) is
an upper bound on every matching (weak duality). An edge's slack y_u + y_v - w is the
least that a matching which uses it falls below the bound: once some matching is known
to lie G below, edges with a slack over G can be in no better one. So the exact
algorithm (Edmonds' blossoms, in rustworkx) sees few edges.
"""

from dataclasses import dataclass

import numpy as np
import rustworkx
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

Ints = NDArray[np.int64]

# Up to so many people the pairing is exact. Of more, it is the best on the edges of
# least slack, so many a person, and the gap that remains is stated.
EXACT = 1500
_EDGES_EACH = 3

# People up to whom the relaxation is solved as a full matrix (72 MB, under a second).
DENSE = 3000

# The sparse solver creeps where weights differ in their last bits only (measured: 700
# people of four kinds, minutes instead of milliseconds), so it is given coarser ones:
# of a value of 2**40, steps of 1/16,384.
_GRAIN = 2**26


@dataclass(frozen=True)
class Pairing:
    """`edges` are positions among those given, in order; `value` is what they weigh.

    No matching weighs more than `bound`, whoever made this one: it follows from the
    prices alone. Where `is_optimal`, none weighs more than `value` either; that the
    bound lies above it then is the price of odd circles, in which one stays alone.
    """

    edges: Ints
    value: int
    bound: int
    is_optimal: bool


def pair(people: int, first: Ints, second: Ints, weights: Ints) -> Pairing:
    """Pair people 0 … people - 1 by the edges first[k], second[k].

    Edges are distinct, first[k] ≠ second[k]; those of weight 0 or less are not used.
    The weight of a path through the graph must stay below 2**53.
    """
    useful = np.flatnonzero(weights > 0)
    if not len(useful):
        return Pairing(useful, 0, 0, is_optimal=True)
    first, second, weights = first[useful], second[useful], weights[useful]
    prices = _prices(people, first, second, weights)  # doubled, to stay whole
    slack = prices[first] + prices[second] - 2 * weights
    bound = int(prices.sum() + np.maximum(0, -slack).sum()) // 2

    order = np.argsort(slack, kind="stable")
    most = len(order) if people <= EXACT else _EDGES_EACH * people
    near = int(np.searchsorted(slack[order], 0, side="right"))
    while True:
        near = min(near, most)
        chosen = _exact(order[:near], first, second, weights)
        value = int(weights[chosen].sum())
        matter = int(np.searchsorted(slack[order], 2 * (bound - value), side="right"))
        if matter <= near:  # no better matching has an edge that was not looked at
            return Pairing(useful[chosen], value, bound, is_optimal=True)
        if near >= most:
            return Pairing(useful[chosen], value, bound, is_optimal=False)
        # Some more at a time: a better matching often makes most of the rest moot.
        near = min(matter, max(2 * near, _EDGES_EACH * people))


def _exact(edges: Ints, first: Ints, second: Ints, weights: Ints) -> Ints:
    """The matching of greatest weight among these edges, as sorted positions."""
    edges = np.sort(edges)
    names, ends = np.unique([first[edges], second[edges]], return_inverse=True)
    links = np.sort(ends.reshape(2, -1), axis=0).T.tolist()
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(len(names)))
    graph.add_edges_from(
        [
            (*link, weight)
            for link, weight in zip(links, weights[edges].tolist(), strict=True)
        ]
    )
    matched = rustworkx.max_weight_matching(graph, weight_fn=int)
    at = {tuple(link): edge for link, edge in zip(links, edges.tolist(), strict=True)}
    return np.array(sorted(at[min(m), max(m)] for m in matched), np.int64)


def _prices(people: int, first: Ints, second: Ints, weights: Ints) -> Ints:
    """Twice the optimal prices of the relaxation, whole and not negative, (people,).

    Of more than `DENSE` people, those of the weights rounded up to `_GRAIN`.
    """
    if people > DENSE:
        weights = -(-weights // _GRAIN) * _GRAIN
    alone = np.arange(people)
    rows = np.concatenate([first, second, alone])
    columns = np.concatenate([second, first, alone])
    worth = np.concatenate([weights, weights, np.zeros(people, np.int64)])
    if people > DENSE:
        partner = _assign_sparse(people, rows, columns, worth)
    else:
        partner = _assign_dense(people, rows, columns, worth)

    # Prices of the right copies: the longest way to each through the assignment.
    order = np.argsort(columns, kind="stable")
    rows, columns, worth = rows[order], columns[order], worth[order]
    begins = np.searchsorted(columns, alone)
    assigned = np.zeros(people, np.int64)
    taken = columns == partner[rows]
    assigned[rows[taken]] = worth[taken]
    right = np.zeros(people, np.int64)
    for _ in range(people):  # a longest way visits nobody twice
        offers = right[partner[rows]] + worth - assigned[rows]
        best = np.maximum(right, np.maximum.reduceat(offers, begins))
        if (best == right).all():
            break
        right = best
    left = assigned - right[partner]
    prices: Ints = np.maximum(left + right, 0)
    return prices


def _assign_dense(people: int, rows: Ints, columns: Ints, worth: Ints) -> Ints:
    matrix = np.full((people, people), -np.inf)
    matrix[rows, columns] = worth
    partner: Ints = linear_sum_assignment(matrix, maximize=True)[1]
    return partner


def _assign_sparse(people: int, rows: Ints, columns: Ints, worth: Ints) -> Ints:
    # Sparse matrices drop zeros, so everything is raised by one and the same amount;
    # every full assignment has as many entries, so that favours none.
    raised = sparse.csr_array(
        (worth // _GRAIN + 1.0, (rows, columns)), shape=(people,) * 2
    )
    partner: Ints = min_weight_full_bipartite_matching(raised, maximize=True)[1]
    return partner
