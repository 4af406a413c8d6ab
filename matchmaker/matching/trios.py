"""A place for the odd one out: a third beside two peers."""

from collections.abc import Iterable, Sequence

import numpy as np

from matchmaker.matching.benefit import PEERS, Benefits, Values
from matchmaker.matching.mask import Mask
from matchmaker.matching.vectors import Ints


def thirds(
    benefits: Benefits,
    mask: Mask,
    unpaired: Iterable[int],
    pairs: Sequence[Sequence[int]],
) -> dict[int, int]:
    """Who joins which of the pairs of peers: the position of the pair to their rank.

    Each of `unpaired`, in the order given, joins the pair in which the lesser of what
    they give and what they gain is greatest, of those without a third. Both must reach
    the threshold, and all three must be allowed to meet one another. `benefits` are of
    the pairs with somebody unpaired in them.
    """
    gained, given = (_said(benefits, side) for side in (0, 1))
    me = np.concatenate([benefits.first, benefits.second])
    other = np.concatenate([benefits.second, benefits.first])
    gains, gives = np.concatenate([gained, given]), np.concatenate([given, gained])
    order = np.argsort(me, kind="stable")
    me, other, gains, gives = me[order], other[order], gains[order], gives[order]
    pairs_of: dict[int, list[int]] = {}
    for k, pair in enumerate(pairs):
        for rank in pair:
            pairs_of.setdefault(int(rank), []).append(k)

    joined: dict[int, int] = {}
    for rank in unpaired:
        best: dict[int, tuple[float, float]] = {}  # by pair: what is gained, given
        for edge in _span(me, rank):
            for k in pairs_of.get(int(other[edge]), ()):
                most = best.get(k, (0.0, 0.0))
                best[k] = (max(most[0], gains[edge]), max(most[1], gives[edge]))
        for k in sorted(best, key=lambda k: (-min(best[k]), k)):
            suits = min(best[k]) > 0 and k not in joined
            if suits and mask.allows_all([rank, *pairs[k]]):
                joined[k] = rank
                break
    return joined


def _span(sorted_: Ints, value: int) -> range:
    return range(*np.searchsorted(sorted_, [value, value + 1]).tolist())


def _said(benefits: Benefits, side: int) -> Values:
    """What one side of each pair gains as a peer; 0 where too little to meet for."""
    enough = benefits.gained[PEERS][side] >= benefits.threshold
    return np.where(enough, benefits.worth[PEERS][side], 0.0)
