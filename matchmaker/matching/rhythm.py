"""Keeping the rhythm: which good partners to spend now, and which to keep for later.

A round that takes the best pairs it can leaves those with few partners nobody in the
next. So the rounds ahead are planned at once, as the linear relaxation of one b-matching:
over the horizon everybody has as many introductions as they are due for, each pair once.
A pair that is not in the plan is kept for somebody else. And a round serves little more
than the share of the people due that the plan can serve in every round.

The plan and not the prices of its dual decides: where no two plans are worth the same it
is one, while prices have room to move, and who stands where in the list would move them.

(Schrijver, Combinatorial Optimization, 2003, chapters 30 and 31, for the relaxation.)
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from matchmaker.matching.arrays import Bools, Float32Array, Ints

HORIZON = 8  # rounds
AHEAD = 1.05  # a round may serve so many times the plan's share
_LEAST = 1e-6  # of a pair, that is in the plan


@dataclass(frozen=True)
class PlanAhead:
    """The rounds ahead as one: `is_spent` (pairs,) tells which pairs are in it, `share`
    which share of the time that everybody has within the horizon has a use."""

    is_spent: Bools
    share: float

    def quota(self, due: int) -> int:
        """Return how many pairs of so many people a round may introduce."""
        return int(np.ceil(AHEAD * self.share * due / 2 + 0.5))


def plan_ahead(
    capacities: Ints, first: Ints, second: Ints, gains: Float32Array
) -> PlanAhead:
    """Plan the rounds of the horizon.

    `capacities` (people,) are introductions within the horizon, `gains` (pairs,) what a
    pair is worth above what it would be worth later.
    """
    pairs = len(first)
    if not pairs:
        return PlanAhead(np.zeros(0, bool), 0.0)
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
    total = int(capacities.sum())
    share = 2 * float(solved.x.sum()) / total if total else 0.0
    return PlanAhead(np.asarray(solved.x > _LEAST), share)
