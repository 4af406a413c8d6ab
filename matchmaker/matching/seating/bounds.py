"""What no seating can beat, whoever made it."""

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from matchmaker.matching.arrays import Bools, Float64Array, Ints
from matchmaker.matching.seating.tables import sizes_of

# Of each person, so many times the pairs they can meet enter the linear programme that
# finds the prices. The bound itself is taken over all pairs, so it holds regardless.
_SHORTLIST = 3


def repeats_bound(tables: Ints, apart: Bools) -> int:
    """The least possible number of repeats with these attendances and table sizes.

    Three counts, of which the highest holds. (1) Meetings there are, less pairs there
    are who may meet. (2) The same for each person, halved because a meeting has two
    sides. (3) Pigeonholes: those present in two rounds fall into as many cells as
    there are pairs of an earlier and a later table; C(cell, 2) pairs are together
    again, fewest when the cells are even. Over all pairs of rounds that is Σ C(c, 2)
    over the pairs of people, where c ≤ rounds is how often they meet, and
    C(c, 2) ≤ (c - 1) · rounds / 2.
    """
    rounds, people = tables.shape
    if not people:
        return 0
    sizes = [sizes_of(row) for row in tables]
    may: Bools = ~apart & ~np.eye(people, dtype=bool)
    everything = sum(int((size * (size - 1)).sum()) // 2 for size in sizes)
    by_pairs = everything - int(may.sum()) // 2

    least = np.array([size.min(initial=1) - 1 for size in sizes])
    each = ((tables >= 0) * least[:, None]).sum(axis=0)
    by_people = -(-int(np.maximum(0, each - may.sum(axis=1)).sum()) // 2)

    together = 0
    for later in range(rounds):
        for earlier in range(later):
            both = int(((tables[earlier] >= 0) & (tables[later] >= 0)).sum())
            cells = len(sizes[earlier]) * len(sizes[later])
            if cells:
                full, over = divmod(both, cells)
                together += cells * full * (full - 1) // 2 + over * full
    by_cells = -(-2 * together // rounds)
    least_possible: int = max(0, by_pairs, by_people, by_cells)
    return least_possible


def benefit_bound(benefit: Float64Array, tables: Ints, apart: Bools) -> float:
    """The most that any seating with these attendances and table sizes is worth.

    Each pair counts once, each person meets at most `places` others (in every round
    one less than the largest table has) and there are `meetings` in all. By weak
    duality *any* prices y ≥ 0 of the people and z ≥ 0 of a meeting give the bound
    Σ places · y + meetings · z + Σ max(0, w - y_u - y_v - z). The prices are those of
    the b-matching relaxation, by HiGHS on each one's best pairs.
    """
    people = tables.shape[1]
    sizes = [sizes_of(row) for row in tables]
    largest = np.array([size.max(initial=1) - 1 for size in sizes])
    places = ((tables >= 0) * largest[:, None]).sum(axis=0)
    meetings = sum(int((size * (size - 1)).sum()) // 2 for size in sizes)

    first, second = np.nonzero(np.triu((benefit > 0) & ~apart, 1))
    if not len(first) or not meetings:
        return 0.0
    worth = benefit[first, second]
    best = _best(benefit * ~apart, _SHORTLIST * int(places.max()))
    listed = best[first, second]
    one, other, weight = first[listed], second[listed], worth[listed]
    pairs = np.arange(len(weight))
    rows = np.concatenate([one, other, np.full(len(pairs), people)])
    constraints = sparse.csr_array(
        (np.ones(3 * len(pairs)), (rows, np.tile(pairs, 3))),
        shape=(people + 1, len(pairs)),
    )
    limits = np.append(places, meetings)
    solved = linprog(
        -weight, A_ub=constraints, b_ub=limits, bounds=(0, 1), method="highs"
    )
    prices = np.zeros(people + 1)
    if solved.status == 0:  # otherwise no prices: the sum of all pairs
        prices = np.maximum(0, -np.asarray(solved.ineqlin.marginals))
    over = worth - prices[first] - prices[second] - prices[people]
    return float(limits @ prices + np.maximum(0, over).sum())


def _best(benefit: Float64Array, most: int) -> Bools:
    """The pairs that are among the best of either side, (people, people)."""
    people = len(benefit)
    if most >= people:
        return np.ones((people, people), bool)
    least = np.partition(benefit, people - most, axis=1)[:, people - most]
    among = benefit >= least[:, None]
    either: Bools = among | among.T
    return either
