"""Structural holes: effective size and constraint (Burt 1992, "Structural Holes",
chapter 2), in their valued forms."""

from typing import Any

import numpy as np
from scipy import sparse

from matchmaker.matching.arrays import Float64Array

_PATHS = 5_000_000  # paths of two steps that are held at once (about 200 MB)


def holes(graph: Any) -> tuple[Float64Array, Float64Array]:
    """Effective size and constraint of each person, (people,) each.

    `graph` is the symmetric (people, people) csr_array of strengths. With p_iq the
    share that q has in i's strength, and m_jq the strength of j and q over j's
    strongest (sums over i's contacts j, and their contacts q):

        effective size_i = Σ_j (1 - Σ_q p_iq m_jq)
        constraint_i     = Σ_j (p_ij + Σ_q p_iq p_qj)²

    Nobody's effective size is below 1 or above their degree, nor their constraint
    above 2. Of people without ties they are 0 and 1.
    """
    n = graph.shape[0]
    degree = np.diff(graph.indptr)
    size, constraint = degree.astype(np.float64), np.ones(n)
    if not graph.nnz:
        return size, constraint
    sums = graph.sum(axis=1)
    tops = graph.max(axis=1).toarray().ravel()
    share = _scaled(graph, sums, axis=0)
    beside = _scaled(graph, tops, axis=1)  # m_jq at [q, j]: the graph is symmetric
    ties = graph.copy()
    ties.data = np.ones_like(ties.data)

    # Of the products only what lies on a tie matters, so a block of rows at a time.
    paths = np.concatenate([[0], np.cumsum(ties @ degree)])
    begin = 0
    while begin < n:
        end = int(np.searchsorted(paths, paths[begin] + _PATHS, side="right")) - 1
        end = min(max(end, begin + 1), n)
        rows, on = share[begin:end], ties[begin:end]
        size[begin:end] -= (rows @ beside).multiply(on).sum(axis=1)
        spent = rows + (rows @ share).multiply(on)
        constraint[begin:end] = spent.multiply(spent).sum(axis=1)
        begin = end
    constraint[degree == 0] = 1
    return size, constraint


def _scaled(graph: Any, by: Float64Array, axis: int) -> Any:
    """The graph with each row (axis 0) or column (axis 1) divided by its number."""
    scaled = sparse.csr_array(graph, copy=True)
    counts = np.repeat(by, np.diff(graph.indptr)) if axis == 0 else by[graph.indices]
    scaled.data = scaled.data / counts
    return scaled
