"""Why somebody has no introduction, so that they and the organiser can be told."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matchmaker.enums import UnmatchedReason
from matchmaker.matching.arrays import Bools, Ints
from matchmaker.matching.constraints import Constraints
from matchmaker.matching.introductions import Score

_LOOK = 40_000  # pairs looked at to find whom one rule bars; of more, a sample


def find_reasons(
    ranks: Sequence[int],
    suited: Bools,
    saved: Bools,
    constraints: Constraints,
    score: Score,
    seed: int,
) -> list[UnmatchedReason]:
    """Return the reason for each of `ranks`.

    (people,) `suited` tells who has a pair that is worth an introduction, `saved` who
    has one with somebody else who is left out too, so that the plan ahead keeps it. Of
    those who have none, it is the one rule without which somebody would have suited.
    What keeps two apart for good (a block, say) is no such rule: somebody kept apart
    counts as somebody who doesn't suit.
    """
    people = constraints.profiles
    reasons: dict[int, UnmatchedReason] = {}
    others = []
    for rank in ranks:
        if people.silent[rank]:
            reasons[rank] = UnmatchedReason.NOTHING_WRITTEN
        elif not people.introductions[rank]:
            reasons[rank] = UnmatchedReason.NO_TIME
        elif saved[rank]:
            reasons[rank] = UnmatchedReason.SAVED_FOR_LATER
        elif suited[rank]:
            reasons[rank] = UnmatchedReason.ODD_ONE_OUT
        else:
            reasons[rank] = UnmatchedReason.NOTHING_IN_COMMON
            others.append(rank)
    if others:
        recent = constraints.recent
        met = np.array([recent // len(people), recent % len(people)])
        some = _some_pairs(others, len(people), seed)
        rules = constraints.rules
        unmet = replace(constraints, recent=recent[:0])
        colleagues = replace(constraints, rules=replace(rules, colleagues_apart=False))
        languages = replace(constraints, rules=replace(rules, common_language=False))
        # Of several the last is told: the one that they can best do something about.
        for why, lifted, (me, other) in (
            (UnmatchedReason.MET_LATELY, unmet, np.concatenate([met, met[::-1]], 1)),
            (UnmatchedReason.COLLEAGUES, colleagues, some),
            (UnmatchedReason.NO_COMMON_LANGUAGE, languages, some),
        ):
            mine = np.isin(me, others)
            would = _would_suit(me[mine], other[mine], constraints, lifted, score)
            reasons |= dict.fromkeys(would.tolist(), why)
    return [reasons[rank] for rank in ranks]


def _some_pairs(ranks: Sequence[int], people: int, seed: int) -> Ints:
    """Each of the ranks with everybody, or with some drawn at random, (2, pairs)."""
    looked_at = np.arange(people)
    if len(ranks) * people > _LOOK:
        few = max(1, min(people, _LOOK // len(ranks)))
        looked_at = np.random.default_rng(seed).choice(people, few, replace=False)
    me = np.repeat(np.array(ranks, np.int64), len(looked_at))
    return np.stack([me, np.tile(looked_at, len(ranks))])


def _would_suit(
    me: Ints, other: Ints, now: Constraints, lifted: Constraints, score: Score
) -> Ints:
    """Who of `me` would suit `other`, who has time, if the constraints were lifted so."""
    barred = lifted.allows(me, other) & ~now.allows(me, other)
    more = np.flatnonzero(barred & (now.profiles.introductions[other] > 0))
    values = score(me[more], other[more]).values
    found: Ints = me[more[values >= now.rules.reserve]]
    return found
