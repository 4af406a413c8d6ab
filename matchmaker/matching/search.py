"""The nearest of very many vectors, by inner product.

Items are sorted into cells around centres (k-means), and a query is multiplied with
the cells whose centres it is nearest to: all of them up to `EXACT` items, so that the
answer is exact, and beyond as many as `_PRODUCTS` allows, but at least `_PROBES`.
All queries of a cell are multiplied with it at once, since a product of matrices is an
order of magnitude quicker than as many of vectors (this is what makes it quicker than
an inverted file that goes query by query).
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from matchmaker.matching.arrays import Floats, Ints

Ints32 = NDArray[np.int32]

EXACT = 75_000  # items up to which nothing is missed
_PRODUCTS = 3_000_000_000  # of all queries beyond that: some 15 s on two cores
_PROBES = 16  # cells that a query looks into at least
_CELL = 1_000  # items of a cell, on average
_LARGEST = 4_000  # and at most: many alike would else be one cell that all look into
_SAMPLE = 64  # items for each centre, to find the centres by
_TURNS = 8  # of k-means
_CHUNK = 32_768  # queries that one thread takes at a time
_BLOCK = 512  # of these, as many as are multiplied at once

# Puts the scores of queries `rows` with items begin, begin + 1 … among their best.
Merge = Callable[[Floats, Ints, int, Floats, Ints32], None]


@dataclass(frozen=True)
class _Items:
    """Items by cell; `order` says which item is where."""

    vectors: Floats  # (n, d)
    order: Ints32  # (n,)
    ends: Ints  # (cells + 1,) where each cell begins
    centres: Floats  # (cells, d)


def nearest(
    queries: Floats, items: Floats, k: int, seed: int = 0
) -> tuple[Ints32, Floats]:
    """The k items of the greatest inner product with each query, and the products.

    `queries` (m, d), `items` (n, d); gives (m, min(k, n)) twice, the greatest first
    and of equal ones the lower item first. Exact up to `EXACT` items; beyond, some are
    missed (see benchmarks/candidates.py). The same arguments give the same answer on
    the same machine. Needs the room of the items once more, and 50 MB a thread.

    ValueError: a number is not finite, dimensions differ, or k is below 0.
    """
    queries, items = np.asarray(queries), np.asarray(items)
    if queries.ndim != 2 or queries.shape[1:] != items.shape[1:]:
        raise ValueError("Queries and items are rows of as many numbers each.")
    if k < 0:
        raise ValueError("Nobody has fewer than no neighbours.")
    for vectors in (queries, items):
        for start in range(0, len(vectors), _CHUNK):
            if not np.isfinite(vectors[start : start + _CHUNK]).all():
                raise ValueError("Vectors hold finite numbers only.")
    k = min(k, len(items))
    found = np.empty((len(queries), k), np.int32)
    scores = np.empty((len(queries), k), np.float32)
    if not k or not len(queries):
        return found, scores

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as threads:
        shelf = _shelve(items, seed)
        merge = _merge_compiled() if find_spec("numba") else _merge
        sizes = np.sort(np.diff(shelf.ends))
        enough = int(np.searchsorted(np.cumsum(sizes), k)) + 1  # even of the smallest
        afford = _PRODUCTS // (_CELL * len(queries))
        some = max(_PROBES, enough, afford)
        probes = len(sizes) if len(items) <= EXACT else some

        def answer(start: int) -> None:
            chunk = slice(start, start + _CHUNK)
            found[chunk], scores[chunk] = _search(
                queries[chunk], shelf, k, probes, merge
            )

        list(threads.map(answer, range(0, len(queries), _CHUNK)))
    return found, scores


def _shelve(items: Floats, seed: int) -> _Items:
    chance = np.random.default_rng(seed)
    n = len(items)
    count = -(-n // _CELL)
    some = np.sort(chance.choice(n, min(n, _SAMPLE * count), replace=False))
    cell = _nearest_centre(items, _centres(items[some], count, chance))
    order = np.argsort(cell, kind="stable").astype(np.int32)
    ends = _cut(np.bincount(cell, minlength=count))
    vectors = np.asarray(items[order], np.float32)
    middles = _unit(np.add.reduceat(vectors, ends[:-1], axis=0))
    return _Items(vectors, order, ends, middles)


def _nearest_centre(vectors: Floats, centres: Floats) -> Ints:
    return np.concatenate(
        [
            (vectors[start : start + _CHUNK] @ centres.T).argmax(axis=1)
            for start in range(0, len(vectors), _CHUNK)
        ]
    )


def _centres(sample: Floats, count: int, chance: np.random.Generator) -> Floats:
    """Directions around which the sample gathers, (count, d): spherical k-means."""
    centres = _unit(sample[chance.choice(len(sample), count, replace=False)])
    for _ in range(_TURNS):
        cell = _nearest_centre(sample, centres)
        order = np.argsort(cell, kind="stable")
        filled, begins = np.unique(cell[order], return_index=True)
        centres[filled] = _unit(np.add.reduceat(sample[order], begins, axis=0))
    return centres


def _cut(sizes: Ints) -> Ints:
    """Where cells begin, and the last ends: none empty, none above `_LARGEST`."""
    ends = [0]
    for size in sizes.tolist():
        pieces = -(-size // _LARGEST)
        ends += [ends[-1] + size * (at + 1) // pieces for at in range(pieces)]
    return np.array(ends)


def _search(
    queries: Floats, items: _Items, k: int, probes: int, merge: Merge
) -> tuple[Ints32, Floats]:
    best = np.full((len(queries), k), -np.inf, np.float32)
    places = np.full((len(queries), k), -1, np.int32)
    # The nearest cell first: after it, most products are known to be too small.
    for cells in _nearest_cells(queries, items.centres, probes):
        asked = np.argsort(cells.ravel(), kind="stable")
        begins = np.searchsorted(cells.ravel()[asked], np.arange(len(items.ends)))
        for cell in np.flatnonzero(np.diff(begins)):
            rows = asked[begins[cell] : begins[cell + 1]] // cells.shape[1]
            begin, end = items.ends[cell], items.ends[cell + 1]
            across = items.vectors[begin:end].T
            for start in range(0, len(rows), _BLOCK):
                some = rows[start : start + _BLOCK]
                merge(queries[some] @ across, some, int(begin), best, places)
    found = items.order[places]
    order = np.lexsort((found, -best))
    found = np.take_along_axis(found, order, axis=1)
    return found, np.take_along_axis(best, order, axis=1)


def _nearest_cells(queries: Floats, centres: Floats, probes: int) -> tuple[Ints, Ints]:
    """The nearest cell of each query, (m, 1), and the next ones, (m, probes - 1)."""
    probes = min(probes, len(centres))
    nearest_ = np.empty((len(queries), probes), np.int64)
    for start in range(0, len(queries), _BLOCK):
        chunk = slice(start, start + _BLOCK)
        scores = queries[chunk] @ centres.T
        most = np.argpartition(-scores, probes - 1, axis=1)[:, :probes]
        first = np.take_along_axis(scores, most, axis=1).argmax(axis=1)
        lines = np.arange(len(most))
        most[lines, first], most[:, 0] = most[:, 0], most[lines, first].copy()
        nearest_[chunk] = most
    return nearest_[:, :1], nearest_[:, 1:]


def _merge(
    scores: Floats, rows: Ints, begin: int, best: Floats, places: Ints32
) -> None:
    """Put what beats the least of a row's best in its place.

    `scores` (rows, items of the cell); `best` and `places` (queries, k) are changed.
    """
    k = best.shape[1]
    line, column = np.nonzero(scores > best[rows].min(axis=1)[:, None])
    lines = np.concatenate([np.repeat(np.arange(len(rows)), k), line])
    values = np.concatenate([best[rows].ravel(), scores[line, column]])
    where = np.concatenate([places[rows].ravel(), begin + column])
    order = np.lexsort((-values, lines))
    kept = np.searchsorted(lines[order], np.arange(len(rows)))[:, None] + np.arange(k)
    best[rows], places[rows] = values[order][kept], where[order][kept]


@cache
def _merge_compiled() -> Merge:
    """As `_merge`, in machine code; the best are a heap with the least on top."""
    import numba

    @numba.njit(cache=True, nogil=True)
    def merge(scores, rows, begin, best, places):  # type: ignore[no-untyped-def]
        k = best.shape[1]
        for line in range(len(rows)):
            row, heap, where = scores[line], best[rows[line]], places[rows[line]]
            for column in range(len(row)):
                value = row[column]
                if value <= heap[0]:
                    continue
                at = 0
                while 2 * at + 1 < k:
                    child = 2 * at + 1
                    if child + 1 < k and heap[child + 1] < heap[child]:
                        child += 1
                    if heap[child] >= value:
                        break
                    heap[at], where[at] = heap[child], where[child]
                    at = child
                heap[at], where[at] = value, begin + column

    found: Merge = merge
    return found


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)
