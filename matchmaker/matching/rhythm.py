"""Keeping the rhythm: which good partners to spend now, and which to keep for later.

A round that takes the best pairs it can leaves those with few partners nobody in the
next. So the rounds ahead are planned at once, as the linear relaxation of one b-matching:
over the horizon everybody has as many introductions as they are due for, each pair once.
Its dual gives each person a *price*, what their time is worth at best; a pair that is
worth less than both prices together is kept for somebody else.
"""

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from matchmaker.matching.arrays import Bools, Float32Array, Float64Array, Ints

HORIZON = 8  # rounds
_SLACK = 1e-6


def plan_ahead(
    capacities: Ints, first: Ints, second: Ints, gains: Float32Array
) -> tuple[Float64Array, Float64Array]:
    """Return each pair's share of the plan, (pairs,), and each person's price.

    `capacities` (people,) are introductions within the horizon, `gains` (pairs,) what a
    pair is worth above what it would be worth later.
    """
    pairs = len(first)
    if not pairs:
        return np.zeros(0), np.zeros(len(capacities))
    places = np.arange(pairs)
    ends = sparse.csr_array(
        (
            np.ones(2 * pairs),
            (np.concatenate([first, second]), np.concatenate([places, places])),
        ),
        shape=(len(capacities), pairs),
    )
    solved = linprog(
        -gains.astype(np.float64),
        A_ub=ends,
        b_ub=capacities,
        bounds=(0, 1),
        method="highs",
    )
    return solved.x, -solved.ineqlin.marginals


def worth_now(
    prices: Float64Array,
    first: Ints,
    second: Ints,
    gains: Float32Array,
    slack: float = _SLACK,
) -> Bools:
    """Return which pairs no better use of both people is planned for."""
    return np.asarray(gains - prices[first] - prices[second] >= -slack)
