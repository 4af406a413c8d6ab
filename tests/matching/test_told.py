"""What people say of a meeting, and what the next rounds make of it."""

from dataclasses import replace

import pytest

from matchmaker.matching import History, Person, Plan, Told, propose
from matchmaker.matching.profiles import HELPED
from matchmaker.matching.types import Ground

# Words that have nothing to do with each other, so that only what was told connects.
TAXES, SHIP = "tax advice", "shipping parcels to Brazil"
ANA = Person(1, offers=(TAXES, "bookkeeping", "payroll"), wants=("logo design",))
BEN = Person(2, offers=("logo design",), wants=(SHIP,))
TWIN = replace(ANA, id=3)  # offers what Ana offers
LEO = Person(4, offers=("guitar lessons",), wants=("logo design",))


def helped(person: Person, giver: Person, want: str = "", *, got: bool = True) -> Told:
    return Told(person.id, want or person.wants[0], giver.id, giver.offers, got)


def gain(plan: Plan, person: Person) -> float:
    """What somebody is told they gain by an offer to their want; 0 for nothing."""
    return max(
        (
            gain.strength
            for introduction in plan.introductions
            for side in introduction.sides
            if side.person == person.id
            for gain in side.gains
            if gain.ground is Ground.OFFER_MEETS_WANT
        ),
        default=0.0,
    )


def between(*people: Person, told: tuple[Told, ...] = ()) -> Plan:
    return propose([*people], History(told=told))


def test_who_has_helped_with_something_can_help_with_it_again():
    somebody = Person(9, wants=(SHIP,))

    assert gain(between(ANA, BEN), BEN) == 0
    assert gain(between(ANA, BEN, told=(helped(somebody, ANA),)), BEN) > 0.35


def test_what_somebody_helped_with_is_known_of_their_colleagues_too():
    told = (helped(Person(9, wants=(SHIP,)), ANA),)
    elsewhere = replace(ANA, company="Quince", wants=())

    plan = propose(
        [elsewhere, TWIN, replace(BEN, company="Quince")], History(told=told)
    )

    assert gain(plan, BEN) > 0.35
    assert {side.person for side in plan.introductions[0].sides} == {TWIN.id, BEN.id}


def test_what_is_quoted_stays_the_givers_own():
    plan = between(ANA, BEN, told=(helped(Person(9, wants=(SHIP,)), ANA),))

    offers = {
        gain.offer
        for introduction in plan.introductions
        for side in introduction.sides
        for gain in side.gains
    }
    assert offers <= {*ANA.offers, *BEN.offers}


CEM = Person(5, offers=("logo design",), wants=(TAXES,))


def test_who_is_of_a_kind_with_one_who_could_not_help_is_less_likely_to():
    before = gain(between(TWIN, CEM), CEM)
    after = gain(between(TWIN, CEM, told=(helped(CEM, ANA, got=False),)), CEM)

    assert before > 0.9
    assert after < 0.3


def test_another_kind_of_people_loses_nothing_by_it_but_a_rival():
    other = Person(6, offers=("tax law",), wants=("logo design",))
    told = (helped(CEM, LEO, got=False),)

    assert gain(between(other, LEO, CEM, told=told), CEM) >= gain(
        between(other, LEO, CEM), CEM
    )


def test_what_did_not_help_one_is_not_held_against_it_by_another():
    dee = replace(CEM, id=7)
    told = (helped(dee, ANA, got=False),)

    assert gain(between(TWIN, CEM, told=told), CEM) == gain(between(TWIN, CEM), CEM)


def test_a_want_that_is_no_longer_there_tells_nothing():
    told = (helped(CEM, ANA, "an old want", got=False),)

    assert between(TWIN, CEM, told=told) == between(TWIN, CEM)


def test_a_question_to_a_mentor_is_remembered_as_a_want_is():
    mentor = Person(
        8, offers=(TAXES,), mentor_topics=(TAXES,), mentor_places=1, years=20
    )
    asks = Person(10, offers=("logo design",), mentee_topics=(TAXES,), years=1)
    told = (helped(asks, mentor, TAXES, got=False),)

    introduced = between(replace(mentor, id=11), asks).introductions
    assert len(introduced) == 1
    assert not between(replace(mentor, id=11), asks, told=told).introductions


@pytest.mark.parametrize("phrase", ["", "🎸", "help", "نص", "a\x00b"])
def test_any_words_may_have_been_told(phrase):
    odd = replace(CEM, wants=(phrase, TAXES))
    told = [
        Told(odd.id, phrase, 77, (phrase,), False),
        Told(odd.id, phrase, TWIN.id, (), True),
        Told(404, TAXES, 405, (), True),
        Told(odd.id, TAXES, 405, (), False),
    ]

    assert propose([TWIN, odd], History(told=told)) == propose(
        [odd, TWIN], History(told=told[::-1])
    )


def test_who_told_what_first_makes_no_difference():
    people = [replace(ANA, id=20 + k, wants=()) for k in range(3)] + [BEN, CEM, LEO]
    told = [
        helped(CEM, LEO, got=False),
        helped(CEM, ANA, got=False),
        helped(Person(9, wants=(SHIP,)), people[0]),
        helped(Person(9, wants=("a will",)), people[0]),
    ]

    assert propose(people, History(told=told)) == propose(
        people, History(told=told[::-1])
    )


def test_of_what_somebody_helped_with_the_latest_counts():
    told = [
        Told(9, f"a matter of no importance {week}", ANA.id, ANA.offers, True, week)
        for week in range(HELPED)
    ]
    late, old = (Told(9, SHIP, ANA.id, ANA.offers, True, ago) for ago in (0, HELPED))

    assert gain(between(ANA, BEN, told=(*told, late)), BEN) > 0
    assert between(ANA, BEN, told=(*told, old)) == between(ANA, BEN, told=(*told,))
