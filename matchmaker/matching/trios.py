"""A place for the odd one out: a third beside two peers."""

from collections.abc import Iterable

import numpy as np

from matchmaker.matching.benefit import PEERS, Benefits
from matchmaker.matching.candidates import Mask
from matchmaker.matching.vectors import Ints


def thirds(
    benefits: Benefits, mask: Mask, unpaired: Iterable[int], first: Ints, second: Ints
) -> dict[int, int]:
    """Who joins which of the pairs of peers first[k], second[k]: k to the third's rank.

    Each of `unpaired`, in the order given, joins the pair in which the lesser of what
    they give and what they gain is greatest, of those without a third. Both must reach
    the threshold, and all three must be allowed to meet one another.
    """
    gained, given = (_said(benefits, side) for side in (0, 1))
    pair_of = {int(rank): k for ends in (first, second) for k, rank in enumerate(ends)}
    joined: dict[int, int] = {}
    for rank in unpaired:
        gains: dict[int, float] = {}
        gives: dict[int, float] = {}
        for mine, theirs, me, other in (
            (gained, given, benefits.first, benefits.second),
            (given, gained, benefits.second, benefits.first),
        ):
            for edge in np.flatnonzero(me == rank).tolist():
                k = pair_of.get(int(other[edge]))
                if k is not None and k not in joined:
                    gains[k] = max(gains.get(k, 0.0), mine[edge])
                    gives[k] = max(gives.get(k, 0.0), theirs[edge])
        worth = {k: min(gains[k], gives[k]) for k in gains}
        for k in sorted(worth, key=lambda k: (-worth[k], k)):
            trio = (rank, int(first[k]), int(second[k]))
            if worth[k] > 0 and mask.allows(trio):
                joined[k] = rank
                break
    return joined


def _said(benefits: Benefits, side: int) -> list[float]:
    """What one side of each pair gains as a peer; 0 where too little to meet for."""
    says = benefits.gained(side, PEERS)
    enough = (says > 0) & (says >= benefits.rules.threshold)
    said: list[float] = np.where(enough, says * benefits.factor(PEERS), 0.0).tolist()
    return said
