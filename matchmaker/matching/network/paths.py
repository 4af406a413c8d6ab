"""Components, and how many steps lie between people."""

from typing import Any

import numpy as np
from scipy.sparse import csgraph

from matchmaker.matching.arrays import Ints

EXACT = 5_000  # people up to whom every path is counted
_SAMPLE = 1_024  # beyond, the paths from so many people, drawn by lot
_AT_ONCE = 1_024  # people whose paths are followed together, a bit each


def components(graph: Any) -> Ints:
    """For each person the number of their component, the largest first, (people,)."""
    labels = csgraph.connected_components(graph, directed=False)[1]
    order = np.argsort(-np.bincount(labels), kind="stable")
    numbers: Ints = np.argsort(order)[labels]
    return numbers


def mean_path(graph: Any, component: Ints, seed: int) -> float:
    """Mean steps of the shortest paths between people of component 0; 0 if it has one.

    Of more than `EXACT` people from a sample of them (to within 1 % in practice).
    """
    inside = np.flatnonzero(component == 0)
    if len(inside) < 2:
        return 0.0
    main = graph[inside][:, inside]
    starts = np.arange(len(inside))
    if len(inside) > EXACT:
        starts = np.random.default_rng(seed).choice(starts, _SAMPLE, replace=False)
    steps = sum(
        _steps(main, starts[at : at + _AT_ONCE])
        for at in range(0, len(starts), _AT_ONCE)
    )
    return steps / (len(starts) * (len(inside) - 1))


def _steps(main: Any, starts: Ints) -> int:
    """The sum of the steps from each start to everybody, breadth first; everybody is
    reached. A start is one bit in each person's row: who is reached from where."""
    n = main.shape[0]
    bit = np.arange(len(starts))
    reached = np.zeros((n, -(-len(starts) // 64)), np.uint64)
    np.bitwise_or.at(
        reached, (starts, bit // 64), np.uint64(1) << (bit % 64).astype(np.uint64)
    )
    steps, missing = 0, (n - 1) * len(starts)
    while missing:
        steps += missing  # each pair not yet joined is one step further
        reached |= np.bitwise_or.reduceat(
            reached[main.indices], main.indptr[:-1], axis=0
        )
        missing = n * len(starts) - int(np.bitwise_count(reached).sum())
    return steps
