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
    paths = codes([tuple(one), tuple(other)])
    return float(distances(paths[:1], paths[1:])[0])


def distances(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float64]:
    """The distance of path one[k] from path other[k], both (pairs, DEPTH) from `codes`,
    as `distance` has it: (pairs,)."""
    equal = (one == other) & (one >= 0)
    common = np.logical_and.accumulate(equal, axis=1).sum(axis=1)
    contradict = ((one != other) & (one >= 0) & (other >= 0)).any(axis=1)
    rest = 1 - common / DEPTH
    result: NDArray[np.float64] = np.where(contradict, rest, rest / 2)
    result[common == DEPTH] = 0.0
    return result


def codes(paths: Sequence[tuple[str, ...]]) -> NDArray[np.int64]:
    """Each path's levels as numbers, -1 where it has ended, (paths, DEPTH)."""
    kinds = {path: row for row, path in enumerate(dict.fromkeys(paths))}
    names: dict[str, int] = {}
    table = np.full((len(kinds), DEPTH), -1, np.int64)
    for path, row in kinds.items():
        for level, name in enumerate(path[:DEPTH]):
            table[row, level] = names.setdefault(name, len(names))
    return table[[kinds[path] for path in paths]]
