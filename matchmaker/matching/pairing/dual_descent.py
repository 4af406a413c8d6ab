"""Prices for the certificate, from those of an auction.

Of the bound Σ b·y + Σ p·z + Σ max(0, w - y_u - y_v - z_mentor), the best price of one
person, all others' as they are, is the (b + 1)-th greatest of what their edges leave
them. Setting one after the other never raises the bound.
"""

import numpy as np

from matchmaker.matching.arrays import Float64Array, Ints
from matchmaker.matching.pairing.adjacency import (
    LEARNS,
    PEER,
    TEACHES,
    Adjacency,
    Ranks,
    Roles,
    Shares,
)
from matchmaker.matching.pairing.compiled import compiled

_PASSES = 4


def descend(
    near: Adjacency, price: Float64Array, teaching: Float64Array
) -> tuple[Float64Array, Float64Array]:
    """Prices y and z, as shares of the greatest weight, from what objects cost."""
    extra = teaching - price
    bidding, lessons = price.copy(), extra.copy()
    arrays = near.begins, near.others, near.shares, near.roles, near.slots, near.places
    _pass(*arrays, price, extra, bidding, lessons)
    slots, extra = (price + bidding) / 2, (extra + lessons) / 2
    for _ in range(_PASSES):
        _pass(*arrays, slots, extra, slots, extra)
    return slots, extra


@compiled
def _pass(  # noqa: C901 - one loop over everybody's arcs
    begins: Ints,
    others: Ranks,
    shares: Shares,
    roles: Roles,
    slots: Ints,
    places: Ints,
    asked: Float64Array,
    asked_extra: Float64Array,
    price: Float64Array,
    extra: Float64Array,
) -> None:
    """Each one's best price against those asked, in the order of the people."""
    people = len(places)
    most = 0
    for u in range(people):
        most = max(most, slots[u + 1] - slots[u])
    top = np.empty(most + 1)
    for u in range(people):
        size = slots[u + 1] - slots[u]
        if size == 0:
            continue
        limited = places[u] < size
        for lessons in range(2 if limited else 1):
            # Twice where mentoring has a price of its own: all edges, then mentoring.
            keep = places[u] if lessons else size
            top[: keep + 1] = 0.0
            for arc in range(begins[u], begins[u + 1]):
                role = roles[arc]
                if lessons and role != TEACHES:
                    continue
                gain = shares[arc] - asked[others[arc]]
                if role == LEARNS:
                    gain -= asked_extra[others[arc]]
                elif lessons:
                    gain -= price[u]
                elif role != PEER and limited:
                    gain -= extra[u]
                rank = keep
                if gain <= top[rank]:
                    continue
                while rank > 0 and top[rank - 1] < gain:
                    top[rank] = top[rank - 1]
                    rank -= 1
                top[rank] = gain
            if lessons:
                extra[u] = top[keep]
            else:
                price[u] = top[keep]
