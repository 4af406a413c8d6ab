"""Many people: the relaxation by auction, rounded, improved, and certified."""

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.arrays import Ints
from matchmaker.matching.pairing.adjacency import Ranks, adjacency
from matchmaker.matching.pairing.auction import auction
from matchmaker.matching.pairing.augmenting_paths import augment
from matchmaker.matching.pairing.compiled import compiled
from matchmaker.matching.pairing.dual_descent import descend
from matchmaker.matching.pairing.graph import Graph
from matchmaker.matching.pairing.rounding import rounded

# The auction's step, as a share of the greatest weight: so much for 100,000 people, and
# in proportion to the root of their number. Half as large, half the gap, but up to twice
# the time.
_STEP = 0.003
_PEOPLE = 100_000
_LEAST_STEP = 0.001


def solve(graph: Graph) -> tuple[Ints, int]:
    """Sorted positions of the edges chosen, and the bound. Needs numba."""
    near = adjacency(graph)
    step = max(_LEAST_STEP, _STEP * (graph.people / _PEOPLE) ** 0.5)
    bought, sold, price, teaching = auction(near, step)
    mates = rounded(near, bought, sold)
    price, extra = descend(near, price, teaching)
    augment(near, mates, price, extra)

    doubled = 2 * float(graph.weights.max())
    asked = np.round(price * doubled).astype(np.int64)
    teaching_asked = np.round(extra * doubled).astype(np.int64)
    ends = graph.first, graph.second
    over = _excess(*ends, graph.weights, graph.mentors, asked, teaching_asked)
    limits = int(graph.capacities @ asked) + int(graph.places @ teaching_asked)
    chosen = np.flatnonzero(_chosen(*ends, near.slots, near.others, mates))
    return chosen, (limits + over) // 2


@compiled
def _excess(
    first: Ints, second: Ints, weights: Ints, mentors: Ints, price: Ints, extra: Ints
) -> int:
    """Σ max(0, w - y_u - y_v - z_mentor), doubled."""
    total = 0
    for k in range(len(first)):
        over = 2 * weights[k] - price[first[k]] - price[second[k]]
        if mentors[k] >= 0:
            over -= extra[mentors[k]]
        total += max(over, 0)
    return total


@compiled
def _chosen(
    first: Ints, second: Ints, slots: Ints, others: Ranks, mates: Ints
) -> NDArray[np.bool_]:
    chosen = np.zeros(len(first), np.bool_)
    for k in range(len(first)):
        for slot in range(slots[first[k]], slots[first[k] + 1]):
            if mates[slot] >= 0 and others[mates[slot]] == second[k]:
                chosen[k] = True
    return chosen
