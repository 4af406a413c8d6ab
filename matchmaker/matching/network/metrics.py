"""What a further tie would bridge, in a network of ties."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from matchmaker.matching.arrays import Float64Array, Ints
from matchmaker.matching.network.communities import communities
from matchmaker.matching.types import Tie

# Weeks after which a tie counts half, so a quarter after a year. Of the ties that
# bridge groups nine in ten are gone after a year (Burt 2002, "Bridge decay", Social
# Networks 24), a half-life of 16 weeks; those within groups last longer.
HALF_LIFE = 26.0

_PAIRS = 200_000  # pairs whose mixes are multiplied at once


@dataclass(frozen=True)
class Network:
    """Which circles people move in, by rank in the order they were given in."""

    community: Ints  # (people,) 0 for the largest, -1 for people without ties
    mix: Any  # csr_array (people, communities): of one's contacts, rows of length 1
    # What a tie between two people drawn at random would bridge, 0 to 1.
    usual_bridge: float


def decay(age_weeks: ArrayLike, half_life: float = HALF_LIFE) -> Float64Array:
    """What is left of ties valued so many weeks ago: 1 now, 0.5 after `half_life`.

    Shaped as the ages. ValueError for an age below 0 or a half-life of 0 or less.
    """
    age = np.asarray(age_weeks, np.float64)
    if not half_life > 0:
        raise ValueError("The half-life of ties must be positive.")
    if not (age >= 0).all():
        raise ValueError("Ties cannot have been valued in the future.")
    return np.asarray(0.5 ** (age / half_life))


def measure(ids: Sequence[int], ties: Collection[Tie], seed: int = 0) -> Network:
    """Find the circles of the people `ids` by their ties.

    Several ties of the same two are as strong as the strongest: a tie is as fresh as
    the last meeting. Ties to somebody not among the ids, as one who left, are passed
    over. The seed settles what is alike in every way.

    ValueError: an id twice, somebody tied to themselves, a strength outside 0 to 1.
    """
    graph = _graph(np.array(ids, np.int64), ties)
    community = communities(graph, seed)
    mix = _mix(graph, community)
    return Network(community, mix, _usual(mix))


def bridging(network: Network, first: Ints, second: Ints) -> Float64Array:
    """What a tie between first[k] and second[k], by rank, would bridge.

    1 - cos(P, Q), with P and Q the mixes of communities among their contacts, each
    contact counted by strength: 0 where both know the same circles, 1 where they have
    none in common; (pairs,). Where one has no contacts there is no mix, and the pair
    gets what two people usually have. With 0 a newcomer would be shunned as soon as
    bridging counts at all, with 1 they would be given to everybody as a bridge that
    leads nowhere; the mean draws neither way.
    """
    known = np.diff(network.mix.indptr) > 0
    bridge = np.full(len(first), network.usual_bridge)
    pairs = np.flatnonzero(known[first] & known[second])
    for start in range(0, len(pairs), _PAIRS):
        some = pairs[start : start + _PAIRS]
        alike = network.mix[first[some]].multiply(network.mix[second[some]])
        bridge[some] = 1 - np.asarray(alike.sum(axis=1))
    clipped: Float64Array = np.clip(bridge, 0, 1)
    return clipped


def _graph(ids: Ints, ties: Collection[Tie]) -> Any:
    """The symmetric matrix of strengths, a csr_array with sorted columns."""
    n = len(ids)
    order = np.argsort(ids, kind="stable")
    if (np.diff(ids[order]) == 0).any():
        raise ValueError("Everybody has one id.")
    one = np.fromiter((tie.one for tie in ties), np.int64, len(ties))
    other = np.fromiter((tie.other for tie in ties), np.int64, len(ties))
    strength = np.fromiter((tie.strength for tie in ties), np.float64, len(ties))
    if (one == other).any():
        raise ValueError("Nobody has a tie with themselves.")
    if not ((strength >= 0) & (strength <= 1)).all():
        raise ValueError("The strength of a tie lies between 0 and 1.")
    here = (strength > 0) & np.isin(one, ids) & np.isin(other, ids)
    ends = order[np.searchsorted(ids, [one[here], other[here]], sorter=order)]
    pair = ends.min(axis=0) * n + ends.max(axis=0)
    strongest = np.lexsort((-strength[here], pair))
    pair, at = np.unique(pair[strongest], return_index=True)
    weight = strength[here][strongest][at]
    rows, columns = pair // max(n, 1), pair % max(n, 1)
    graph = sparse.csr_array((weight, (rows, columns)), shape=(n, n))
    return sparse.csr_array(graph + graph.T).sorted_indices()


def _rows(graph: Any) -> Ints:
    return np.repeat(np.arange(graph.shape[0]), np.diff(graph.indptr))


def _mix(graph: Any, community: Ints) -> Any:
    """For each person the communities of their contacts, rows of length 1 (or 0)."""
    rows, contact = _rows(graph), community[graph.indices]
    shape = (graph.shape[0], int(community.max(initial=-1)) + 1)
    mix = sparse.csr_array((graph.data, (rows, contact)), shape=shape)
    mix.sum_duplicates()
    lengths = np.sqrt(np.bincount(_rows(mix), mix.data**2, shape[0]))
    mix.data /= lengths[_rows(mix)]
    return mix


def _usual(mix: Any) -> float:
    """The mean over all pairs of people with a mix of 1 - cos; 0 for fewer than two."""
    people = int((np.diff(mix.indptr) > 0).sum())
    if people < 2:
        return 0.0
    together = float((mix.sum(axis=0) ** 2).sum()) - people  # without self-pairs
    return min(1.0, max(0.0, 1 - together / (people * (people - 1))))
