"""A graph as everybody's list of arcs, for the loops over large graphs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.arrays import Ints
from matchmaker.matching.pairing.compiled import compiled
from matchmaker.matching.pairing.graph import Graph

# What an arc means to the person it belongs to.
PEER, TEACHES, LEARNS = 0, 1, 2

Shares = NDArray[np.float32]
Ranks = NDArray[np.int32]
Roles = NDArray[np.int8]


@dataclass(frozen=True)
class Adjacency:
    """Person u's arcs are begins[u] … begins[u + 1] - 1, in no order that matters.

    `others` are at their far ends, `shares` their weights as a share of the greatest
    and `roles` what u would be, PEER also where the mentor's places are no limit. The
    slots of u are slots[u] … slots[u + 1] - 1; `places` of them are for mentoring.
    """

    begins: Ints  # (people + 1,)
    others: Ranks  # (2 * edges,)
    shares: Shares  # (2 * edges,)
    roles: Roles  # (2 * edges,)
    slots: Ints  # (people + 1,)
    places: Ints  # (people,)


def adjacency(graph: Graph) -> Adjacency:
    """The same graph; its weights are positive, and its places `trimmed`."""
    degrees = np.bincount(graph.first, minlength=graph.people)
    degrees += np.bincount(graph.second, minlength=graph.people)
    begins = np.concatenate([[0], np.cumsum(degrees)])
    others = np.empty(begins[-1], np.int32)
    shares = np.empty(begins[-1], np.float32)
    roles = np.zeros(begins[-1], np.int8)
    _fill(
        begins[:-1].copy(),
        graph.first,
        graph.second,
        graph.weights,
        graph.mentors,
        1 / graph.weights.max(),
        others,
        shares,
        roles,
    )
    slots = np.concatenate([[0], np.cumsum(graph.capacities)])
    return Adjacency(begins, others, shares, roles, slots, graph.places)


@compiled
def _fill(
    at: Ints,
    first: Ints,
    second: Ints,
    weights: Ints,
    mentors: Ints,
    scale: float,
    others: Ranks,
    shares: Shares,
    roles: Roles,
) -> None:
    for k in range(len(first)):
        for end in range(2):
            one, other = first[k], second[k]
            if end:
                one, other = other, one
            others[at[one]] = other
            shares[at[one]] = weights[k] * scale
            if mentors[k] >= 0:
                roles[at[one]] = TEACHES if mentors[k] == one else LEARNS
            at[one] += 1
