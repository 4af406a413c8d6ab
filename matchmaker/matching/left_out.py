"""Why somebody has no introduction, so that they and the organiser can be told."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matchmaker.matching.benefit import Weigh
from matchmaker.matching.mask import Bools, Mask
from matchmaker.matching.types import Why
from matchmaker.matching.vectors import Ints

_LOOK = 400_000  # pairs looked at to find reasons; of more, a sample


def why_left_out(
    ranks: Sequence[int], suited: Bools, mask: Mask, weigh: Weigh, seed: int
) -> list[Why]:
    """The reason for each of `ranks`; `suited` (people,) tells who has a pair that would
    have been worth an introduction.

    It is the first hindrance without which somebody would have suited. What kept two
    apart for good (a block, say) is never among them.
    """
    people = mask.profiles
    known = {
        rank: _by_themselves(rank, mask)
        for rank in ranks
        if suited[rank] or people.silent[rank] or not people.introductions[rank]
    }
    others = [rank for rank in ranks if rank not in known]
    known |= _by_the_others(others, mask, weigh, seed)
    return [known[rank] for rank in ranks]


def _by_themselves(rank: int, mask: Mask) -> Why:
    if mask.profiles.silent[rank]:
        return Why.NOTHING_WRITTEN
    return Why.ODD_ONE_OUT if mask.profiles.introductions[rank] else Why.NO_TIME


def _by_the_others(
    ranks: Sequence[int], mask: Mask, weigh: Weigh, seed: int
) -> dict[int, Why]:
    n = len(mask.profiles)
    looked_at = np.arange(n)
    if len(ranks) * n > _LOOK:
        few = max(1, min(n, _LOOK // len(ranks)))
        looked_at = np.random.default_rng(seed).choice(n, few, replace=False)
    me = np.repeat(np.array(ranks, np.int64), len(looked_at))
    other = np.tile(looked_at, len(ranks))
    allowed = mask.allows(me, other)
    somebody = set(me[allowed].tolist())
    reasons = {
        rank: Why.BELOW_THRESHOLD if rank in somebody else Why.NO_ONE_ALLOWED
        for rank in ranks
    }
    without = {
        Why.UNAVAILABLE: replace(mask, rules=replace(mask.rules, common_hours=False)),
        Why.MET_LATELY: replace(mask, lately=mask.lately[:0]),
    }
    for why, lifted in without.items():  # the last to hold is the one that is told
        more = np.flatnonzero(lifted.allows(me, other) & ~allowed)
        worth = weigh(me[more], other[more]).values > 0
        would: Ints = me[more[worth]]
        reasons |= dict.fromkeys(would.tolist(), why)
    return reasons
