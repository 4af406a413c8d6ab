"""What bridging costs and what it brings; how long it takes to find the circles.

    python benchmarks/network.py           the experiment with one seed
    python benchmarks/network.py --large   with three

A clustered network of 4,000 people in 60 communities: nine in ten ties are
within one, and people of one community are alike. Everybody gets one introduction, of
weight (1 - lambda) * benefit + lambda * bridge, paired by the engine among each
person's 40 best and 40 random others, not yet tied. What counts is how much the mean
path of the network is shortened (more is better) for how much of the benefit, both
against lambda 0 in the same network; beside it, random introductions. Then the
seconds to find the communities of 4,000 and 100,000 people, beside networkx.
"""

import sys
import time

import networkx
import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from matchmaker.matching.arrays import Ints
from matchmaker.matching.network import Tie, bridging, measure
from matchmaker.matching.network.communities import modularity
from matchmaker.matching.pairing import pair

PEOPLE, COMMUNITIES, DEGREE, SEEDS = 4_000, 60, 12, 3
LAMBDAS = (0.0, 0.10, 0.15, 0.25)
BARS = {0.10: "3.7 % for 1.4 %", 0.15: "6.1 % for 5.4 %", 0.25: "9.1 % for 17 %"}
SAMPLE = 500  # people from whom paths are followed


def community(
    n: int, groups: int, degree: int, random: np.random.Generator
) -> tuple[Ints, list[Tie]]:
    """Which of the groups each is in, and the ties."""
    group = np.sort(random.integers(0, groups, n))
    begins = np.searchsorted(group, np.arange(groups + 1))
    one = random.integers(0, n, n * degree // 2)
    sizes = begins[group[one] + 1] - begins[group[one]]
    mate = begins[group[one]] + (random.random(len(one)) * sizes).astype(int)
    inside = random.random(len(one)) < 0.9
    other = np.where(inside, mate, random.integers(0, n, len(one)))
    strength = 0.05 + 0.95 * random.random(len(one))
    ends = zip(one.tolist(), other.tolist(), strength.tolist(), strict=True)
    return group, [Tie(a, b, s) for a, b, s in ends if a != b]


def likeness(group: Ints, random: np.random.Generator) -> np.ndarray:
    middles = random.standard_normal((group.max() + 1, 32))
    people = middles[group] + random.standard_normal((len(group), 32))
    people /= np.linalg.norm(people, axis=1, keepdims=True)
    return (1 + people @ people.T) / 2


def experiment(seed: int) -> dict[str, tuple[float, float]]:
    """For each way the share by which the path is shorter, and of the benefit lost."""
    random = np.random.default_rng(seed)
    group, ties = community(PEOPLE, COMMUNITIES, DEGREE, random)
    like = likeness(group, random)
    network = measure(range(PEOPLE), ties)

    alone = like - 2 * np.eye(PEOPLE)
    alone[[t.one for t in ties], [t.other for t in ties]] = -1
    alone[[t.other for t in ties], [t.one for t in ties]] = -1
    best = np.argpartition(-alone, 40, axis=1)[:, :40]
    some = np.hstack([best, random.integers(0, PEOPLE, (PEOPLE, 40))])
    ends = np.stack([np.repeat(np.arange(PEOPLE), 80), some.ravel()])
    ends = ends[:, alone[tuple(ends)] >= 0]
    first, second = np.unique(np.sort(ends, axis=0), axis=1)
    benefit, bridge = like[first, second], bridging(network, first, second)

    weights = {f"{part:.2f}": (1 - part) * benefit + part * bridge for part in LAMBDAS}
    weights["random"] = random.random(len(first))
    found = {}
    for name, weight in weights.items():
        whole = np.round(weight * 2**40).astype(np.int64) + 1
        edges = pair(PEOPLE, first, second, whole).edges
        made = zip(first[edges].tolist(), second[edges].tolist(), strict=True)
        after = ties + [Tie(*ends, 1.0) for ends in made]
        found[name] = (mean_path(PEOPLE, after), float(benefit[edges].mean()))
    path, worth = found["0.00"]
    return {name: (1 - p / path, 1 - b / worth) for name, (p, b) in found.items()}


def mean_path(n: int, ties: list[Tie]) -> float:
    """Mean steps from some people to those they can reach."""
    starts = np.random.default_rng(0).choice(n, SAMPLE, replace=False)
    steps = csgraph.dijkstra(graph(n, ties), unweighted=True, indices=starts)
    return float(steps[np.isfinite(steps) & (steps > 0)].mean())


def graph(n: int, ties: list[Tie]) -> sparse.csr_array:
    """The strengths, symmetric; of several ties of two, the strongest."""
    strongest: dict[tuple[int, int], float] = {}
    for tie in ties:
        ends = min(tie.one, tie.other), max(tie.one, tie.other)
        strongest[ends] = max(strongest.get(ends, 0.0), tie.strength)
    rows, columns = np.array([*strongest], np.int64).T
    matrix = sparse.csr_array(([*strongest.values()], (rows, columns)), shape=(n, n))
    return sparse.csr_array(matrix + matrix.T)


def timings() -> list[tuple[str, str, str]]:
    rows = []
    for n, groups, degree in ((4_000, 60, 18), (100_000, 1_000, 19)):
        _, ties = community(n, groups, degree, np.random.default_rng(0))
        start = time.perf_counter()
        labels = measure(range(n), ties).community
        took = time.perf_counter() - start
        theirs, seconds = _networkx(n, ties) if n == PEOPLE else ("", "-")
        rows.append(
            (f"{n:,} people, {len(ties):,} ties: seconds", f"{took:.2f}", seconds)
        )
        ours = f"{labels.max() + 1}, {modularity(graph(n, ties), labels):.3f}"
        beside = f"{groups} planted{theirs}"
        rows.append((f"{n:,} people: communities, modularity", ours, beside))
    return rows


def _networkx(n: int, ties: list[Tie]) -> tuple[str, str]:
    whole = networkx.from_scipy_sparse_array(graph(n, ties))
    start = time.perf_counter()
    found = networkx.community.louvain_communities(whole, seed=0)
    took = time.perf_counter() - start
    quality = networkx.community.modularity(whole, found)
    return f"; networkx {len(found)}, {quality:.3f}", f"networkx {took:.1f}"


def run(*, large: bool = False) -> list[tuple[str, str, str]]:
    """(what, ours, baseline or bar)."""
    found = [experiment(seed) for seed in range(SEEDS if large else 1)]
    rows = []
    for name in found[0]:
        shorter, lost = np.mean([ways[name] for ways in found], axis=0)
        what = name if name == "random" else f"lambda {name}"
        bar = BARS.get(float(name), "-") if name != "random" else "-"
        ours = f"{shorter:.1%} shorter for {lost:.1%}"
        rows.append((f"introductions by {what}: path, benefit", ours, bar))
    return rows + timings()


def main() -> None:
    for what, ours, bar in run(large="--large" in sys.argv):
        print(f"{what:50} {ours:>24}   {bar}")


if __name__ == "__main__":
    main()
