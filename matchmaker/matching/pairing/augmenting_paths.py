"""Local search: the best alternating path from everybody who has a slot free.

Such a path takes an edge, gives up one at its far end, takes another for whoever lost
it, and so on. In terms of the prices it gains what the start's slot costs, and the
end's, less the slack of what it takes: so the least slack first (Dijkstra), among each
one's few edges of least slack. Whoever is on the path already is not taken again, so
that blossoms are not seen: this improves, it does not prove.
"""

import heapq

import numpy as np

from matchmaker.matching.arrays import Float64Array, Ints
from matchmaker.matching.pairing.adjacency import (
    LEARNS,
    TEACHES,
    Adjacency,
    Ranks,
    Roles,
    Shares,
)
from matchmaker.matching.pairing.compiled import compiled
from matchmaker.matching.pairing.rounding import use

_WIDTH = 6  # edges a person
_SLACK = 0.05  # of the greatest weight
_STEPS = 400  # people looked at from each start: popular ones make trees endless
_LABELS = 4 * _STEPS
_PASSES = 3
_LEAST = 1e-6  # what is gained at least, of the greatest weight


def augment(
    near: Adjacency, mates: Ints, price: Float64Array, extra: Float64Array
) -> None:
    """Improve what `rounded` returns, in place; capacities and places are kept."""
    arcs = near.begins, near.others, near.shares, near.roles
    closest = _closest(*arcs, price, extra)
    for _ in range(_PASSES):
        if not _pass(*arcs, near.slots, near.places, price, extra, closest, mates):
            break


@compiled
def _slack(
    shares: Shares,
    roles: Roles,
    price: Float64Array,
    extra: Float64Array,
    u: int,
    v: int,
    arc: int,
) -> float:
    """What u and v's slots cost above the weight of u's arc to v."""
    slack: float = price[u] + price[v] - shares[arc]
    if roles[arc] == TEACHES:
        slack += extra[u]
    elif roles[arc] == LEARNS:
        slack += extra[v]
    return slack


@compiled
def _closest(
    begins: Ints,
    others: Ranks,
    shares: Shares,
    roles: Roles,
    price: Float64Array,
    extra: Float64Array,
) -> Ints:
    """Of each one's arcs those of least slack, the least first; -1 for none."""
    people = len(price)
    closest = np.full((people, _WIDTH), -1)
    slack = np.empty(_WIDTH)
    for u in range(people):
        slack[:] = _SLACK
        for arc in range(begins[u], begins[u + 1]):
            this = _slack(shares, roles, price, extra, u, others[arc], arc)
            rank = _WIDTH - 1
            if this >= slack[rank]:
                continue
            while rank > 0 and slack[rank - 1] > this:
                slack[rank] = slack[rank - 1]
                closest[u, rank] = closest[u, rank - 1]
                rank -= 1
            slack[rank] = this
            closest[u, rank] = arc
    return closest


@compiled
def _taken(slots: Ints, roles: Roles, mates: Ints, u: int) -> tuple[int, int]:
    """How many of u's slots are taken, and how many of them by mentoring others."""
    taken = lessons = 0
    for slot in range(slots[u], slots[u + 1]):
        if mates[slot] >= 0:
            taken += 1
            if roles[mates[slot]] == TEACHES:
                lessons += 1
    return taken, lessons


@compiled
def _meet(others: Ranks, slots: Ints, mates: Ints, u: int, v: int) -> bool:
    for slot in range(slots[u], slots[u + 1]):
        if mates[slot] >= 0 and others[mates[slot]] == v:
            return True
    return False


@compiled
def _on_path(
    others: Ranks, who: Ints, parent: Ints, through: Ints, label: int, u: int
) -> bool:
    while label >= 0:
        if who[label] == u or (through[label] >= 0 and others[through[label]] == u):
            return True
        label = parent[label]
    return False


@compiled
def _apply(
    begins: Ints,
    others: Ranks,
    slots: Ints,
    mates: Ints,
    who: Ints,
    parent: Ints,
    through: Ints,
    given: Ints,
    end: int,
    last: int,
) -> None:
    label = end
    while parent[label] >= 0:
        v = others[through[label]]
        mates[given[label]] = -1
        for slot in range(slots[who[label]], slots[who[label] + 1]):
            if mates[slot] >= 0 and others[mates[slot]] == v:
                mates[slot] = -1
        label = parent[label]
    if last >= 0:
        use(begins, others, slots, mates, who[end], last)
    label = end
    while parent[label] >= 0:
        use(begins, others, slots, mates, who[parent[label]], through[label])
        label = parent[label]


@compiled
def _pass(  # noqa: C901 - one search, as it is written in the books
    begins: Ints,
    others: Ranks,
    shares: Shares,
    roles: Roles,
    slots: Ints,
    places: Ints,
    price: Float64Array,
    extra: Float64Array,
    closest: Ints,
    mates: Ints,
) -> int:
    people = len(places)
    dearest = price.max()
    seen = np.full(people, -1)  # by which start
    cost = np.empty(people)
    # Who lost a slot, whose taking it began with whom, by which arc, and which slot.
    who = np.empty(_LABELS, np.int64)
    parent = np.empty(_LABELS, np.int64)
    through = np.empty(_LABELS, np.int64)
    given = np.empty(_LABELS, np.int64)
    improved = 0
    for start in range(people):
        size = slots[start + 1] - slots[start]
        if _taken(slots, roles, mates, start)[0] == size or closest[start, 0] < 0:
            continue
        seen[start] = start
        cost[start] = 0.0
        who[0], parent[0], through[0], given[0] = start, -1, -1, -1
        labels = 1
        heap = [(0.0, 0)]
        best, end, last = _LEAST, -1, -1
        steps = 0
        while heap and steps < _STEPS:
            steps += 1
            so_far, label = heapq.heappop(heap)
            u = who[label]
            if so_far > cost[u]:
                continue
            if best >= price[start] + dearest - so_far:
                break
            lessons = _taken(slots, roles, mates, u)[1]
            if given[label] >= 0 and roles[mates[given[label]]] == LEARNS:
                lessons -= 1
            for rank in range(_WIDTH):
                arc = closest[u, rank]
                if arc < 0:
                    break
                if roles[arc] == TEACHES and lessons >= places[u]:
                    continue
                v = others[arc]
                if _on_path(others, who, parent, through, label, v):
                    continue
                if _meet(others, slots, mates, u, v):
                    continue
                here = so_far + _slack(shares, roles, price, extra, u, v, arc)
                taken, given_lessons = _taken(slots, roles, mates, v)
                full = taken == slots[v + 1] - slots[v]
                taught = roles[arc] == LEARNS and given_lessons >= places[v]
                if not full and not taught:
                    gain = price[start] + price[v] - here
                    if gain > best:
                        best, end, last = gain, label, arc
                    continue
                for slot in range(slots[v], slots[v + 1]):
                    back = mates[slot]
                    if back < 0 or (taught and roles[back] != TEACHES):
                        continue
                    x = others[back]
                    now = here - _slack(shares, roles, price, extra, v, x, back)
                    if (seen[x] == start and cost[x] <= now) or labels == _LABELS:
                        continue
                    if _on_path(others, who, parent, through, label, x):
                        continue
                    seen[x] = start
                    cost[x] = now
                    who[labels], parent[labels] = x, label
                    through[labels], given[labels] = arc, slot
                    heapq.heappush(heap, (now, labels))
                    gain = price[start] - price[x] - now
                    if gain > best:
                        best, end, last = gain, labels, -1
                    labels += 1
        if end >= 0:
            _apply(begins, others, slots, mates, who, parent, through, given, end, last)
            improved += 1
    return improved
