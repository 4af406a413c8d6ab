"""Made-up evenings, and what can be counted of their tables."""

from itertools import combinations

import numpy as np

QUICK = 0.05  # effort


def benefits(people, seed=0):
    drawn = np.random.default_rng(seed).random((people, people))
    benefit = np.triu(drawn, 1)
    return benefit + benefit.T


def tables_of(row):
    """The people at each table of one round."""
    return [np.flatnonzero(row == table).tolist() for table in np.unique(row[row >= 0])]


def meetings_of(tables):
    """How often each pair meets, counted one by one."""
    counts = {}
    for row in tables:
        for members in tables_of(row):
            for pair in combinations(members, 2):
                counts[pair] = counts.get(pair, 0) + 1
    return counts


def kept_apart(people, *pairs):
    apart = np.zeros((people, people), bool)
    for one, other in pairs:
        apart[one, other] = True
    return apart
