"""From shares of 0, 1/2 and 1 to whole edges: half-edges are rounded as well as can be.

What is held both ways is an edge. What is held one way only makes paths and circles
from slot to slot (Balinski 1965: the relaxation of matching is half-integral), of
which the heaviest set of edges that do not touch is found by going along once.
"""

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.arrays import Ints
from matchmaker.matching.pairing.adjacency import (
    LEARNS,
    TEACHES,
    Adjacency,
    Ranks,
    Roles,
    Shares,
)
from matchmaker.matching.pairing.compiled import compiled

Flags = NDArray[np.bool_]


def rounded(near: Adjacency, bought: Ints, sold: Ints) -> Ints:
    """For each slot the arc that its person uses, -1 for none; both ends use an edge.

    Takes what `auction` returns; capacities and places are kept.
    """
    mates = np.full(len(bought), -1)
    _round(
        near.begins,
        near.others,
        near.shares,
        near.roles,
        near.slots,
        bought,
        sold,
        mates,
    )
    return mates


@compiled
def arc_between(begins: Ints, others: Ranks, u: int, v: int) -> int:
    for arc in range(begins[u], begins[u + 1]):
        if others[arc] == v:
            return arc
    return -1


@compiled
def use(
    begins: Ints, others: Ranks, slots: Ints, mates: Ints, u: int, arc: int
) -> None:
    """Put the edge of u's arc into a free slot of either end."""
    v = others[arc]
    for slot in range(slots[u], slots[u + 1]):
        if mates[slot] < 0:
            mates[slot] = arc
            break
    back = arc_between(begins, others, v, u)
    for slot in range(slots[v], slots[v + 1]):
        if mates[slot] < 0:
            mates[slot] = back
            break


@compiled
def _best_of_line(worth: Shares, first: int, last: int, taken: Flags) -> float:
    """Of worth[first : last], those that weigh most with no two in a row."""
    before, now = 0.0, 0.0
    for k in range(first, last):
        taken[k] = before + worth[k] > now
        before, now = now, max(now, before + worth[k])
    k = last - 1
    while k >= first:
        if taken[k]:
            if k > first:
                taken[k - 1] = False
            k -= 2
        else:
            k -= 1
    return now


@compiled
def _sides(  # noqa: C901 - two loops of one kind
    begins: Ints,
    others: Ranks,
    roles: Roles,
    slots: Ints,
    bought: Ints,
    sold: Ints,
    mates: Ints,
) -> tuple[Ints, Ints]:
    """Use the whole edges. Of the half-edges, which arc leaves each slot, and from which
    slot one comes into it; -1 for none.

    Those in which one mentors go first into one's slots, either way, so that two of them
    share a slot and, one of the two at most being taken, the places suffice.
    """
    out, into = np.full(len(bought), -1), np.full(len(bought), -1)
    for u in range(len(slots) - 1):
        at = slots[u]
        for peers in range(2):
            for slot in range(slots[u], slots[u + 1]):
                arc = bought[slot]
                if arc < 0 or (roles[arc] != TEACHES) != (peers == 1):
                    continue
                v = others[arc]
                whole = False
                for other in range(slots[v], slots[v + 1]):
                    if bought[other] >= 0 and others[bought[other]] == u:
                        whole = True
                if not whole:
                    out[at] = arc
                    at += 1
                elif u < v:
                    use(begins, others, slots, mates, u, arc)
    for v in range(len(slots) - 1):
        at = slots[v]
        for peers in range(2):
            for slot in range(slots[v], slots[v + 1]):
                arc = sold[slot]
                if arc < 0 or (roles[arc] != LEARNS) != (peers == 1):
                    continue
                u = np.searchsorted(begins, arc, side="right") - 1
                for other in range(slots[u], slots[u + 1]):
                    if out[other] == arc:
                        into[at] = other
                        at += 1
    return out, into


@compiled
def _round(  # noqa: C901 - along each line once
    begins: Ints,
    others: Ranks,
    shares: Shares,
    roles: Roles,
    slots: Ints,
    bought: Ints,
    sold: Ints,
    mates: Ints,
) -> None:
    out, into = _sides(begins, others, roles, slots, bought, sold, mates)
    people = len(slots) - 1
    follows = np.full(len(bought), -1)
    owner = np.empty(len(bought), np.int32)
    for v in range(people):
        for slot in range(slots[v], slots[v + 1]):
            owner[slot] = v
            if into[slot] >= 0:
                follows[into[slot]] = slot

    line = np.empty(len(bought) + 1, np.int64)
    worth = np.empty(len(bought) + 1, np.float32)
    taken = np.empty(len(bought) + 1, np.bool_)
    done = np.zeros(len(bought), np.bool_)
    for circles in range(2):
        for start in range(len(bought)):
            if done[start] or out[start] < 0 or (into[start] >= 0 and not circles):
                continue
            length, slot = 0, start
            while slot >= 0 and not done[slot]:
                done[slot] = True
                if out[slot] >= 0:
                    line[length] = slot
                    worth[length] = shares[out[slot]]
                    length += 1
                slot = follows[slot]
            if circles:
                # Without the first edge, or with it and neither of its neighbours.
                without = _best_of_line(worth, 1, length, taken)
                if worth[0] + _best_of_line(worth, 2, length - 1, taken) > without:
                    taken[0], taken[1], taken[length - 1] = True, False, False
                else:
                    _best_of_line(worth, 1, length, taken)
                    taken[0] = False
            else:
                _best_of_line(worth, 0, length, taken)
            for k in range(length):
                if taken[k]:
                    slot = line[k]
                    use(begins, others, slots, mates, owner[slot], out[slot])
