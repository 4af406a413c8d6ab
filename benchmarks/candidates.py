"""The 50 nearest of many vectors: how many are found, and how fast.

    python benchmarks/candidates.py            10,000 and 100,000, a minute or two
    python benchmarks/candidates.py --large    1,000,000 as well, some minutes, 5 GB

Items and queries are made-up profiles: the meaning of three tasks of one occupation and
one of another, from data/onet/tasks.csv. What counts is recall@50 against brute force
in numpy on a sample of queries (at least 0.95, and 1 where the search is exact) and the
time for as many queries as items, beside brute force's time scaled up from the sample.
The processor time stands beside, for machines that others use as well; divided by the
cores it is what the search takes on an idle one.
"""

import csv
import os
import sys
import time
from pathlib import Path

import numpy as np
from matchmaker.matching.search import EXACT, nearest
from matchmaker.matching.vectors import Vectors, encode

TASKS = Path(__file__).parent / "data" / "onet" / "tasks.csv"
SIZES, LARGE = (10_000, 100_000), 1_000_000
K, SAMPLE, DIMENSIONS = 50, 500, 256


def tasks() -> tuple[np.ndarray, np.ndarray]:
    """The meaning of each task, and where each occupation's tasks begin (and end)."""
    with TASKS.open(newline="", encoding="utf-8") as file:
        rows = sorted((row["occupation"], row["task"]) for row in csv.DictReader(file))
    vectors: Vectors = encode([task for _, task in rows])
    occupations = np.unique([name for name, _ in rows], return_index=True)[1]
    return vectors.meaning, np.append(occupations, len(rows))


def profiles(n: int, seed: int, meaning: np.ndarray, begins: np.ndarray) -> np.ndarray:
    random = np.random.default_rng(seed)
    made = np.empty((n, DIMENSIONS), np.float32)
    for start in range(0, n, 50_000):
        size = min(50_000, n - start)
        job = random.integers(0, len(begins) - 1, size)
        tasks_of = (begins[job + 1] - begins[job])[:, None]
        own = begins[job][:, None] + (random.random((size, 3)) * tasks_of).astype(int)
        other = random.integers(0, len(meaning), size)
        rows = meaning[own].sum(axis=1) + 0.7 * meaning[other]
        made[start : start + size] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return made


def brute(queries: np.ndarray, items: np.ndarray) -> np.ndarray:
    best = []
    for start in range(0, len(queries), 100):
        scores = queries[start : start + 100] @ items.T
        best.append(np.argpartition(-scores, K, axis=1)[:, :K])
    return np.concatenate(best)


def run(*, large: bool = False) -> list[tuple[str, str, str]]:
    """(what, ours, baseline or bar)."""
    rows = []
    known = tasks()
    for n in (*SIZES, LARGE) if large else SIZES:
        items, queries = profiles(n, 1, *known), profiles(n, 2, *known)
        nearest(queries[:1000], items[:3000], K)  # compiled by now
        start, used = time.perf_counter(), time.process_time()
        found, _ = nearest(queries, items, K)
        took, used = time.perf_counter() - start, time.process_time() - used
        sample = np.random.default_rng(3).choice(n, SAMPLE, replace=False)
        start = time.perf_counter()
        true = brute(queries[sample], items)
        theirs = (time.perf_counter() - start) * n / SAMPLE
        pairs = zip(found[sample].tolist(), true.tolist(), strict=True)
        recall = np.mean([len({*ours} & {*best}) / K for ours, best in pairs])
        bar = "1 (exact)" if n <= EXACT else "at least 0.95"
        rows += [
            (f"{n:,} by {n:,}: recall@{K}", f"{recall:.4f}", bar),
            (f"{n:,} by {n:,}: seconds", f"{took:.1f}", f"numpy {theirs:.1f}"),
            (
                f"{n:,} by {n:,}: processor seconds over cores",
                f"{used / (os.cpu_count() or 1):.1f}",
                {100_000: "20", LARGE: "200"}.get(n, "-"),
            ),
        ]
    return rows


def main() -> None:
    for what, ours, bar in run(large="--large" in sys.argv):
        print(f"{what:50} {ours:>10}   {bar}")


if __name__ == "__main__":
    main()
