"""The kinds of gain, each by an example."""

from dataclasses import replace

import pytest

from matchmaker.matching import Feedback, GainKind, Person
from matchmaker.matching.profiles import HELPED
from tests.matching.scoring.finding import found, kinds, told

HELP, GIVING = GainKind.HELP, GainKind.GIVING
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
