from dataclasses import replace
from itertools import combinations

import communities
import pytest
from communities import FULL, TERSE, Truth, Want, a_week_later, community

from matchmaker.matching import Person


def said(person):
    return {*person.offers, *person.mentor_topics}


def wanted(person):
    return {*person.wants, *person.mentee_topics}


def test_the_same_seed_makes_the_same_community_and_another_another():
    assert community(40, seed=1) == community(40, seed=1)
    assert community(40, seed=1) != community(40, seed=2)


def test_the_same_seed_makes_the_same_week():
    made = community(40, seed=1)

    assert a_week_later(made, [(0, 1)], 5) == a_week_later(made, [(0, 1)], 5)
    assert a_week_later(made, [(0, 1)], 5) != a_week_later(made, [(0, 1)], 6)


@pytest.mark.parametrize("writing", [FULL, TERSE])
def test_wants_stand_in_nobodys_profile_this_week_or_later(writing):
    made = community(60, seed=3, writing=writing)

    for week in range(5):
        offered = " ".join(text for person in made.people for text in said(person))
        for want in [want for of in made.truth.wants.values() for want in of]:
            texts = made.truth.kept_out[want.of]
            assert any(text in want.text for text in texts)
            assert not any(text in offered for text in texts)
        made = a_week_later(made, [(k, k + 1) for k in range(0, 60, 2)], week)


def test_a_profile_says_what_its_truth_says_and_no_more():
    made = community(60, seed=3, writing=TERSE)

    for person in made.people:
        truth, work = made.truth, made.truth.works[person.id]
        assert person.wants == tuple(want.text for want in truth.wants[person.id])
        assert len({want.of for want in truth.wants[person.id]} - {work}) == 6
        assert said(person) <= set(communities.occupations()[work])
        assert not wanted(person) & set(communities.occupations()[work])


def test_a_full_profile_names_the_trade_and_says_a_want_at_length():
    full, terse = (community(30, seed=3, writing=of) for of in (FULL, TERSE))

    assert all(p.offers[0] == full.truth.works[p.id] for p in full.people)
    assert not any(terse.truth.works[p.id] in said(p) for p in terse.people)
    assert all(text.count(".") >= 2 for p in full.people for text in p.wants)


def test_a_statement_of_two_occupations_is_used_for_neither():
    texts = [text for of in communities.occupations().values() for text in of]

    assert len(texts) == len(set(texts))


def tiny():
    """A baker who wants accounts done, an accountant who wants bread, and a baker who
    wants nothing; the second baker mentors, and the accountant would learn to bake."""
    accounts, bread = Want("Balance books.", "accounting"), Want("Knead.", "baking")
    return Truth(
        works={0: "baking", 1: "accounting", 2: "baking"},
        wants={0: (accounts,), 1: (bread,), 2: ()},
        topics={0: (), 1: (), 2: ()},
        mentors={},
        kept_out={"baking": ("Knead.",), "accounting": ("Balance books.",)},
        sentences=1,
    )


def test_whoever_works_in_what_a_want_was_taken_out_of_helps():
    truth = tiny()

    helps = {(a, b) for a in range(3) for b in range(3) if truth.helps(a, b)}

    assert helps == {(1, 0), (0, 1), (2, 1)}
    assert [pair for pair in combinations(range(3), 2) if truth.is_mutual(*pair)] == [
        (0, 1)
    ]


def test_a_mentor_and_whoever_asks_for_their_work_both_get_something():
    learning = {0: (), 1: (Want("Proof dough.", "baking"),), 2: ()}
    truth = replace(tiny(), wants={0: (), 1: (), 2: ()}, topics=learning)

    assert not truth.is_mutual(1, 2)
    assert replace(truth, mentors={2: 20}).is_mutual(1, 2)
    assert not replace(truth, mentors={2: 20}).is_mutual(0, 1)


def test_what_was_met_gives_way_to_something_new_and_the_rest_mostly_stays():
    made = community(100, seed=4)
    pairs = list(combinations(range(100), 2))
    met = [pair for pair in pairs if made.truth.is_mutual(*pair)][:20]
    seen = {person for pair in met for person in pair}

    later = a_week_later(made, met, seed=0)

    before, after = made.truth.wants, later.truth.wants
    for one, other in met:
        open_ = {w for w in before[one] if w.of == made.truth.works[other]}
        assert not open_ & set(after[one])
    others = [id_ for id_ in range(100) if id_ not in seen]
    kept = [len({*before[id_]} & {*after[id_]}) / 6 for id_ in others]
    assert 0.85 < sum(kept) / len(kept) < 1
    assert {len(of) for of in after.values()} == {6}


@pytest.mark.parametrize("n", [2, 3, 7, 30])
def test_small_communities_are_possible(n):
    made = community(n, seed=0)

    assert [person.id for person in made.people] == list(range(n))
    assert all(isinstance(person, Person) for person in made.people)


def test_nobody_is_no_community():
    with pytest.raises(ValueError, match="at least two"):
        community(1, seed=0)


@pytest.mark.parametrize("n", [30, 100, 300])
def test_people_have_several_truly_mutual_partners(n):
    truth = community(n, seed=0).truth
    mutual = sum(truth.is_mutual(a, b) for a, b in combinations(range(n), 2))

    assert 6 < 2 * mutual / n < 16
