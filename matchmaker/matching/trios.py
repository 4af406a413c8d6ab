"""A place for the odd one out: a third beside two peers."""

from collections.abc import Sequence

import numpy as np

from matchmaker.matching.constraints import Constraints
from matchmaker.matching.introductions import Score

# So many pairs of each person are tried, the best first.
_TRIED = 20


def find_thirds(
    unpaired: Sequence[int],
    pairs: Sequence[Sequence[int]],
    constraints: Constraints,
    score: Score,
    least: float,
) -> dict[int, int]:
    """Return who joins which of the pairs of peers: the pair's position to their rank.

    Each of `unpaired`, in the order given, joins a pair without a third in which some
    pair of values with them is greatest, and at least `least`. All three must be allowed
    to meet one another.
    """
    joined: dict[int, int] = {}
    if not unpaired or not pairs:
        return joined
    members = np.array(pairs, np.int64)
    for rank in unpaired:
        me = np.full(members.size, rank)
        values = np.where(
            constraints.allows(me, members.ravel()),
            score(*_in_order(me, members.ravel())).values,
            0,
        )
        most = values.reshape(members.shape).max(axis=1)
        for k in np.argsort(-most, kind="stable")[:_TRIED].tolist():
            if most[k] < least:
                break
            if k not in joined and constraints.allows_all([rank, *pairs[k]]):
                joined[k] = rank
                break
    return joined


def _in_order(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.minimum(one, other), np.maximum(one, other)
