"""How good and how quick the pairing is, beside greedy, rustworkx and networkx.

    python benchmarks/pairing.py            500 to 1,500 people, as a round has at most
    python benchmarks/pairing.py --large    networkx at 1,500 too

Made-up communities: everybody wants one topic and offers another, near to others of
that topic in eight dimensions, and some are more popular than others. An edge's weight
is what the side that gains less gains, plus a quarter of the difference; everybody has
25 candidates for what they want and 25 for what they offer, and is one of others'.

What counts: value / bound, where no pairing at all weighs more than the bound; seconds
by the wall beside the others on the same graph in the same process; and the highest
memory of that process, the graph's own included.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import networkx
import numpy as np
import rustworkx
from memory import peak_gib

from matchmaker.matching.pairing import Pairing, pair

Row = tuple[str, str, str]
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]
Result = TypeVar("Result")

SIZES = (500, 1_000, 1_500)
BARS = {
    500: "optimal",
    1_000: "optimal, 0.15 s",
    1_500: "optimal, 0.4 s",
}
NETWORKX_TO = 1_000
MENTORING = 1_000  # people, with several introductions and mentors' places
EACH, TOPIC, DIMENSIONS = 25, 400, 8


def community(people: int, seed: int = 0) -> Arrays:
    """Distinct edges first < second, in order, and their weights, 2**40 to 1."""
    random = np.random.default_rng(seed)
    topics = max(2, people // TOPIC)
    centres = _directions(random.normal(size=(topics, DIMENSIONS)))
    topic = random.integers(0, topics, (2, people))
    wants, offers = (
        _directions(centres[of] + random.normal(0, 0.25, (people, DIMENSIONS)))
        for of in topic
    )
    popularity = random.normal(0, 0.5, people).astype(np.float32)
    order = np.argsort(topic, axis=1, kind="stable")
    begins = [
        np.searchsorted(of[by], np.arange(topics + 1))
        for of, by in zip(topic, order, strict=True)
    ]
    keys = []
    for t in range(topics):
        asking, offering = (
            by[at[t] : at[t + 1]] for by, at in zip(order, begins, strict=True)
        )
        gains = 3 * wants[asking] @ offers[offering].T + popularity[offering]
        back = 3 * wants[offering] @ offers[asking].T + popularity[asking]
        lesser = np.minimum(gains, back.T)
        for mine, theirs, worth in (
            (asking, offering, lesser),
            (offering, asking, lesser.T),
        ):
            if len(mine) and len(theirs):
                best = np.argsort(-worth, axis=1)[:, :EACH]
                one = np.repeat(mine, best.shape[1])
                other = theirs[best].ravel()
                key = np.minimum(one, other) * people + np.maximum(one, other)
                keys.append(key[one != other])
    key = np.unique(np.concatenate(keys))
    first, second = np.divmod(key, people)
    weights = random.integers(0, 2**20, len(key))
    for at in range(0, len(key), 2**20):
        a, b = first[at : at + 2**20], second[at : at + 2**20]
        one, other = (
            1
            / (
                1
                + np.exp(
                    1.5 - 3 * np.einsum("ij,ij->i", wants[x], offers[y]) - popularity[y]
                )
            )
            for x, y in ((a, b), (b, a))
        )
        value = np.minimum(one, other) + np.abs(one - other) / 4
        weights[at : at + 2**20] += np.round(value * 2**20).astype(np.int64) << 20
    return first, second, weights


def _directions(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / lengths).astype(np.float32)


def greedy(
    people: int, first: np.ndarray, second: np.ndarray, weights: np.ndarray
) -> int:
    """The heaviest edge, then the heaviest that is left, and so on: what it weighs."""
    order = np.argsort(-weights, kind="stable")
    first, second, weights = first[order], second[order], weights[order]
    rank, value = np.arange(len(order)), 0
    free = np.ones(people, bool)
    while len(rank):
        best = np.full(people, len(order))
        np.minimum.at(best, first[rank], rank)
        np.minimum.at(best, second[rank], rank)
        taken = rank[(best[first[rank]] == rank) & (best[second[rank]] == rank)]
        free[first[taken]] = free[second[taken]] = False
        value += int(weights[taken].sum())
        rank = rank[free[first[rank]] & free[second[rank]]]
    return value


def by_rustworkx(people: int, edges: list[tuple[int, int, int]]) -> int:
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(people))
    graph.add_edges_from(edges)
    matched = rustworkx.max_weight_matching(graph, weight_fn=int)
    return sum(graph.get_edge_data(*link) for link in matched)


def by_networkx(edges: list[tuple[int, int, int]]) -> int:
    graph = networkx.Graph()
    graph.add_weighted_edges_from(edges)
    return sum(graph.edges[x]["weight"] for x in networkx.max_weight_matching(graph))


def timed(what: Callable[[], Result]) -> tuple[Result, float]:
    begun = time.perf_counter()
    return what(), time.perf_counter() - begun


def generate(people: int, path: Path) -> None:
    np.savez(path, *community(people))


def shown(found: Pairing) -> str:
    proved = ", optimal" if found.is_optimal else ""
    return f"{found.value / found.bound:.5f}{proved}"


def measure(people: int, path: Path, networkx_to: int) -> list[Row]:
    with np.load(path) as arrays:
        edges: Arrays = arrays["arr_0"], arrays["arr_1"], arrays["arr_2"]
    before = peak_gib()
    found, seconds = timed(lambda: pair(people, *edges))
    for _ in range(2 if seconds < 5 else 0):
        seconds = min(seconds, timed(lambda: pair(people, *edges))[1])
    peak = peak_gib()
    greedily, greedy_seconds = timed(lambda: greedy(people, *edges))
    name = f"{people:,} people"
    rows = [
        (
            f"{name}, {len(edges[0]):,} edges: value / bound",
            shown(found),
            f"greedy {greedily / found.bound:.4f}; bar {BARS[people]}",
        ),
        (f"{name}: time", f"{seconds:.3f} s", f"greedy {greedy_seconds:.3f} s"),
        (f"{name}: memory", f"{peak:.2f} GiB", f"{before:.2f} GiB before"),
    ]
    listed = list(zip(*(array.tolist() for array in edges), strict=True))
    rivals: list[tuple[str, int, Callable[[], int]]] = [
        ("rustworkx", people, lambda: by_rustworkx(people, listed)),
        ("networkx", networkx_to, lambda: by_networkx(listed)),
    ]
    for rival, most, solve in rivals:
        if people <= most:
            theirs, long = timed(solve)
            assert found.value <= theirs <= found.bound
            assert not found.is_optimal or found.value == theirs
            rows.append(
                (
                    f"{name}: times as fast as {rival}",
                    f"{long / seconds:,.0f} ({found.value / theirs:.6f} of its value)",
                    f"{long:.2f} s",
                )
            )
    return rows


def measure_mentoring(path: Path) -> list[Row]:
    """Capacities 1 to 3, half the edges mentoring, at most one place for it each."""
    with np.load(path) as arrays:
        first, second, weights = arrays["arr_0"], arrays["arr_1"], arrays["arr_2"]
    random = np.random.default_rng(0)
    capacities = random.choice([1, 2, 3], MENTORING, p=[0.7, 0.2, 0.1])
    mentors = np.where(random.random(len(first)) < 0.5, first, -1)
    places = random.integers(0, 2, MENTORING)
    found, seconds = timed(
        lambda: pair(capacities, first, second, weights, mentors, places)
    )
    return [
        (
            f"{MENTORING:,} people, 1 to 3 introductions, mentors' places",
            f"{shown(found)}, {seconds:.2f} s",
            "bar 0.999",
        )
    ]


def run(*, large: bool = False) -> list[Row]:
    rows: list[Row] = []
    networkx_to = max(SIZES) if large else NETWORKX_TO
    # A process each, so that the memory is that of one pairing.
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), max_tasks_per_child=1
        ) as pool,
    ):
        for people in SIZES:
            path = Path(folder) / f"{people}.npz"
            pool.submit(generate, people, path).result()
            rows += pool.submit(measure, people, path, networkx_to).result()
            if people == MENTORING:
                rows += pool.submit(measure_mentoring, path).result()
            path.unlink()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true")
    for what, ours, baseline in run(large=parser.parse_args().large):
        print(f"{what:58} {ours:36} {baseline}")


if __name__ == "__main__":
    main()
