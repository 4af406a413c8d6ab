"""Why somebody has no introduction, so that they and the organiser can be told."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matchmaker.matching.arrays import Bools, Ints
from matchmaker.matching.benefit import Weigh
from matchmaker.matching.mask import Mask
from matchmaker.matching.types import Why

_LOOK = 40_000  # pairs looked at to find whom one rule bars; of more, a sample


def why_left_out(
    ranks: Sequence[int],
    suited: Bools,
    put_off: Bools,
    mask: Mask,
    weigh: Weigh,
    seed: int,
) -> list[Why]:
    """Return the reason for each of `ranks`.

    (people,) `suited` tells who has a pair that would have been worth it, `put_off` who
    has one of two who are both left out. Of those who have none, it is the one rule
    without which somebody would have suited. What keeps two apart for good (a block,
    say) is no such rule: somebody kept apart counts as somebody who doesn't suit.
    """
    people = mask.profiles
    reasons: dict[int, Why] = {}
    others = []
    for rank in ranks:
        if people.silent[rank]:
            reasons[rank] = Why.NOTHING_WRITTEN
        elif not people.introductions[rank]:
            reasons[rank] = Why.NO_TIME
        elif suited[rank]:
            reasons[rank] = Why.PUT_OFF if put_off[rank] else Why.ODD_ONE_OUT
        else:
            reasons[rank] = Why.BELOW_THRESHOLD
            others.append(rank)
    if others:
        met = np.array([mask.lately // len(people), mask.lately % len(people)])
        some = _some_pairs(others, len(people), seed)
        unmet = replace(mask, lately=mask.lately[:0])
        colleagues = replace(mask, rules=replace(mask.rules, colleagues_apart=False))
        hours = replace(mask, rules=replace(mask.rules, common_hours=False))
        # Of several the last is told: the one that they can best do something about.
        for why, lifted, (me, other) in (
            (Why.MET_LATELY, unmet, np.concatenate([met, met[::-1]], axis=1)),
            (Why.COLLEAGUES, colleagues, some),
            (Why.UNAVAILABLE, hours, some),
        ):
            mine = np.isin(me, others)
            would = _would_suit(me[mine], other[mine], mask, lifted, weigh)
            reasons |= dict.fromkeys(would.tolist(), why)
    return [reasons[rank] for rank in ranks]


def _some_pairs(ranks: Sequence[int], people: int, seed: int) -> Ints:
    """Each of the ranks with everybody, or with some drawn by lot, (2, pairs)."""
    looked_at = np.arange(people)
    if len(ranks) * people > _LOOK:
        few = max(1, min(people, _LOOK // len(ranks)))
        looked_at = np.random.default_rng(seed).choice(people, few, replace=False)
    me = np.repeat(np.array(ranks, np.int64), len(looked_at))
    return np.stack([me, np.tile(looked_at, len(ranks))])


def _would_suit(me: Ints, other: Ints, mask: Mask, lifted: Mask, weigh: Weigh) -> Ints:
    """Who of `me` would suit `other`, who has time, if the mask were so lifted."""
    barred = lifted.allows(me, other) & ~mask.allows(me, other)
    more = np.flatnonzero(barred & (mask.profiles.introductions[other] > 0))
    found: Ints = me[more[weigh(me[more], other[more]).values > 0]]
    return found
