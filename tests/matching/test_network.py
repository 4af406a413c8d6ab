import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching.network import (
    HALF_LIFE,
    Network,
    Tie,
    bridging,
    decay,
    measure,
    paths,
)

STRENGTHS = st.sampled_from([0.001, 0.25, 0.5, 1.0]) | st.floats(0.01, 1)


@st.composite
def communities(draw, most=9):
    """Ids and ties; some alone, some ties twice."""
    ids = draw(st.lists(st.integers(0, 50), min_size=0, max_size=most, unique=True))
    if len(ids) < 2:
        return ids, []
    ends = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True)
    ties = draw(st.lists(st.tuples(ends, STRENGTHS), max_size=25))
    return ids, [Tie(*ends, strength) for ends, strength in ties]


def as_networkx(ids, ties):
    graph = networkx.Graph()
    graph.add_nodes_from(ids)
    for tie in ties:
        known = graph.get_edge_data(tie.one, tie.other, {"weight": 0})["weight"]
        graph.add_edge(tie.one, tie.other, weight=max(known, tie.strength))
    return graph


def circles(groups=8, size=12, seed=0):
    """Groups in which everybody knows most, in a ring of single ties."""
    random = np.random.default_rng(seed)
    ties = [
        Tie(group * size + a, group * size + b, float(random.uniform(0.5, 1)))
        for group in range(groups)
        for b in range(size)
        for a in range(b)
        if random.random() < 0.7
    ]
    ring = [Tie(g * size, (g + 1) % groups * size + 1, 0.5) for g in range(groups)]
    return [*range(groups * size)], ties + ring


@settings(max_examples=150, deadline=None)
@given(communities())
def test_the_measures_are_those_of_networkx(community):
    ids, ties = community
    graph = as_networkx(ids, ties)

    network = measure(ids, ties)

    tied = network.degree > 0
    known = [id_ for id_, is_tied in zip(ids, tied, strict=True) if is_tied]
    constraint = networkx.constraint(graph, known, weight="weight")
    size = networkx.effective_size(graph, known, weight="weight")
    assert network.degree.tolist() == [graph.degree(id_) for id_ in ids]
    assert network.constraint[tied] == pytest.approx([constraint[i] for i in known])
    assert network.effective_size[tied] == pytest.approx([size[i] for i in known])
    if ties:
        groups = [
            {id_ for id_, its in zip(ids, network.community, strict=True) if its == one}
            for one in range(network.communities)
        ]
        alone = [{id_} for id_ in ids if id_ not in known]
        theirs = networkx.community.modularity(graph, groups + alone)
        assert network.modularity == pytest.approx(theirs)


@settings(max_examples=100, deadline=None)
@given(communities())
def test_the_mean_path_is_that_of_networkx(community):
    ids, ties = community
    network = measure(ids, ties)

    main = [id_ for id_, part in zip(ids, network.component, strict=True) if part == 0]
    graph = as_networkx(ids, ties).subgraph(main)

    expected = networkx.average_shortest_path_length(graph) if len(main) > 1 else 0
    assert network.mean_path == pytest.approx(expected)
    assert all(
        len(main) >= len(part)
        for part in networkx.connected_components(as_networkx(ids, ties))
    )


@settings(max_examples=100, deadline=None)
@given(communities(), st.integers(0, 5))
def test_every_measure_keeps_within_its_bounds(community, seed):
    ids, ties = community

    network = measure(ids, ties, seed=seed)

    tied = network.degree > 0
    assert (network.effective_size[tied] > 1 - 1e-9).all()
    assert (network.effective_size <= network.degree + 1e-9).all()
    assert ((network.constraint > 0) & (network.constraint <= 2 + 1e-9)).all()
    assert -0.5 <= network.modularity <= 1
    assert ((network.community >= 0) == tied).all()
    assert set(network.community[tied]) == set(range(network.communities))
    assert network.at_risk[~tied].all()
    first, second = np.indices((len(ids), len(ids))).reshape(2, -1)
    bridge = bridging(network, first, second)
    assert ((bridge >= 0) & (bridge <= 1)).all()
    assert bridge == pytest.approx(bridging(network, second, first))


@settings(max_examples=60, deadline=None)
@given(communities(), st.randoms(use_true_random=False))
def test_the_order_of_ties_and_their_direction_change_nothing(community, random):
    ids, ties = community
    other = [Tie(tie.other, tie.one, tie.strength) for tie in ties]
    random.shuffle(other)

    assert_same(measure(ids, ties), measure(ids, other))


def assert_same(one: Network, other: Network, order=None):
    order = slice(None) if order is None else order
    assert one.community[order].tolist() == other.community.tolist()
    assert one.degree[order].tolist() == other.degree.tolist()
    assert one.at_risk[order].tolist() == other.at_risk.tolist()
    assert one.effective_size[order] == pytest.approx(other.effective_size)
    assert one.constraint[order] == pytest.approx(other.constraint)
    assert one.modularity == pytest.approx(other.modularity)
    assert one.mean_path == pytest.approx(other.mean_path)
    assert one.usual_bridge == pytest.approx(other.usual_bridge)


@pytest.mark.parametrize("seed", range(5))
def test_numbering_people_otherwise_changes_only_the_order_of_the_answers(seed):
    random = np.random.default_rng(seed)
    n = 300  # no clear structure: the communities are a matter of order
    ends = random.integers(0, n, (900, 2))
    ties = [Tie(int(a), int(b), float(random.random())) for a, b in ends if a != b]
    name = random.permutation(n)
    order = random.permutation(n)  # ids listed in another order as well

    plain = measure(range(n), ties)
    renamed = measure(
        name[order].tolist(),
        [Tie(int(name[tie.one]), int(name[tie.other]), tie.strength) for tie in ties],
    )

    pairs = np.stack([order[:-1], order[1:]])
    bridge = bridging(renamed, np.arange(n - 1), np.arange(1, n))
    assert partition(plain.community[order]) == partition(renamed.community)
    assert bridging(plain, *pairs) == pytest.approx(bridge)
    assert plain.constraint[order] == pytest.approx(renamed.constraint)
    assert plain.mean_path == pytest.approx(renamed.mean_path)


def partition(labels):
    return {frozenset(np.flatnonzero(labels == one)) for one in set(labels) - {-1}}


@pytest.mark.parametrize("seed", range(3))
def test_clear_circles_are_found_as_communities(seed):
    ids, ties = circles(seed=seed)

    network = measure(ids, ties, seed=seed)

    assert partition(network.community) == {
        frozenset(range(start, start + 12)) for start in range(0, 96, 12)
    }


@pytest.mark.parametrize("seed", range(4))
def test_communities_are_about_as_good_as_louvain_one_by_one(seed):
    graph = networkx.gaussian_random_partition_graph(400, 25, 5, 0.3, 0.01, seed=seed)
    ties = [Tie(one, other, 1.0) for one, other in graph.edges]

    network = measure(range(400), ties, seed=seed)

    louvain = networkx.community.louvain_communities(graph, seed=seed)
    theirs = networkx.community.modularity(graph, louvain)
    assert network.modularity >= theirs - 0.02


@settings(max_examples=60, deadline=None)
@given(communities(most=14))
def test_a_community_hangs_together(community):
    ids, ties = community
    network = measure(ids, ties)

    for number in range(network.communities):
        members = [ids[at] for at in np.flatnonzero(network.community == number)]
        assert networkx.is_connected(as_networkx(ids, ties).subgraph(members))


def test_the_strongest_of_several_ties_counts():
    once = measure([1, 2, 3], [Tie(1, 2, 0.9), Tie(2, 3, 0.4)])
    often = measure(
        [1, 2, 3], [Tie(2, 1, 0.3), Tie(1, 2, 0.9), Tie(2, 3, 0.4), Tie(1, 2, 0.5)]
    )

    assert_same(once, often)


def test_somebody_who_left_is_passed_over():
    assert_same(
        measure([1, 2, 3], [Tie(1, 2, 0.9)]),
        measure([1, 2, 3], [Tie(1, 2, 0.9), Tie(3, 9, 1.0), Tie(8, 9, 1.0)]),
    )


def test_whoever_knows_two_circles_bridges_them():
    _, ties = circles(groups=2)
    ids = [*range(27)]  # 24 knows somebody in each circle; 25 nobody at all
    ties += [Tie(24, 5, 0.5), Tie(24, 17, 0.5), Tie(0, 1, 1.0)]
    ties += [Tie(26, 0, 0.5), Tie(26, 1, 0.5)]  # 26 two friends of one circle
    network = measure(ids, ties)

    within, between, middle, newcomer = bridging(
        network, np.array([3, 3, 3, 3]), np.array([4, 16, 24, 25])
    )

    assert within < 0.05
    assert between > 0.9
    assert within < middle < between
    assert newcomer == network.usual_bridge
    assert network.constraint[24] < network.constraint[26]
    assert network.effective_size[24] > network.effective_size[26]


def test_a_newcomer_is_neither_drawn_nor_shunned_as_a_bridge():
    ids, ties = circles()
    network = measure([*ids, 999], ties)
    first, second = np.triu_indices(len(ids), 1)

    met = bridging(network, first, second).mean()

    new = bridging(network, np.array([96]), np.array([0]))
    assert new == pytest.approx([met])


def test_few_or_faded_ties_and_small_islands_are_a_risk_but_not_for_newcomers():
    _, ties = circles(groups=1)
    ties += [Tie(20, 0, 1.0), Tie(20, 1, 0.49)]  # a fresh and a faded tie
    ties += [Tie(21, 0, 0.5), Tie(21, 1, 0.5)]
    ties += [Tie(30, 31, 1.0), Tie(31, 32, 1.0), Tie(30, 32, 1.0)]  # an island
    ids = [*range(12), 20, 21, 30, 31, 32, 40, 41]

    network = measure(ids, ties, newcomers={41})

    assert network.ids[network.at_risk].tolist() == [20, 30, 31, 32, 40]


def test_paths_of_many_people_are_estimated_from_a_sample(monkeypatch):
    ids, ties = circles(groups=50)
    exact = measure(ids, ties).mean_path

    monkeypatch.setattr(paths, "EXACT", 0)
    monkeypatch.setattr(paths, "_SAMPLE", 200)

    assert measure(ids, ties).mean_path == pytest.approx(exact, rel=0.03)


def test_nobody_and_people_without_ties_have_measures_too():
    for ids in ([], [7], [7, 8]):
        network = measure(ids, [])

        assert (network.communities, network.modularity) == (0, 0)
        assert network.mean_path == network.usual_bridge == 0
        assert network.community.tolist() == [-1] * len(ids)
        assert network.constraint.tolist() == [1] * len(ids)
        assert network.effective_size.tolist() == [0] * len(ids)
        assert network.at_risk.all()
        none = np.arange(len(ids))
        assert bridging(network, none, none).tolist() == [0] * len(ids)


@pytest.mark.parametrize(
    ("ids", "tie"),
    [
        ([1, 2], Tie(1, 1, 0.5)),
        ([1, 2], Tie(1, 2, 1.5)),
        ([1, 2], Tie(1, 2, -0.1)),
        ([1, 2], Tie(1, 2, float("nan"))),
        ([1, 1], Tie(1, 2, 0.5)),
    ],
)
def test_what_cannot_be_a_network_is_refused(ids, tie):
    with pytest.raises(ValueError, match=r"\w+"):
        measure(ids, [tie])


@given(st.floats(0, 1000), st.floats(0.1, 500))
def test_ties_fade_by_half_in_each_half_life(age, half_life):
    now, later = decay([age, age + half_life], half_life)

    assert later == pytest.approx(now / 2)
    assert 0 <= now <= 1


def test_a_tie_of_today_is_whole_and_one_of_a_half_life_ago_is_half():
    assert decay([0, HALF_LIFE]).tolist() == [1, 0.5]


@pytest.mark.parametrize(
    ("age", "half_life"), [(-1, 26), (float("nan"), 26), (1, 0), (1, float("nan"))]
)
def test_ages_and_half_lives_that_cannot_be_are_refused(age, half_life):
    with pytest.raises(ValueError, match=r"[Tt]ies"):
        decay(age, half_life)
