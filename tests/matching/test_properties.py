"""What holds of every round, whoever takes part."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import (
    Choosiness,
    GainKind,
    History,
    Kind,
    Role,
    UnmatchedReason,
    propose,
)
from matchmaker.matching.scoring.gains import MOST_GIVEN, WORTH
from tests.matching.people import crowds, groups, make_reader, read, worlds

often = settings(max_examples=30, deadline=None)


HELPFUL = {
    GainKind.HELP,
    GainKind.MENTORING,
    GainKind.HAS_HELPED,
    GainKind.BUSINESS,
    GainKind.GIVING,
    GainKind.LANGUAGE,
}


@settings(max_examples=100, deadline=None)
@given(worlds)
def test_a_round_keeps_its_promises(world):
    people, apart = world

    plan = propose(people, read, History(apart))

    by_id = {person.id: person for person in people}
    assert 0 <= plan.value <= plan.bound
    assert 0 <= plan.gap <= 1
    everybody_due_is_introduced_or_unmatched(plan, people)
    for intro in plan.introductions:
        nobody_meets_anybody_they_are_kept_from(intro, by_id, apart)
        every_side_is_told_a_gain_in_the_words_of_the_two(intro, by_id)
        nobody_is_told_what_they_do_not_want(intro, by_id)
        the_value_is_what_the_side_that_gains_least_gains(intro, by_id)
    a_mentor_has_a_place_more_years_and_one_mentee(plan, by_id)


def everybody_due_is_introduced_or_unmatched(plan, people):
    met = Counter(id_ for group in groups(plan) for id_ in group)
    unmatched = Counter(id_ for id_, _ in plan.unmatched)
    assert all(isinstance(why, UnmatchedReason) for _, why in plan.unmatched)
    for person in people:
        assert met[person.id] <= person.introductions
        assert (met[person.id] > 0) + unmatched[person.id] == (person.due_in == 0)


def nobody_meets_anybody_they_are_kept_from(intro, by_id, apart):
    them = [by_id[side.person] for side in intro.sides]
    for one, other in combinations(them, 2):
        assert frozenset({one.id, other.id}) not in apart
        assert not one.company or one.company != other.company
        assert one.manager != other.id != one.id != other.manager
    spoken = [person.languages for person in them if person.languages]
    assert not spoken or frozenset.intersection(*spoken)


# Kinds that rest on no phrase of the receiver's, or of the giver's.
NO_WANT = {GainKind.SHARED_LANGUAGE, GainKind.NOT_MET_YET, GainKind.GIVING}


NO_OFFER = {
    GainKind.SHARED_LANGUAGE,
    GainKind.NOT_MET_YET,
    GainKind.LANGUAGE,
    GainKind.HAS_HELPED,
}


def every_side_is_told_a_gain_in_the_words_of_the_two(intro, by_id):
    ids = {side.person for side in intro.sides}
    for side in intro.sides:
        strengths = [gain.strength for gain in side.gains]
        assert strengths
        assert strengths == sorted(strengths, reverse=True)
        for gain in side.gains:
            giver, receiver = by_id[gain.giver], by_id[side.person]
            assert gain.giver in ids - {side.person}
            assert 0 < gain.strength <= WORTH[gain.kind]
            assert gain.want in (*_told(gain.kind, receiver), "")
            assert gain.offer in (*_told(gain.kind, giver), "")
            assert bool(gain.want) or gain.kind in NO_WANT
            assert bool(gain.offer) or gain.kind in NO_OFFER
            if gain.kind is GainKind.LANGUAGE:
                assert "nl" in giver.languages


def _told(kind, person):
    gives = (*person.offers, *person.mentor_topics, person.headline)
    seeks = (*person.wants, *person.mentee_topics)
    if kind is GainKind.SHARED_INTEREST:
        return (*person.interests, *person.wants)
    if kind is GainKind.SAME_GOAL:
        return seeks
    if kind is GainKind.SAME_CRAFT:
        return gives
    return gives + seeks


def nobody_is_told_what_they_do_not_want(intro, by_id):
    for side in intro.sides:
        person = by_id[side.person]
        kinds = [gain.kind for gain in side.gains]
        if person.choosiness is Choosiness.HELP:
            assert kinds[0] in HELPFUL
            # Of three, one may have nothing to say to another.
            assert set(kinds) <= HELPFUL | {GainKind.NOT_MET_YET}
        if person.gave_in_a_row >= MOST_GIVEN:
            assert GainKind.GIVING not in kinds


def the_value_is_what_the_side_that_gains_least_gains(intro, by_id):
    most = [
        max(
            side.gains[0].strength,
            WORTH[GainKind.NOT_MET_YET]
            * (by_id[side.person].choosiness is Choosiness.ANYONE),
        )
        for side in intro.sides
    ]
    assert 0 < intro.value <= min(most) + 1e-6


def a_mentor_has_a_place_more_years_and_one_mentee(plan, by_id):
    taught = Counter()
    for intro in plan.introductions:
        roles = {side.role: by_id[side.person] for side in intro.sides}
        if intro.kind is Kind.PEERS:
            assert set(roles) == {Role.PEER}
            continue
        assert set(roles) == {Role.MENTOR, Role.MENTEE}
        mentor, mentee = roles[Role.MENTOR], roles[Role.MENTEE]
        taught[mentor.id] += 1
        assert mentee.mentee_topics
        if mentor.years is not None and mentee.years is not None:
            assert mentor.years > mentee.years
    assert all(count <= by_id[id_].mentor_places for id_, count in taught.items())


@often
@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_the_people_makes_no_difference(world, random):
    people, apart = world
    shuffled = random.sample(people, len(people))

    again = propose(shuffled, read, History(apart))

    assert again == propose(people, read, History(apart))


@often
@given(worlds, st.data())
def test_who_has_which_id_makes_no_difference(world, data):
    people, apart = world
    ids = [person.id for person in people]
    new = dict(zip(ids, data.draw(st.permutations(ids)), strict=True))
    people = [_in_own_words(person) for person in people]
    renamed = [
        replace(
            person, id=new[person.id], manager=new.get(person.manager, person.manager)
        )
        for person in people
    ]
    reader = make_reader(blur=0.3)

    plan = propose(people, reader, History(apart))
    again = propose(renamed, reader, History([_renamed(pair, new) for pair in apart]))

    assert _values(again) == pytest.approx(
        {_renamed(pair, new): value for pair, value in _values(plan).items()}, abs=1e-4
    )


def _in_own_words(person):
    """The same in words that nobody else uses, so that no two pairs are worth the same."""
    fields = ("offers", "wants", "interests", "mentor_topics", "mentee_topics")
    return replace(
        person,
        **{
            field: tuple(
                f"{phrase} {field} {person.id}" if phrase else ""
                for phrase in getattr(person, field)
            )
            for field in fields
        },
        headline=person.headline and f"{person.headline} {person.id}",
    )


def _renamed(ids, new):
    return frozenset(new[id_] for id_ in ids)


def _values(plan):
    values = [intro.value for intro in plan.introductions]
    return dict(zip(map(frozenset, groups(plan)), values, strict=True))


@settings(max_examples=20, deadline=None)
@given(crowds, st.integers(0, 5))
def test_the_same_question_has_the_same_answer(people, seed):
    assert propose(people, read, seed=seed) == propose(people, read, seed=seed)


@settings(max_examples=20, deadline=None)
@given(crowds)
def test_nobody_is_introduced_when_everybody_is_kept_apart(people):
    ids = [person.id for person in people]
    apart = {frozenset(pair) for pair in combinations(ids, 2)}

    plan = propose(people, read, History(apart))

    assert plan.introductions == ()
    assert {why for _, why in plan.unmatched} <= {
        UnmatchedReason.NOTHING_IN_COMMON,
        UnmatchedReason.NOTHING_WRITTEN,
        UnmatchedReason.NO_TIME,
    }
