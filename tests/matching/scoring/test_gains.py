from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import Choosiness, Feedback, GainKind, Person
from matchmaker.matching import profiles as profiles_module
from matchmaker.matching.scoring import gains as gains_module
from matchmaker.matching.scoring.gains import (
    KINDS,
    MIN_PROBABILITY,
    MOST_GIVEN,
    WORTH,
    find_gains,
)
from tests.matching.people import crowds, make_reader, member, read
from tests.matching.scoring.finding import assert_same, found, told

ANA = Person(1, offers=("logos",), wants=("taxes",))


BEN = Person(2, offers=("help with taxes",), wants=("logos and brands",))


often = settings(max_examples=25, deadline=None)


HELP, GIVING = GainKind.HELP, GainKind.GIVING


SYMMETRIC = {
    GainKind.SAME_GOAL,
    GainKind.SAME_CRAFT,
    GainKind.SHARED_INTEREST,
    GainKind.SHARED_LANGUAGE,
}


@often
@given(crowds)
def test_what_two_share_they_share_both_ways(people):
    gains = found(people, reader=make_reader(blur=0.3))

    choosy = {person.id for person in people if person.choosiness is Choosiness.HELP}
    for (receiver, giver, kind), (probability, *_) in gains.items():
        if kind in SYMMETRIC and not {receiver, giver} & choosy:
            back, *_ = gains[giver, receiver, kind]
            assert back == pytest.approx(probability, abs=2e-4)


@often
@given(crowds)
def test_giving_is_help_seen_from_the_other_side(people):
    gains = found(people, reader=make_reader(blur=0.3))
    generous = {p.id for p in people if p.gave_in_a_row < MOST_GIVEN}

    # Talking counts for less than other help, to the one who does it as well.
    helps = {
        HELP: 1,
        GainKind.MENTORING: 1,
        GainKind.LANGUAGE: WORTH[GainKind.LANGUAGE],
    }
    for (receiver, giver, kind), (probability, *_) in gains.items():
        if kind is GIVING:
            back = [
                share * gains[giver, receiver, each][0]
                for each, share in helps.items()
                if (giver, receiver, each) in gains
            ]
            assert probability == pytest.approx(max(back), abs=2e-4)
        elif kind in helps and giver in generous:
            assert (giver, receiver, GIVING) in gains


@often
@given(crowds)
def test_only_what_is_likely_enough_is_told_and_nobody_gains_from_themselves(people):
    for (receiver, giver, _), (probability, *_) in found(people).items():
        assert receiver != giver
        assert MIN_PROBABILITY * 0.7 <= probability <= 1


@often
@given(crowds, st.data())
def test_one_more_person_takes_nothing_from_anybody(people, data):
    another = data.draw(member(len(people) + 1))
    reader = make_reader(blur=0.3)

    before, after = (
        found(some, reader=reader) for some in (people, (*people, another))
    )

    # A language is uncommon, or it is not, because of how many speak it.
    words = [ends for ends in before if ends[2] is not GainKind.SHARED_LANGUAGE]
    assert_same(
        {ends: after[ends] for ends in words}, {ends: before[ends] for ends in words}
    )


@often
@given(crowds, st.data())
def test_of_one_person_alone_the_same_is_found(people, data):
    if not people:
        return
    rank = data.draw(st.integers(0, len(people) - 1))
    id_ = people[rank].id

    everything, theirs = found(people), found(people, only=rank)

    # What others have in common with each other may come along.
    one, other = (
        {ends: gain[0] for ends, gain in some.items() if id_ in ends}
        for some in (everything, theirs)
    )
    assert one == pytest.approx(other, abs=2e-4)


@pytest.mark.parametrize("phrase", ["", "🎸", "help", "نص", "a\x00b"])
def test_any_words_may_have_been_told(phrase):
    people = [replace(ANA, wants=(phrase, "taxes")), BEN]
    feedback = [
        Feedback(1, phrase, giver=77, got=True),
        Feedback(1, phrase, giver=2, got=True),
        Feedback(404, "taxes", giver=405, got=True),
        Feedback(1, "taxes", giver=2, got=False),
    ]

    assert found(people, feedback) == found(people, feedback[::-1])


def test_in_parts_or_at_once_the_same_is_found(monkeypatch):
    people = [replace((ANA, BEN)[id_ % 2], id=id_) for id_ in range(4)]
    whole = found(people)
    monkeypatch.setattr(gains_module, "_CHUNK", 3)

    assert_same(found(people), whole)


def test_a_further_helper_leaves_the_first_as_likely():
    dee = Person(4, offers=("taxes",), wants=("logos",))

    alone, among = found([ANA, BEN]), found([ANA, BEN, dee])

    assert among[1, 2, HELP] == alone[1, 2, HELP]
    assert (1, 4, HELP) in among


def test_what_is_told_goes_from_the_most_valuable_down():
    rich = replace(BEN, interests=("chess",), offers=("taxes", "logos"))
    gains = told(replace(ANA, interests=("chess",)), rich)

    strengths = [gain.strength for gain in gains]
    assert strengths == sorted(strengths, reverse=True)
    assert len(gains) >= 4
    assert all(gain.strength <= WORTH[gain.kind] for gain in gains)


def test_the_chance_of_each_kind():
    gains = find_gains(profiles_module.read([ANA, BEN], read))
    ends = np.array([0, 1, 0]), np.array([1, 0, 0])

    chances = gains.probabilities(*ends)

    help_, giving, crafts = (
        chances[:, KINDS.index(kind)] for kind in (HELP, GIVING, GainKind.SAME_CRAFT)
    )
    assert help_[0] > 0.5
    assert giving[1] > 0.2
    assert help_[2] == 0
    assert not crafts.any()


def test_nobody_gains_nothing():
    assert found([]) == {}
    assert found([Person(1), Person(2)]) == {}
