from itertools import pairwise

import networkx
import numpy as np
import pytest
import rivals
from hypothesis import given, settings
from hypothesis import strategies as st
from rivals import COOL_DOWN, RIVALS

from matchmaker.matching import Person

PEOPLE = tuple(
    Person(
        id=10 * k,
        offers=(f"{what} repairs", "maps"),
        wants=(f"{other} repairs",),
        interests=(hobby,),
    )
    for k, (what, other, hobby) in enumerate(
        [
            ("violin", "bicycle", "chess"),
            ("bicycle", "violin", "chess"),
            ("piano", "laptop", "tango"),
            ("laptop", "piano", "tango"),
        ]
    )
)
SWAPS = [(0, 10), (20, 30)]  # who wants what the other one offers


def crowd(n, **what):
    return tuple(Person(id=id_, **what) for id_ in range(n))


@pytest.mark.parametrize("name", RIVALS)
def test_nobody_meets_two_people_and_the_seed_decides(name):
    rival, history = RIVALS[name], [[(0, 20)], []]

    pairs = rival(PEOPLE, history, 2, 7)

    met = [id_ for pair in pairs for id_ in pair]
    assert len(met) == len(set(met))
    assert set(met) <= {0, 10, 20, 30}
    assert pairs == rival(PEOPLE, history, 2, 7)


@pytest.mark.parametrize("name", sorted(RIVALS.keys() - {"Icebreaker"}))
def test_all_but_icebreaker_have_a_cool_down(name):
    history = [[(0, 10)], [(0, 20)], [(0, 30)]]

    pairs = RIVALS[name](PEOPLE, history, 3, 0)

    assert all(0 not in pair for pair in pairs)


def test_icebreaker_is_random_and_forgets():
    people, history = crowd(6), []
    seen = set()
    for week in range(40):
        history.append(rivals.icebreaker(people, history, week, 0))
        seen.update(history[-1])

    assert len(seen) == 15  # everybody met everybody
    repeats = [set(a) & set(b) for a, b in pairwise(history)]
    assert any(repeats)


def test_icebreaker_leaves_one_of_an_odd_number_out():
    assert len(rivals.icebreaker(crowd(7), [], 0, 0)) == 3


def test_beans_pairs_all_it_can_without_a_repeat():
    people, history = crowd(14), []
    for week in range(COOL_DOWN):
        history.append(rivals.beans(people, history, week, 0))

    met = [pair for pairs in history for pair in pairs]
    assert len(met) == len(set(met))
    assert len(history[0]) == 7
    assert all(len(pairs) >= 5 for pairs in history)


def test_beans_lets_people_meet_again_after_the_cool_down():
    people = crowd(2)

    history = [[(0, 1)], *[[]] * COOL_DOWN]

    assert rivals.beans(people, history[:-1], COOL_DOWN, 0) == []
    assert rivals.beans(people, history, COOL_DOWN + 1, 0) == [(0, 1)]


def test_curated_connections_takes_the_pair_with_most_in_common_first():
    """Though the two others then have nothing to share, and two and two had."""
    people = (
        Person(id=0, interests=("chess", "jazz")),
        Person(id=1, interests=("chess", "jazz", "yoga")),
        Person(id=2, interests=("yoga",)),
        Person(id=3, interests=("chess",)),
    )

    assert rivals.curated_connections(people, [], 0, 0) == [(0, 1)]


def test_together_gives_most_points_to_a_want_that_is_offered():
    """An interest in common is worth three points, a want met ten."""
    people = (
        Person(id=0, offers=("violin",), interests=("chess",)),
        Person(id=1, wants=("violin",), interests=("jazz",)),
        Person(id=2, interests=("chess",)),
        Person(id=3, interests=("jazz",)),
    )

    assert rivals.together(people, [], 0, 0) == [(0, 1)]
    assert rivals.together(people, [[(0, 1)]], 1, 0) == [(0, 2), (1, 3)]
    long_ago = [[(0, 1)], *[[]] * 50]
    assert (0, 1) not in rivals.together(people, long_ago, 51, 0)


def test_mentor_match_strands_two_though_all_four_could_be_matched():
    """The first mentor and the first mentee are worth seven points. Two pairs of three
    would be worth six, so the others are assigned what they may not have: nobody."""
    people = (
        Person(id=0, mentor_places=1, mentor_topics=("violin",), years=20),
        Person(id=1, mentor_places=1, mentor_topics=("tuba",), years=20),
        Person(id=2, mentee_topics=("violin",), years=1),
        Person(id=3, mentee_topics=("flute",), years=1),
    )

    assert rivals.mentor_match(people, [[(1, 3)]], 1, 0) == [(0, 2)]
    assert rivals.mentor_match(people, [], 0, 0) == [(0, 2), (1, 3)]


def test_mentor_match_introduces_no_peers():
    assert rivals.mentor_match(PEOPLE, [], 0, 0) == []


def test_likes_go_with_likes():
    assert rivals.likes_with_likes(PEOPLE, [], 0, 0) == SWAPS


@pytest.mark.parametrize("way", [rivals.mean_of_gains, rivals.lesser_gain])
def test_gains_see_who_offers_what_is_wanted(way):
    assert way(PEOPLE, [], 0, 0) == SWAPS


def test_the_lesser_gain_would_rather_both_gained_and_the_mean_does_not_care():
    """One great gain and none, or two that are fair."""
    people = (
        Person(
            id=0, offers=("violin lessons for beginners",), wants=("stone masonry",)
        ),
        Person(id=1, offers=("tax returns",), wants=("violin lessons for beginners",)),
        Person(id=2, offers=("masonry",), wants=("violin teaching",)),
    )

    assert rivals.lesser_gain(people, [], 0, 0) == [(0, 2)]


def test_the_cosine_of_merged_vectors_pairs_those_who_are_alike():
    people = tuple(
        Person(id=id_, offers=(text,), wants=(text,))
        for id_, text in enumerate(
            ["violin music", "tax law", "law of taxes", "a violin"]
        )
    )

    assert rivals.merged_cosine(people, [], 0, 0) == [(0, 3), (1, 2)]


def test_random_acceptable_keeps_to_hours_formats_and_companies():
    people = (
        Person(id=0, times=frozenset({"noon"}), company="Acme"),
        Person(id=1, times=frozenset({"evening"})),
        Person(id=2, company="Acme"),
        Person(id=3, formats=frozenset({"walk"})),
        Person(id=4, formats=frozenset({"online"})),
    )

    allowed = {
        pair
        for seed in range(60)
        for pair in rivals.random_acceptable(people, [], 0, seed)
    }

    assert allowed == {(0, 3), (0, 4), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4)}


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 14), st.integers(0, 1000))
def test_the_solver_finds_the_sum_that_networkx_finds(n, seed):
    chance = np.random.default_rng(seed)
    scores = np.triu(chance.random((n, n)), 1)
    scores += scores.T
    allowed = np.triu(chance.random((n, n)) < 0.6, 1)
    allowed |= allowed.T

    pairs = rivals._best(crowd(n), scores, allowed, (0, 0))

    graph = networkx.Graph()
    graph.add_weighted_edges_from(
        (int(a), int(b), float(scores[a, b])) for a, b in np.argwhere(np.triu(allowed))
    )
    best = sum(scores[pair] for pair in networkx.max_weight_matching(graph))
    assert all(allowed[pair] for pair in pairs)
    assert sum(scores[pair] for pair in pairs) == pytest.approx(best, abs=1e-4)
