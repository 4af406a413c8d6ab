"""What is to be paired: who may meet whom, how often, and what bounds it from above."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matchmaker.matching.arrays import Ints


@dataclass(frozen=True)
class Graph:
    """Edges first[k], second[k] of positive weights[k] between people 0 … n - 1.

    Of the capacities[u] ≥ 0 introductions that u may have, at most places[u] are ones
    in which mentors[k] == u (-1: nobody's place is taken). Once `trimmed`, no places
    exceed the capacity. An edge is used once at most.
    """

    capacities: Ints
    first: Ints
    second: Ints
    weights: Ints
    mentors: Ints
    places: Ints

    @property
    def people(self) -> int:
        return len(self.capacities)

    @cached_property
    def rooms(self) -> tuple[Ints, Ints]:
        """How many of the first's, and of the second's, introductions an edge could be.

        Think of a person as so many slots in a row; mentoring goes into the first
        `places` of them, everything else into any. No two choices of edges that fit the
        slots differ from those that keep to capacities and places: a laminar pair of
        limits is a matter of slots.
        """
        room = np.minimum(self.places, self.capacities)
        one, other = (
            np.where(self.mentors == ends, room[ends], self.capacities[ends])
            for ends in (self.first, self.second)
        )
        return one, other

    def only(self, edges: Ints) -> "Graph":
        """The same people, and of the edges those at these positions, in this order."""
        return Graph(
            self.capacities,
            self.first[edges],
            self.second[edges],
            self.weights[edges],
            self.mentors[edges],
            self.places,
        )

    def trimmed(self) -> "Graph":
        """The same, without capacities and places that its edges cannot use."""
        degrees = np.bincount(self.first, minlength=self.people)
        degrees += np.bincount(self.second, minlength=self.people)
        capacities = np.minimum(self.capacities, degrees)
        limited = (self.places < capacities)[self.mentors] & (self.mentors >= 0)
        return Graph(
            capacities,
            self.first,
            self.second,
            self.weights,
            np.where(limited, self.mentors, -1),
            np.minimum(self.places, capacities),
        )


@dataclass(frozen=True)
class Prices:
    """What a slot costs, doubled to stay whole, all ≥ 0: (people,) each.

    `slots` is the price of any slot and `mentoring` what one that mentoring may use costs
    on top of it (0 where the places are no limit).
    """

    slots: Ints
    mentoring: Ints


def slacks(graph: Graph, prices: Prices) -> Ints:
    """What each edge's two slots cost above its weight, doubled: (edges,).

    A choice of edges that uses edge k with a slack s > 0, or does not use it though
    s < 0, stays at least |s| / 2 below the bound.
    """
    mentored = graph.mentors >= 0
    slack = prices.slots[graph.first] + prices.slots[graph.second] - 2 * graph.weights
    slack[mentored] += prices.mentoring[graph.mentors[mentored]]
    return slack


def bound(graph: Graph, prices: Prices, slack: Ints) -> int:
    """What no choice of edges can weigh more than, whatever the prices (weak duality).

    Σ b·y + Σ p·z + Σ max(0, w - y_u - y_v - z_mentor), with the dual prices y of the
    capacities b and z of the places p.
    """
    limits = graph.capacities @ prices.slots + graph.places @ prices.mentoring
    return int(limits - np.minimum(slack, 0).sum()) // 2
