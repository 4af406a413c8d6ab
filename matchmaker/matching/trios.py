"""A place for the odd one out: a third beside two peers."""

from collections.abc import Sequence

import numpy as np

from matchmaker.matching.appraisal import Appraisal
from matchmaker.matching.arrays import Ints
from matchmaker.matching.candidates import Candidates
from matchmaker.matching.mask import Mask


def thirds(
    found: Candidates,
    worth: Appraisal,
    mask: Mask,
    unpaired: Sequence[int],
    pairs: Sequence[Sequence[int]],
) -> dict[int, int]:
    """Who joins which of the pairs of peers: the position of the pair to their rank.

    Each of `unpaired`, in the order given, joins the pair in which the lesser of what
    they give and what they gain is greatest, of those without a third. Both must reach
    the threshold, and all three must be allowed to meet one another.
    """
    alone = np.zeros(len(mask.profiles), bool)
    alone[list(unpaired)] = True
    both = (worth.first_gains > 0) & (worth.second_gains > 0)
    near = np.flatnonzero((alone[found.first] | alone[found.second]) & both)
    first, second = found.first[near], found.second[near]
    gained, given = worth.first_gains[near], worth.second_gains[near]
    me, other = np.concatenate([first, second]), np.concatenate([second, first])
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
