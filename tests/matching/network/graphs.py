"""Made-up networks of ties."""

import numpy as np
from hypothesis import strategies as st

from matchmaker.matching.network import Tie

STRENGTHS = st.sampled_from([0.001, 0.25, 0.5, 1.0]) | st.floats(0.01, 1)


@st.composite
def communities(draw, most=9):
    """Ids and ties; some alone, some ties twice."""
    ids = draw(st.lists(st.integers(0, 50), min_size=0, max_size=most, unique=True))
    if len(ids) < 2:
        return ids, []
    ends = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True)
    ties = draw(st.lists(st.tuples(ends, STRENGTHS), max_size=25))
    return ids, [Tie(*ends, strength) for ends, strength in ties]


def circles(groups=8, size=12, seed=0):
    """Groups in which everybody knows most, in a ring of single ties."""
    random = np.random.default_rng(seed)
    ties = [
        Tie(group * size + a, group * size + b, float(random.uniform(0.5, 1)))
        for group in range(groups)
        for b in range(size)
        for a in range(b)
        if random.random() < 0.7
    ]
    ring = [Tie(g * size, (g + 1) % groups * size + 1, 0.5) for g in range(groups)]
    return [*range(groups * size)], ties + ring


def partition(labels):
    return {frozenset(np.flatnonzero(labels == one)) for one in set(labels) - {-1}}
