"""Communities: groups with more strength among themselves than chance would have.

Modularity (Newman 2004, "Analysis of weighted networks") is raised as by Louvain
(Blondel et al. 2008): people move to the neighbouring community that gains most, then
communities become the people of a smaller graph. Here all who would gain are looked at
at once and a half of them, at random, move: array operations instead of a loop over
people. Communities that fell apart are split (what Traag et al. 2019 found amiss in
Louvain).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from matchmaker.matching.arrays import Ints

Hashes = NDArray[np.uint64]

_SWEEPS = 60  # at most, a level
_PATIENCE = 4  # sweeps without a better modularity, after which a level is done
_BETTER = 1e-6  # of modularity: less is not worth another sweep
_ROUNDS = 6  # of looking at contacts' contacts, to tell people apart by their ties
_WHOLE = 2**20  # strengths as integers, whose sums no order changes


def communities(graph: Any, seed: int) -> Ints:
    """The community of each person, (people,): 0 the largest; -1 who has no ties.

    `graph` is the symmetric (people, people) csr_array of strengths. The same graph
    and seed give the same communities, however its people are numbered, unless some
    are alike in all that can be told from their ties.
    """
    tied = np.flatnonzero(np.diff(graph.indptr))
    found = np.full(graph.shape[0], -1)
    if not len(tied):
        return found
    tied = tied[np.argsort(_marks(graph)[tied], kind="stable")]
    chance = np.random.default_rng(seed)
    level = original = sparse.csr_array(graph[tied][:, tied])
    labels = np.arange(len(tied))
    while True:
        moved = _split(level, _move(level, chance))
        count = int(moved.max()) + 1
        labels = moved[labels]
        if count == level.shape[0]:
            break
        level = _merged(level, moved)
    labels = _split(original, labels)
    order = np.argsort(-np.bincount(labels), kind="stable")
    found[tied] = np.argsort(order)[labels]
    return found


def modularity(graph: Any, labels: Ints) -> float:
    """Σ over communities of the share of strength inside minus the square of the
    share of strength that touches it, -0.5 to 1; 0 for no ties. Newman 2004.

    `labels` (people,), -1 only for people without ties.
    """
    total = float(graph.sum())
    if not total:
        return 0.0
    rows = np.repeat(labels, np.diff(graph.indptr))
    inside = float(graph.data[rows == labels[graph.indices]].sum()) / total
    touching = np.bincount(rows, graph.data) / total
    return inside - float((touching**2).sum())


def _move(graph: Any, chance: np.random.Generator) -> Ints:
    """The best communities met while people move; `graph` may have a diagonal."""
    n = graph.shape[0]
    strength, total = graph.sum(axis=1), float(graph.sum())
    apart = sparse.csr_array(graph - sparse.diags_array(graph.diagonal()))
    labels = best = np.arange(n)
    highest, waited = modularity(graph, labels), 0
    for _ in range(_SWEEPS):
        target, gain = _wishes(apart, labels, strength, total)
        wish = gain > 0
        if not wish.any():
            break
        # All at once would have neighbours change places for ever.
        moves = wish & (chance.random(n) < 0.5)
        labels = np.where(moves, target, labels)
        value = modularity(graph, labels)
        waited += 1
        if value > highest + _BETTER:
            waited = 0
        if value > highest:
            best, highest = labels, value
        if waited == _PATIENCE:
            break
    return best


def _wishes(
    apart: Any, labels: Ints, strength: Any, total: float
) -> tuple[Ints, NDArray[np.float64]]:
    """For each node the neighbouring community that suits it best, and the gain."""
    n = len(labels)
    member = sparse.csr_array((np.ones(n), labels, np.arange(n + 1)), shape=(n, n))
    ties = sparse.csr_array(apart @ member)
    ties.sort_indices()
    rows = np.repeat(np.arange(n), np.diff(ties.indptr))
    sizes = np.bincount(labels, strength, n)
    own = labels[rows] == ties.indices
    others = sizes[ties.indices] - np.where(own, strength[rows], 0)
    worth = ties.data - strength[rows] * others / total
    # Staying where one has no ties is worth this:
    stay = -strength * (sizes[labels] - strength) / total
    stay[rows[own]] = worth[own]
    best = np.full(n, -np.inf)
    np.maximum.at(best, rows, worth)
    target = labels.copy()
    first = np.flatnonzero(worth == best[rows])[::-1]  # of equals the lowest is kept
    target[rows[first]] = ties.indices[first]
    gain = best - stay
    gain[gain < 1e-12 * strength] = 0  # noise in sums is no gain
    return target, gain


def _split(graph: Any, labels: Ints) -> Ints:
    """The labels with each community that is not connected split into its parts."""
    rows = np.repeat(np.arange(len(labels)), np.diff(graph.indptr))
    inside = labels[rows] == labels[graph.indices]
    kept = sparse.csr_array(
        (graph.data[inside], (rows[inside], graph.indices[inside])), shape=graph.shape
    )
    parts = csgraph.connected_components(kept, directed=False)[1]
    return np.asarray(parts, np.int64)


def _merged(graph: Any, labels: Ints) -> Any:
    """Communities as the nodes, with what is within them on the diagonal."""
    n, count = len(labels), int(labels.max()) + 1
    member = sparse.csr_array((np.ones(n), labels, np.arange(n + 1)), shape=(n, count))
    return sparse.csr_array(member.T @ graph @ member)


def _marks(graph: Any) -> Hashes:
    """A number for each person that follows from their ties alone, to stand in order
    by: contacts, contacts' contacts and so on (Weisfeiler and Leman), hashed."""
    whole = graph.copy()
    whole.data = np.round(graph.data * _WHOLE).astype(np.uint64)
    marks = np.ones(graph.shape[0], np.uint64)
    for _ in range(_ROUNDS):
        marks = _stirred(marks + whole @ _stirred(marks))
    return marks


def _stirred(numbers: Hashes) -> Hashes:
    """Well mixed bits (the finaliser of splitmix64, Steele et al. 2014)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
