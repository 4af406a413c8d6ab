from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import Choosiness, Feedback, Field, GainKind, Person
from matchmaker.matching import profiles as profiles_module
from matchmaker.matching.profiles import HELPED
from matchmaker.matching.scoring import gains as gains_module
from matchmaker.matching.scoring.gains import (
    MIN_PROBABILITY,
    MOST_GIVEN,
    WORTH,
    find_gains,
)
from tests.matching.people import crowds, make_reader, member, read

often = settings(max_examples=25, deadline=None)

HELP, GIVING = GainKind.HELP, GainKind.GIVING
SYMMETRIC = {
    GainKind.SAME_GOAL,
    GainKind.SAME_CRAFT,
    GainKind.SHARED_INTEREST,
    GainKind.SHARED_LANGUAGE,
}


def found(people, feedback=(), reader=read, **more):
    """Every gain: (receiver, giver, kind) to its probability and two phrases."""
    profiles = profiles_module.read(people, reader, feedback)
    gains = find_gains(profiles, **more)
    texts = [*(phrase.text for phrase in profiles.phrases), ""]
    kinds = [gains_module.KINDS[code] for code in gains.kind]
    return {
        (int(profiles.ids[receiver]), int(profiles.ids[giver]), kind): (
            float(probability),
            texts[mine],
            texts[theirs],
        )
        for receiver, giver, kind, probability, mine, theirs in zip(
            gains.receiver,
            gains.giver,
            kinds,
            gains.probability,
            gains.mine,
            gains.theirs,
            strict=True,
        )
    }


def told(receiver, giver, **more):
    """What one is told of the other, the best first."""
    people = sorted([receiver, giver], key=lambda person: person.id)
    gains = find_gains(profiles_module.read(people, read, **more))
    ranks = gains.profiles.ranks([receiver.id, giver.id])
    ((*all_of_them,),) = gains.told(ranks[:1], ranks[1:])
    return all_of_them


def kinds(receiver, giver, **more):
    return [gain.kind for gain in told(receiver, giver, **more)]


def assert_same(one, other):
    """The same gains in the same words, as likely but for rounding."""
    assert {ends: gain[1:] for ends, gain in one.items()} == {
        ends: gain[1:] for ends, gain in other.items()
    }
    assert {ends: gain[0] for ends, gain in one.items()} == pytest.approx(
        {ends: gain[0] for ends, gain in other.items()}, abs=1e-5
    )


ANA = Person(1, offers=("logos",), wants=("taxes",))
BEN = Person(2, offers=("help with taxes",), wants=("logos and brands",))


def test_an_offer_that_meets_a_want_is_help_and_giving_to_the_one_who_helps():
    help_, giving = told(ANA, BEN)

    assert (help_.kind, help_.want, help_.offer) == (HELP, "taxes", "help with taxes")
    assert (giving.kind, giving.want) == (GIVING, "logos")
    assert giving.offer == "logos and brands"
    assert 1 >= help_.strength > giving.strength > 0


def test_a_mentors_topic_is_help_to_whoever_wants_it():
    mentor = Person(2, mentor_topics=("taxes",), mentor_places=1)

    assert kinds(ANA, mentor) == [HELP]
    assert kinds(mentor, ANA) == [GIVING]


def test_a_mentor_teaches_what_they_offer_too():
    mentor = replace(BEN, mentor_topics=("grants",), mentor_places=1, years=9)
    asks = Person(1, mentee_topics=("taxes",), years=2)

    (lesson,) = told(asks, mentor)

    assert (lesson.kind, lesson.offer) == (GainKind.MENTORING, "help with taxes")


@pytest.mark.parametrize(("places", "years"), [(0, 9), (1, 2), (1, 1)])
def test_without_a_place_or_more_years_an_offer_is_plain_help(places, years):
    mentor = replace(
        BEN, mentor_topics=("grants",), mentor_places=places, years=years, wants=()
    )
    asks = Person(1, mentee_topics=("taxes",), years=2)

    assert kinds(asks, mentor) == [HELP]


def test_whoever_looks_for_clients_is_told_who_may_need_them():
    seeks = replace(ANA, wants=("finding clients",))
    may_need = Person(2, wants=("new logos",))

    gains = {gain.kind: gain for gain in told(seeks, may_need)}

    assert set(gains) == {GainKind.BUSINESS, GIVING}
    business = gains[GainKind.BUSINESS]
    assert (business.want, business.offer) == ("logos", "new logos")


def test_who_looks_for_no_clients_is_told_of_none():
    assert GainKind.BUSINESS not in kinds(ANA, Person(2, wants=("new logos",)))


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("wants", GainKind.SAME_GOAL),
        ("mentee_topics", GainKind.SAME_GOAL),
        ("offers", GainKind.SAME_CRAFT),
        ("interests", GainKind.SHARED_INTEREST),
    ],
)
def test_what_two_share_is_told_to_both_in_their_own_words(field, kind):
    one = Person(1, **{field: ("grants",)})
    other = Person(2, **{field: ("finding grants",)})

    (mine,), (theirs,) = told(one, other), told(other, one)

    assert mine.kind is theirs.kind is kind
    assert (mine.want, mine.offer) == ("grants", "finding grants")
    assert (theirs.want, theirs.offer) == ("finding grants", "grants")
    assert mine.strength == pytest.approx(theirs.strength)


def test_one_of_two_who_like_the_same_may_be_looking_for_company():
    likes, looks = Person(1, interests=("chess",)), Person(2, wants=("chess partner",))

    assert kinds(likes, looks) == kinds(looks, likes) == [GainKind.SHARED_INTEREST]


def test_an_interest_is_no_offer():
    likes = Person(2, interests=("taxes",))

    assert HELP not in kinds(ANA, likes)


def test_whoever_speaks_a_language_can_practise_it_with_a_learner():
    learner = Person(1, wants=("practising dutch",), languages=frozenset({"en"}))
    speaker = Person(2, languages=frozenset({"nl", "en"}))

    (practice,), (giving,) = told(learner, speaker), told(speaker, learner)

    assert practice.kind is GainKind.LANGUAGE
    assert (practice.want, practice.offer) == ("practising dutch", "")
    assert (giving.kind, giving.want) == (GIVING, "")
    assert giving.offer == "practising dutch"


def test_a_language_that_few_speak_is_something_in_common():
    others = [Person(id_, languages=frozenset({"en"})) for id_ in range(3, 20)]
    two = [Person(id_, languages=frozenset({"en", "ja"})) for id_ in (1, 2)]

    shared = {
        ends
        for (*ends, kind) in found([*two, *others])
        if kind is GainKind.SHARED_LANGUAGE
        for ends in [tuple(ends)]
    }

    assert shared == {(1, 2), (2, 1)}


def test_what_somebody_says_they_are_answers_a_want_less_surely_than_an_offer():
    says = Person(2, headline="taxes for freelancers")
    offers = Person(2, offers=("taxes for freelancers",))

    (by_headline,), (by_offer,) = told(ANA, says), told(ANA, offers)

    assert by_headline.kind is by_offer.kind is HELP
    assert 0 < by_headline.strength < by_offer.strength


def test_who_has_helped_with_the_like_is_told_of_without_words_of_theirs():
    feedback = [Feedback(9, "grants for a choir", giver=2, got=True)]

    (gain,) = told(Person(1, wants=("grants",)), BEN, feedback=feedback)

    assert gain.kind is GainKind.HAS_HELPED
    assert (gain.want, gain.offer) == ("grants", "")


@pytest.mark.parametrize("got", [True, False])
def test_what_brought_nothing_is_no_help_to_the_next(got):
    feedback = [Feedback(9, "grants", giver=2, got=got)]

    assert bool(told(Person(1, wants=("grants",)), BEN, feedback=feedback)) is got


def test_of_what_somebody_helped_with_the_latest_counts():
    later = [
        Feedback(9, f"matter {week}", giver=2, got=True, weeks_ago=week)
        for week in range(HELPED)
    ]
    asks = Person(1, wants=("grants",))

    def helped(weeks_ago):
        one = Feedback(9, "grants", giver=2, got=True, weeks_ago=weeks_ago)
        return kinds(asks, BEN, feedback=[*later, one])

    assert helped(0) == [GainKind.HAS_HELPED]
    assert helped(HELPED) == []


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


@often
@given(crowds)
def test_what_two_share_they_share_both_ways(people):
    gains = found(people, reader=make_reader(blur=0.3))

    choosy = {person.id for person in people if person.choosiness is Choosiness.HELP}
    for (receiver, giver, kind), (probability, *_) in gains.items():
        if kind in SYMMETRIC and not {receiver, giver} & choosy:
            back, *_ = gains[giver, receiver, kind]
            assert back == pytest.approx(probability, abs=1e-5)


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
            assert probability == pytest.approx(max(back), abs=1e-5)
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


def test_a_further_helper_leaves_the_first_as_likely():
    dee = Person(4, offers=("taxes",), wants=("logos",))

    alone, among = found([ANA, BEN]), found([ANA, BEN, dee])

    assert among[1, 2, HELP] == alone[1, 2, HELP]
    assert (1, 4, HELP) in among


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
    assert one == pytest.approx(other, abs=1e-5)


def test_in_parts_or_at_once_the_same_is_found(monkeypatch):
    people = [replace((ANA, BEN)[id_ % 2], id=id_) for id_ in range(4)]
    whole = found(people)
    monkeypatch.setattr(gains_module, "_CHUNK", 3)

    assert_same(found(people), whole)


def test_what_is_told_goes_from_the_most_valuable_down():
    rich = replace(BEN, interests=("chess",), offers=("taxes", "logos"))
    gains = told(replace(ANA, interests=("chess",)), rich)

    strengths = [gain.strength for gain in gains]
    assert strengths == sorted(strengths, reverse=True)
    assert len(gains) >= 4
    assert all(gain.strength <= WORTH[gain.kind] for gain in gains)


def test_the_best_chance_of_some_kinds():
    gains = find_gains(profiles_module.read([ANA, BEN], read))
    ends = np.array([0, 1, 0]), np.array([1, 0, 0])

    help_, crafts, either = (
        gains.probability_of(frozenset(some), *ends)
        for some in ({HELP}, {GainKind.SAME_CRAFT}, {HELP, GIVING})
    )

    assert help_[0] == either[0] > 0.5
    assert help_[2] == 0
    assert not crafts.any()


def test_nobody_gains_nothing():
    assert found([]) == {}
    assert found([Person(1), Person(2)]) == {}


def test_a_phrase_stands_where_it_was_written():
    person = Person(
        1,
        offers=("logos",),
        wants=("taxes", "x" * 201),
        interests=("…", "chess"),
        headline="a maker of logos",
        mentor_topics=("grants",),
        mentee_topics=("python",),
    )

    def fields(person):
        phrases = profiles_module.read([person], read).phrases
        return [(phrase.field, phrase.text) for phrase in phrases]

    assert fields(person) == [
        (Field.OFFERS, "logos"),
        (Field.WANTS, "taxes"),
        (Field.INTERESTS, "chess"),
        (Field.MENTEE_TOPICS, "python"),
        (Field.HEADLINE, "a maker of logos"),
    ]
    assert (Field.MENTOR_TOPICS, "grants") in fields(replace(person, mentor_places=1))
