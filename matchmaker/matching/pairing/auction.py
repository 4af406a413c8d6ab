"""The linear relaxation by auction (Bertsekas 1988, with several objects a bidder).

Everybody is there twice, as a bidder and as an object: the double cover of the graph.
Each bidder bids w - V + ε on the best objects that they do not hold yet, as many as
they have slots free, V being what the next best would leave them. An object keeps as
many of the best bids as it has slots; its price is the lowest that it keeps, 0 while a
slot is free. Of the slots for mentoring there may be fewer; they have a price of their
own, never lower. From prices of 0 what is held in the end is worth at most ε less a
slot than the best there is.
"""

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


def auction(
    near: Adjacency, step: float
) -> tuple[Ints, Ints, Float64Array, Float64Array]:
    """Bids of at least `step` above the price, as a share of the greatest weight.

    Returns for each slot the arc that its person holds as a bidder, and the one that is
    held of them as an object (-1: none), and the objects' prices: of any slot, and of
    one for mentoring. Whether they hold 0, 1 or both ways makes edges 0, half or whole.
    """
    people, slots = len(near.places), int(near.slots[-1])
    bought = np.full(slots, -1)
    sold = np.full(slots, -1)
    price, teaching = np.zeros(people), np.zeros(people)
    _run(
        near.begins,
        near.others,
        near.shares,
        near.roles,
        near.slots,
        near.places,
        step,
        bought,
        sold,
        np.zeros(slots, np.int32),
        np.zeros(slots),
        price,
        teaching,
    )
    return bought, sold, price, teaching


@compiled
def _run(  # noqa: C901 - one loop over bidders
    begins: Ints,
    others: Ranks,
    shares: Shares,
    roles: Roles,
    slots: Ints,
    places: Ints,
    step: float,
    bought: Ints,
    sold: Ints,
    buyer: Ranks,
    bids: Float64Array,
    price: Float64Array,
    teaching: Float64Array,
) -> None:
    people = len(places)
    most = 0
    for u in range(people):
        most = max(most, slots[u + 1] - slots[u])
    # The best arcs, in two lists: those that a limit on mentoring does not concern, and
    # those that it does.
    best = np.empty((2, most + 2), np.int64)
    left = np.empty((2, most + 2))
    queue = np.arange(people).astype(np.int32)
    waiting = np.ones(people, np.bool_)
    head, length = 0, people
    while length:
        u = queue[head]
        head = head + 1 if head + 1 < people else 0
        length -= 1
        waiting[u] = False

        size = slots[u + 1] - slots[u]
        free, lessons = size, places[u]
        for slot in range(slots[u], slots[u + 1]):
            if bought[slot] >= 0:
                free -= 1
                if roles[bought[slot]] == TEACHES:
                    lessons -= 1
        lessons = min(lessons, free) if places[u] < size else -1
        best[:] = -1
        left[:] = 0.0
        _look(
            begins, others, shares, roles, slots, bought, price, teaching,
            u, free, lessons, best, left,
        )  # fmt: skip

        # The best of the two lists together, and what would come after them.
        peers = teaches = 0
        while peers + teaches < free:
            if teaches < lessons and left[1, teaches] > left[0, peers]:
                teaches += 1
            elif best[0, peers] >= 0:
                peers += 1
            else:
                break
        after = left[0, peers]
        if teaches < lessons:
            after = max(after, left[1, teaches])
        after_teaching = max(after, left[1, teaches]) if lessons >= 0 else after

        for k in range(peers + teaches):
            row, rank = (0, k) if k < peers else (1, k - peers)
            arc = best[row, rank]
            v = others[arc]
            learns = roles[arc] == LEARNS
            at = _slot_for(roles, slots, places, sold, bids, v, learns)
            if sold[at] >= 0:
                loser = buyer[at]
                for slot in range(slots[loser], slots[loser + 1]):
                    if bought[slot] == sold[at]:
                        bought[slot] = -1
                if not waiting[loser]:
                    waiting[loser] = True
                    queue[(head + length) % people] = loser
                    length += 1
            now = teaching[v] if learns else price[v]
            bids[at] = now + left[row, rank] - (after_teaching if row else after) + step
            sold[at], buyer[at] = arc, u
            for slot in range(slots[u], slots[u + 1]):
                if bought[slot] < 0:
                    bought[slot] = arc
                    break
            _reprice(roles, slots, places, sold, bids, price, teaching, v)


@compiled
def _look(
    begins: Ints,
    others: Ranks,
    shares: Shares,
    roles: Roles,
    slots: Ints,
    bought: Ints,
    price: Float64Array,
    teaching: Float64Array,
    u: int,
    free: int,
    lessons: int,
    best: Ints,
    left: Float64Array,
) -> None:
    """The arcs that leave u most, one more than they have slots free (places: lessons,
    -1 for no limit), and how much; 0 where there is none.
    """
    for arc in range(begins[u], begins[u + 1]):
        v = others[arc]
        gain = shares[arc] - (teaching[v] if roles[arc] == LEARNS else price[v])
        row = 1 if lessons >= 0 and roles[arc] == TEACHES else 0
        rank = lessons if row else free
        if gain <= left[row, rank]:
            continue
        held = False
        for slot in range(slots[u], slots[u + 1]):
            held = held or bought[slot] == arc
        if held:
            continue
        while rank > 0 and left[row, rank - 1] < gain:
            left[row, rank] = left[row, rank - 1]
            best[row, rank] = best[row, rank - 1]
            rank -= 1
        left[row, rank] = gain
        best[row, rank] = arc


@compiled
def _slot_for(
    roles: Roles,
    slots: Ints,
    places: Ints,
    sold: Ints,
    bids: Float64Array,
    v: int,
    learns: bool,
) -> int:
    """Where a new bid goes: a free slot, or that of the lowest bid that makes room."""
    free = lowest = lowest_lesson = -1
    lessons = 0
    for slot in range(slots[v], slots[v + 1]):
        if sold[slot] < 0:
            free = slot
            continue
        if lowest < 0 or bids[slot] < bids[lowest]:
            lowest = slot
        if roles[sold[slot]] == LEARNS:
            lessons += 1
            if lowest_lesson < 0 or bids[slot] < bids[lowest_lesson]:
                lowest_lesson = slot
    if learns and lessons == places[v]:
        return lowest_lesson
    return free if free >= 0 else lowest


@compiled
def _reprice(
    roles: Roles,
    slots: Ints,
    places: Ints,
    sold: Ints,
    bids: Float64Array,
    price: Float64Array,
    teaching: Float64Array,
    v: int,
) -> None:
    is_full, lessons = True, 0
    low = low_lesson = np.inf
    for slot in range(slots[v], slots[v + 1]):
        if sold[slot] < 0:
            is_full = False
            continue
        low = min(low, bids[slot])
        if roles[sold[slot]] == LEARNS:
            lessons += 1
            low_lesson = min(low_lesson, bids[slot])
    price[v] = low if is_full else 0.0
    teaching[v] = price[v]
    if lessons == places[v] and places[v] < slots[v + 1] - slots[v]:
        teaching[v] = max(price[v], low_lesson)
