import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from scipy import sparse

from matchmaker.matching.network import Tie, measure
from matchmaker.matching.network.communities import modularity
from tests.matching.network.graphs import circles, communities, partition


def as_networkx(ids, ties):
    graph = networkx.Graph()
    graph.add_nodes_from(ids)
    for tie in ties:
        known = graph.get_edge_data(tie.one, tie.other, {"weight": 0})["weight"]
        graph.add_edge(tie.one, tie.other, weight=max(known, tie.strength))
    return graph


def members(ids, community):
    return [
        {ids[at] for at in np.flatnonzero(community == number)}
        for number in range(community.max(initial=-1) + 1)
    ]


@settings(max_examples=60, deadline=None)
@given(communities())
def test_modularity_is_that_of_networkx(community):
    ids, ties = community
    if not ties:
        return
    graph = as_networkx(ids, ties)
    labels = measure(ids, ties).community

    found = modularity(
        sparse.csr_array(networkx.to_scipy_sparse_array(graph, nodelist=ids)), labels
    )

    alone = [{id_} for id_, label in zip(ids, labels, strict=True) if label < 0]
    groups = members(ids, labels) + alone
    assert found == pytest.approx(networkx.community.modularity(graph, groups))


@pytest.mark.parametrize("seed", range(3))
def test_clear_circles_are_found(seed):
    ids, ties = circles(seed=seed)

    network = measure(ids, ties, seed=seed)

    assert partition(network.community) == {
        frozenset(range(start, start + 12)) for start in range(0, 96, 12)
    }


@pytest.mark.parametrize("seed", range(4))
def test_they_are_about_as_good_as_louvain_one_by_one(seed):
    graph = networkx.gaussian_random_partition_graph(400, 25, 5, 0.3, 0.01, seed=seed)
    ids, ties = range(400), [Tie(one, other, 1.0) for one, other in graph.edges]

    ours = members(ids, measure(ids, ties, seed=seed).community)

    theirs = networkx.community.louvain_communities(graph, seed=seed)
    quality = networkx.community.modularity
    assert quality(graph, ours) >= quality(graph, theirs) - 0.02


@settings(max_examples=60, deadline=None)
@given(communities(most=14))
def test_a_community_hangs_together(community):
    ids, ties = community
    graph = as_networkx(ids, ties)

    for some in members(ids, measure(ids, ties).community):
        assert networkx.is_connected(graph.subgraph(some))
