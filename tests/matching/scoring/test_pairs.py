from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import (
    FEATURES,
    Choosiness,
    GainKind,
    Person,
    Rules,
    mutual_benefit,
)
from matchmaker.matching import profiles as profiles_module
from matchmaker.matching.scoring.gains import WORTH, find_gains
from matchmaker.matching.scoring.pairs import (
    SURPLUS,
    PairScores,
    keep_nearest,
    mutual_pairs,
)
from tests.matching.people import crowds, make_reader, member, read

often = settings(max_examples=25, deadline=None)

ANA = Person(1, offers=("logos",), wants=("taxes",))
BEN = Person(2, offers=("taxes",), wants=("logos and brands",))


def score(people, rules=Rules(), scorer=None, reader=read):  # noqa: B008 - frozen
    """Every two of the people, in the order of their ids."""
    gains = find_gains(profiles_module.read(people, reader))
    ends = np.triu_indices(len(people), 1)
    return PairScores(gains, rules, *map(np.asarray, ends), scorer)


def value(*people, **more):
    (found,) = score(people, **more).values
    return found


@often
@given(crowds)
def test_a_value_is_a_share_and_most_of_it_the_lesser_gain(people):
    found = score(people)

    assert ((found.values >= 0) & (found.values <= 1)).all()
    least, most = np.minimum(*found.utility), np.maximum(*found.utility)
    expected = (least + SURPLUS * most) / (1 + SURPLUS)
    assert np.allclose(found.values, np.where(least > 0, expected, 0))


@often
@given(crowds, st.data())
def test_one_more_person_lowers_no_pair(people, data):
    another = data.draw(member(len(people) + 1))
    # A language is uncommon or not because of how many speak it.
    people = [replace(person, languages=frozenset()) for person in people]
    reader = make_reader(blur=0.3)

    before = score(people, reader=reader)
    after = score([*people, another], reader=reader)

    ends = {
        pair: k for k, pair in enumerate(zip(after.first, after.second, strict=True))
    }
    places = [ends[pair] for pair in zip(before.first, before.second, strict=True)]
    assert np.allclose(after.values[places], before.values, atol=2e-4)


@often
@given(crowds)
def test_mutual_pairs_are_those_that_are_worth_something(people):
    found = score(people)
    first, second = mutual_pairs(found.gains)

    worth = found.values > 0
    assert sorted(zip(first, second, strict=True)) == sorted(
        zip(found.first[worth], found.second[worth], strict=True)
    )


@pytest.mark.parametrize(
    ("rules", "better", "worse"),
    [
        (
            {"industry_weight": 0.2},
            {"industry": ("M",)},
            {"industry": ("J",)},
        ),
        (
            {"overlap_weight": 0.2},
            {"times": frozenset("am")},
            {"times": frozenset("x")},
        ),
        (
            {"overlap_weight": 0.2},
            {"formats": frozenset("am")},
            {"formats": frozenset("x")},
        ),
        ({"stale_weight": 0.2}, {"weeks_unchanged": 1}, {"weeks_unchanged": 40}),
        (
            {"dial_weight": 0.2, "industry_weight": 0.0},
            {"unlike": -1.0, "industry": ("J",)},
            {"unlike": 1.0, "industry": ("J",)},
        ),
    ],
)
def test_soft_terms_lower_a_pair_by_as_much_as_the_rules_say(rules, better, worse):
    none = dict.fromkeys(
        ("industry_weight", "dial_weight", "overlap_weight", "stale_weight"), 0.0
    )
    ana = replace(ANA, industry=("J",), times=frozenset("am"), formats=frozenset("am"))

    more, less, plain = (
        value(ana, replace(BEN, **changes), rules=Rules(**{**none, **weights}))
        for changes, weights in ((better, rules), (worse, rules), (worse, {}))
    )

    assert plain * (1 - 0.2) - 1e-6 <= less < more <= plain + 1e-6


def test_between_mentor_and_mentee_the_industry_counts_neither_way():
    mentor = Person(1, mentor_topics=("grants",), mentor_places=1)
    mentee = Person(2, mentee_topics=("grants",))

    near, far = (
        value(replace(mentor, industry=("J",)), replace(mentee, industry=industry))
        for industry in (("J",), ("M",))
    )

    assert near == far


def test_who_mentors_is_told_where_a_lesson_is_the_best_there_is():
    mentor = Person(1, mentor_topics=("grants",), mentor_places=1)
    mentee = Person(2, mentee_topics=("grants",))

    assert score([mentor, mentee]).mentors.tolist() == [0]
    assert score([replace(mentee, id=1), replace(mentor, id=2)]).mentors.tolist() == [1]
    assert score([ANA, BEN]).mentors.tolist() == [-1]


def test_where_both_could_mentor_the_one_whose_lesson_is_worth_more_does():
    one = Person(
        1, mentor_topics=("grants",), mentor_places=1, mentee_topics=("taxes logos",)
    )
    other = Person(
        2, mentor_topics=("taxes",), mentor_places=1, mentee_topics=("grants",)
    )

    assert score([one, other]).mentors.tolist() == [0]


def test_whoever_is_glad_to_meet_anybody_gains_a_little_at_least():
    glad = [
        Person(id_, interests=(hobby,), choosiness=Choosiness.ANYONE)
        for id_, hobby in enumerate(("chess", "sailing"))
    ]
    picky = replace(glad[0], choosiness=Choosiness.COMMON)

    assert 0 < value(*glad) <= WORTH[GainKind.NOT_MET_YET]
    assert value(picky, glad[1]) == 0


class Learnt:
    """Says of every direction what it was told to."""

    def __init__(self, chance):
        self.chance, self.asked = chance, []

    def predict(self, features, receivers, givers):
        self.asked += zip(receivers.tolist(), givers.tolist(), strict=True)
        assert features.shape == (len(receivers), len(FEATURES))
        return np.full(len(receivers), self.chance)


def test_what_was_learnt_takes_the_place_of_what_the_words_say():
    scorer = Learnt(0.25)
    found = score([ANA, BEN], Rules(), scorer)

    assert found.gained[0] == pytest.approx(0.25)
    assert found.said[0] > 0.5
    assert sorted(scorer.asked) == [(1, 2), (2, 1)]


def test_where_nothing_can_be_said_nothing_was_learnt():
    scorer = Learnt(0.9)

    assert value(ANA, Person(2, interests=("chess",)), scorer=scorer) == 0
    assert scorer.asked == []


@often
@given(crowds)
def test_features_are_shares_and_each_side_has_its_own(people):
    found = score(people)

    mine, theirs = found.features(0), found.features(1)
    for features in (mine, theirs):
        assert features.shape == (len(found), len(FEATURES))
        assert ((features >= 0) & (features <= 1)).all()
    strength, back = FEATURES.index("strength"), FEATURES.index("back")
    assert (mine[:, strength] == theirs[:, back]).all()
    for both in ("industry distance", "overlap"):
        assert (mine[:, FEATURES.index(both)] == theirs[:, FEATURES.index(both)]).all()


def test_of_each_persons_pairs_the_best_are_kept():
    people = [
        Person(id_, interests=tuple(f"chess {id_} {k}" for k in range(id_ + 1)))
        for id_ in range(8)
    ]
    found = score(people, reader=make_reader(blur=1.0))

    kept = keep_nearest(found, 2)

    pairs = set(zip(kept.first.tolist(), kept.second.tolist(), strict=True))
    everything = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    for rank in range(8):
        mine = [k for k, pair in enumerate(everything) if rank in pair]
        best = sorted(mine, key=lambda k: -found.values[k])[:2]
        assert {everything[k] for k in best} <= pairs
    assert len(pairs) <= 16
    assert len(keep_nearest(found, 50)) == len(found)


def test_at_a_table_even_what_one_side_alone_gains_counts():
    cem = Person(3, wants=("logos",))
    tired = replace(ANA, gave_in_a_row=9)

    benefit = mutual_benefit([tired, cem], read)

    assert value(tired, cem) == 0
    assert 0 < benefit[0, 1] < value(ANA, BEN)
