"""Prices from the linear relaxation, solved by scipy as an assignment.

The relaxation of matching (each slot's shares add up to at most one) is half of an
assignment problem between two copies of all the slots, its double cover, with 0 for
staying alone (Nemhauser & Trotter 1975; Schrijver, Combinatorial Optimization, ch. 30).
Its dual gives each slot a price.
"""

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from matchmaker.matching.arrays import Ints
from matchmaker.matching.pairing.graph import Graph, Prices

# The sparse solver creeps where weights differ in their last bits only (measured: 700
# people of four kinds, minutes instead of milliseconds), so it is given so many bits.
_BITS = 20


def prices(graph: Graph, exactly: bool) -> Prices:
    """Optimal prices of the relaxation, in which two people may meet in several slots.

    Exactly, over a full matrix (slots × slots); or, much faster where the graph is
    sparse, of the weights rounded up to one part in 2**20 of the greatest.
    """
    begins = np.concatenate([[0], np.cumsum(graph.capacities)])
    slots = int(begins[-1])
    grain = 1 if exactly else max(1, int(graph.weights.max()) >> _BITS)
    nodes, rows, columns, worth = _double_cover(graph, begins, grain)
    assign = _assign_dense if exactly else _assign_sparse
    partner = assign(nodes, rows, columns, worth)
    each = grain * _both_copies(partner, rows, columns, worth)[:slots]

    # Slots that the same edges fit may as well cost the same: what they cost on average.
    # Those that fewer edges fit cost no more.
    owner = np.repeat(np.arange(graph.people), graph.capacities)
    lessons = np.arange(slots) < (begins[:-1] + graph.places)[owner]
    dear = _mean_up(owner[lessons], each[lessons], graph.people)
    cheap = _mean_up(owner[~lessons], each[~lessons], graph.people)
    limited = graph.places < graph.capacities
    return Prices(
        np.where(limited, cheap, dear),
        np.where(limited, np.maximum(dear - cheap, 0), 0),
    )


def _mean_up(owner: Ints, each: Ints, people: int) -> Ints:
    total, size = np.zeros(people, np.int64), np.zeros(people, np.int64)
    np.add.at(total, owner, each)
    np.add.at(size, owner, 1)
    return -(-total // np.maximum(size, 1))


def _double_cover(
    graph: Graph, begins: Ints, grain: int
) -> tuple[int, Ints, Ints, Ints]:
    """Nodes of either side, and the rows, columns and worth of what may be assigned.

    An edge between two people with several slots each could be in two pairs of slots at
    once. It goes through a gate of its own, which is assigned to itself or, once, to
    either end.
    """
    rooms, other_rooms = graph.rooms
    weights = -(-graph.weights // grain)
    gated = np.minimum(rooms, other_rooms) > 1
    direct = np.flatnonzero(~gated)
    times = rooms[direct] * other_rooms[direct]
    edge = np.repeat(direct, times)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(times) - times, times)
    one = begins[graph.first[edge]] + nth // other_rooms[edge]
    other = begins[graph.second[edge]] + nth % other_rooms[edge]

    slots = int(begins[-1])
    edges = np.flatnonzero(gated)
    gates = slots + np.arange(2 * len(edges))
    sources = np.concatenate([graph.first[edges], graph.second[edges]])
    targets = np.concatenate([graph.second[edges], graph.first[edges]])
    out = np.concatenate([rooms[edges], other_rooms[edges]])
    into = np.concatenate([other_rooms[edges], rooms[edges]])
    leave = np.repeat(begins[sources] - np.cumsum(out) + out, out) + np.arange(
        out.sum()
    )
    enter = np.repeat(begins[targets] - np.cumsum(into) + into, into)
    enter = enter + np.arange(into.sum())

    nodes = slots + len(gates)
    alone = np.arange(nodes)
    rows = np.concatenate([one, other, leave, np.repeat(gates, into), alone])
    columns = np.concatenate([other, one, np.repeat(gates, out), enter, alone])
    worth = np.zeros(len(rows), np.int64)
    worth[: 2 * len(edge)] = np.tile(weights[edge], 2)
    worth[2 * len(edge) :][: len(leave)] = np.repeat(np.tile(weights[edges], 2), out)
    return nodes, rows, columns, worth


def _both_copies(partner: Ints, rows: Ints, columns: Ints, worth: Ints) -> Ints:
    """The sum of the prices of a slot's two copies, given the best assignment."""
    # Prices of the right copies: the longest way to each through the assignment.
    slots = len(partner)
    order = np.argsort(columns, kind="stable")
    rows, columns, worth = rows[order], columns[order], worth[order]
    begins = np.searchsorted(columns, np.arange(slots))
    assigned = np.zeros(slots, np.int64)
    taken = columns == partner[rows]
    assigned[rows[taken]] = worth[taken]
    sources, more = partner[rows], worth - assigned[rows]
    right = np.zeros(slots, np.int64)
    for _ in range(slots):  # a longest way visits nobody twice
        best = np.maximum(right, np.maximum.reduceat(right[sources] + more, begins))
        if (best == right).all():
            break
        right = best
    left = assigned - right[partner]
    prices: Ints = np.maximum(left + right, 0)
    return prices


def _assign_dense(slots: int, rows: Ints, columns: Ints, worth: Ints) -> Ints:
    matrix = np.full((slots, slots), -np.inf)
    matrix[rows, columns] = worth
    partner: Ints = linear_sum_assignment(matrix, maximize=True)[1]
    return partner


def _assign_sparse(slots: int, rows: Ints, columns: Ints, worth: Ints) -> Ints:
    # Sparse matrices drop zeros, so everything is raised by one and the same amount;
    # every full assignment has as many entries, so that favours none.
    raised = sparse.csr_array((worth + 1.0, (rows, columns)), shape=(slots, slots))
    partner: Ints = min_weight_full_bipartite_matching(raised, maximize=True)[1]
    return partner
