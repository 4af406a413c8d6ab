"""How different two industries are, read off the ISIC Rev.4 tree."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DEPTH = 4  # section, division, group, class


def distance(one: Sequence[str], other: Sequence[str]) -> float:
    """How different two paths are: 0 the same class, 1 different sections.

    Each level in common takes off a quarter. Where the shorter path ends without
    contradicting the longer, the rest is unknown and counts half; so with an unknown
    industry the distance is ½.
    """
    apart = distances([tuple(one), tuple(other)], np.array([0]), np.array([1]))
    return float(apart[0])


def distances(
    paths: Sequence[tuple[str, ...]], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The distance of path left[k] from path right[k], as `distance` has it."""
    codes = _codes(paths)
    one, other = codes[left], codes[right]
    equal = (one == other) & (one >= 0)
    common = np.logical_and.accumulate(equal, axis=1).sum(axis=1)
    contradict = ((one != other) & (one >= 0) & (other >= 0)).any(axis=1)
    rest = 1 - common / DEPTH
    result: NDArray[np.float64] = np.where(contradict, rest, rest / 2)
    result[common == DEPTH] = 0.0
    return result


def _codes(paths: Sequence[tuple[str, ...]]) -> NDArray[np.int64]:
    """Each path's levels as numbers, -1 where it has ended, (paths, DEPTH)."""
    names: dict[str, int] = {}
    codes = np.full((len(paths), DEPTH), -1, np.int64)
    for row, path in enumerate(paths):
        for level, name in enumerate(path[:DEPTH]):
            codes[row, level] = names.setdefault(name, len(names))
    return codes
