"""What bridging costs and what it brings; how long the network's measures take.

    python benchmarks/network.py           the experiment with one seed
    python benchmarks/network.py --large   with three

A clustered network of 4,000 people in 60 communities: nine in ten ties are
within one, and people of one community are alike. Everybody gets one introduction, of
weight (1 - lambda) * benefit + lambda * bridge, paired by the engine among each
person's 40 best and 40 random others, not yet tied. What counts is how much the mean
path of the network is shortened (more is better) for how much of the benefit, both
against lambda 0 in the same network; beside it, random introductions. Then the
seconds of all measures at 4,000 and 100,000 people, beside networkx at 4,000 (its
constraint and effective size from a sample of people, scaled up).
"""

import sys
import time

import networkx
import numpy as np

from matchmaker.matching.arrays import Ints
from matchmaker.matching.network import Network, Tie, bridging, measure
from matchmaker.matching.pairing import pair

PEOPLE, COMMUNITIES, DEGREE, SEEDS = 4_000, 60, 12, 3
LAMBDAS = (0.0, 0.10, 0.15, 0.25)
BARS = {0.10: "3.7 % for 1.4 %", 0.15: "6.1 % for 5.4 %", 0.25: "9.1 % for 17 %"}
SAMPLE = 100  # people whose constraint networkx is asked for


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
        after: Network = measure(range(PEOPLE), ties + [Tie(*it, 1.0) for it in made])
        found[name] = (after.mean_path, float(benefit[edges].mean()))
    path, worth = found["0.00"]
    return {name: (1 - p / path, 1 - b / worth) for name, (p, b) in found.items()}


def timings() -> list[tuple[str, str, str]]:
    rows = []
    for n, groups, degree in ((4_000, 60, 18), (100_000, 1_000, 19)):
        random = np.random.default_rng(0)
        _, ties = community(n, groups, degree, random)
        start = time.perf_counter()
        network = measure(range(n), ties)
        took = time.perf_counter() - start
        theirs = "-"
        if n == PEOPLE:
            theirs = f"networkx {_networkx(ties, n, random):.1f}"
        rows.append(
            (f"{n:,} people, {len(ties):,} ties: seconds", f"{took:.2f}", theirs)
        )
        rows.append(
            (
                f"{n:,} people: communities, modularity",
                f"{network.communities}, {network.modularity:.3f}",
                f"{groups} planted",
            )
        )
    return rows


def _networkx(ties: list[Tie], n: int, random: np.random.Generator) -> float:
    graph = networkx.Graph()
    graph.add_weighted_edges_from((tie.one, tie.other, tie.strength) for tie in ties)
    people = random.choice(list(graph), SAMPLE, replace=False).tolist()
    start = time.perf_counter()
    networkx.constraint(graph, people, weight="weight")
    networkx.effective_size(graph, people, weight="weight")
    for one in people:
        networkx.single_source_shortest_path_length(graph, one)
    sampled = (time.perf_counter() - start) * n / SAMPLE
    start = time.perf_counter()
    networkx.community.louvain_communities(graph, seed=0)
    return sampled + time.perf_counter() - start


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
