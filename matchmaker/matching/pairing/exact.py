"""The best choice of edges there is, by blossoms on the few edges that matter.

An edge's slack is the least by which a choice that uses it, or not, falls below the
bound. Once some choice is known to lie G below it, edges with a slack above G are in no
better choice and those with one below -G are in every better one. So the exact
algorithm (Edmonds' blossoms, Galil's O(n³), in rustworkx) sees few edges.
"""

from collections import Counter

import numpy as np
import rustworkx

from matchmaker.matching.arrays import Ints
from matchmaker.matching.pairing.graph import Graph, Prices, bound, slacks
from matchmaker.matching.pairing.relaxation import prices

# Up to so many slots the relaxation is solved as a full matrix where that is what the
# graph is anyway (72 MB, under two seconds).
_DENSE_SLOTS = 3000

# For each person: at first, and more later.
_TIGHT_AT_FIRST = 6
_EDGES_AT_ONCE = 16


def solve(graph: Graph, most: int | None = None) -> tuple[Ints, int, bool]:
    """Sorted positions of the edges, the bound, and whether nothing is better.

    Where more than `most` edges matter, the best on those of least slack.
    """
    slots = int(graph.capacities.sum())
    is_dense = slots <= _DENSE_SLOTS and 4 * len(graph.weights) >= slots * slots
    asked = prices(graph, exactly=is_dense)
    slack = slacks(graph, asked)
    at_most = bound(graph, asked, slack)

    # At random among equals: the first few of a great many are then everybody's.
    shuffled = np.random.default_rng(0).permutation(len(slack))
    order = shuffled[np.argsort(slack[shuffled], kind="stable")]
    people = int(np.count_nonzero(graph.capacities))
    most = len(order) if most is None else most
    tight = int(np.searchsorted(slack[order], 0, side="right"))
    near = min(max(tight, 3 * people // 2), _TIGHT_AT_FIRST * people)
    sure = order[:0]
    gated = set(np.flatnonzero(slack < 0).tolist())
    while True:
        near = min(near, most)
        chosen = _with_sure(graph, np.setdiff1d(order[:near], sure), sure, gated)
        missing = at_most - int(graph.weights[chosen].sum())
        # Doubled like the slack; the bound itself was rounded down by half, hence the 1.
        gap = 2 * missing + 1
        matter = int(np.searchsorted(slack[order], gap, side="right"))
        # No better choice has an edge that was not looked at.
        if matter <= near or not missing:
            return chosen, at_most, True
        if near >= most:
            return chosen, at_most, False
        sure = _sure(graph, asked, slack, order[:matter], gap)
        # Not all at a time: a better choice often makes most of the rest moot.
        near = min(matter, max(8 * near, _EDGES_AT_ONCE * people))


def _sure(graph: Graph, prices: Prices, slack: Ints, matter: Ints, gap: int) -> Ints:
    """The edges without which every choice falls more than the gap below the bound.

    Without an edge each of its ends leaves a slot free, or uses another edge in its
    stead: at least the one of b-th least slack of those that are left.
    """
    ends = np.concatenate([graph.first[matter], graph.second[matter]])
    loss = np.tile(np.maximum(slack[matter], 0), 2)
    order = np.lexsort([loss, ends])
    begins = np.searchsorted(ends[order], np.arange(graph.people + 1))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order)) - begins[ends[order]]
    size = graph.capacities[ends]
    instead = begins[ends] + np.where(rank < size, size, size - 1)
    found = instead < begins[ends + 1]
    least = np.full(len(ends), gap + 1)
    least[found] = loss[order][instead[found]]
    least = np.minimum(least, prices.slots[ends])
    one, other = least.reshape(2, -1)
    sure: Ints = matter[one + other + np.maximum(-slack[matter], 0) > gap]
    return sure


def _with_sure(graph: Graph, edges: Ints, sure: Ints, gated: set[int]) -> Ints:
    """The best choice among these edges together with those that are surely in it."""
    used = np.bincount(
        np.concatenate([graph.first[sure], graph.second[sure]]),
        minlength=graph.people,
    )
    mentors = graph.mentors[sure]
    taught = np.bincount(mentors[mentors >= 0], minlength=graph.people)
    rest = graph.only(edges)
    rest = Graph(
        graph.capacities - used,
        rest.first,
        rest.second,
        rest.weights,
        rest.mentors,
        graph.places - taught,
    )
    found = _blossoms(rest, edges, gated)
    return np.sort(np.concatenate([sure, edges[found]]))


def _blossoms(graph: Graph, names: Ints, gated: set[int]) -> Ints:
    """The exact solution: a matching of slots.

    An edge between two people with several slots each could be in two pairs of slots at
    once. Where that happens it gets a gate: two nodes of its own between the slots,
    joined by an edge so heavy that the three of them count for nothing or for the edge
    once (Schrijver, Combinatorial Optimization, ch. 32). `gated` are the names of the
    edges that have needed one, and grows.
    """
    rooms, other_rooms = graph.rooms
    begins = np.concatenate([[0], np.cumsum(graph.capacities)]).tolist()
    heavy = 2 * int(graph.weights.max(initial=0))
    edges = list(
        zip(
            names.tolist(),
            graph.first.tolist(),
            graph.second.tolist(),
            rooms.tolist(),
            other_rooms.tolist(),
            graph.weights.tolist(),
            strict=True,
        )
    )
    while True:
        nodes = begins[-1]
        links: list[tuple[int, int, int]] = []
        named: dict[tuple[int, int], int] = {}
        for k, (name, one, other, room, other_room, weight) in enumerate(edges):
            here = range(begins[one], begins[one] + room)
            there = range(begins[other], begins[other] + other_room)
            if room > 1 < other_room and name in gated:
                gate, nodes = nodes, nodes + 2
                links += [(a, gate, heavy + weight) for a in here]
                links += [(a, gate + 1, heavy + weight) for a in there]
                links.append((gate, gate + 1, 2 * heavy))
                named |= {(a, gate): k for a in here}
            else:
                links += [(a, b, 2 * weight) for a in here for b in there]
                named |= {(min(a, b), max(a, b)): k for a in here for b in there}
        matched = _heaviest(nodes, links)
        used = Counter(named[link] for link in matched if link in named)
        twice = {int(names[k]) for k, times in used.items() if times > 1}
        if not twice:
            return np.array(sorted(used), np.int64)
        gated |= twice


def _heaviest(nodes: int, links: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from(links)
    matched = rustworkx.max_weight_matching(graph, weight_fn=int)
    return [(min(link), max(link)) for link in matched]
