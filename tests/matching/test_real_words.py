"""Rounds of words as the encoders read them, good and bad."""

import pytest

from matchmaker.matching import (
    Choosiness,
    GainKind,
    Person,
    encode,
    propose,
)
from matchmaker.services.topics import shipped_index
from tests.matching.people import groups


def read(phrases):
    return shipped_index().read(
        encode([phrase.text for phrase in phrases]),
        [phrase.field.name.lower() for phrase in phrases],
    )


ANA = Person(1, offers=("logo design",), wants=("somebody for my tax return",))
BEN = Person(2, offers=("tax advice for freelancers",), wants=("a new logo",))


def first_kinds(people):
    return [
        side.gains[0].kind
        for intro in propose(people, read).introductions
        for side in intro.sides
    ]


def test_two_who_can_help_each_other_are_told_of_help():
    assert first_kinds([ANA, BEN]) == [GainKind.HELP, GainKind.HELP]


@pytest.mark.parametrize(
    ("offer", "want"),
    [
        ("boekhouding en belastingaangifte", "een nieuw logo"),
        ("Steuererklärungen für Selbständige", "ein neues Logo"),
        ("comptabilité et déclarations d'impôts", "un nouveau logo"),
    ],
)
def test_whoever_means_the_same_meets_in_whatever_language(offer, want):
    other = Person(2, offers=(offer,), wants=(want,))

    assert groups(propose([ANA, other], read)) == [(1, 2)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("beter vindbaar worden in Google", "douanepapieren voor cacao"),
        ("Hilfe bei Förderanträgen", "Fahrräder reparieren"),
        ("des photos de mes plats", "conseil en droit du travail"),
    ],
)
def test_a_language_in_common_is_nothing_in_common(one, other):
    people = [Person(1, wants=(one,)), Person(2, offers=(other,))]

    assert groups(propose(people, read)) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00\x07",
        "🎸🎺",
        "…",
        "C",
        "\u200b",
        "\u202emirror",
        "\ud800",
        "שלום עולם",
        "བོད་སྐད་ཀྱི་ཚིག",
        "xqzt vrrgh plokk",
        "lorem ipsum " * 100,
        "word " * 10_000,
    ],
)
@pytest.mark.parametrize("choosiness", [Choosiness.COMMON, Choosiness.ANYONE])
def test_any_words_are_borne(text, choosiness):
    odd = [
        Person(
            id_,
            offers=(text,),
            wants=(text,),
            interests=(text,),
            headline=text,
            mentee_topics=(text,),
            choosiness=choosiness,
        )
        for id_ in (3, 4)
    ]

    plan = propose([ANA, BEN, *odd], read)

    # The two odd ones have the same words, and so perhaps the same in mind.
    assert (1, 2) in groups(plan) or groups(plan) == [(3, 4)]
    assert 0 < plan.value <= plan.bound
