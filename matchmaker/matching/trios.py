"""A place for the odd one out: a third beside two peers."""

from collections.abc import Sequence

import numpy as np

from matchmaker.matching.constraints import Constraints
from matchmaker.matching.introductions import Score

_TRIED = 20  # pairs, the best first


def find_pair_for(
    rank: int, pairs: Sequence[Sequence[int]], constraints: Constraints, score: Score
) -> int | None:
    """Return which of the pairs of peers somebody joins: the place of the one in which
    their value with either is greatest, if it is worth an introduction.

    All three must be allowed to meet one another.
    """
    if not pairs:
        return None
    members = np.array(pairs, np.int64)
    me = np.full(members.size, rank)
    values = score(me, members.ravel()).values
    allowed = constraints.allows(me, members.ravel())
    most = np.where(allowed, values, 0).reshape(members.shape).max(axis=1)
    for k in np.argsort(-most, kind="stable")[:_TRIED].tolist():
        if most[k] < constraints.rules.reserve:
            return None
        if constraints.allows_all([rank, *pairs[k]]):
            return int(k)
    return None
