import time

import pytest

from matchmaker.data import skills


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("grant", "grant writing"),
        ("pitch deck", "pitch decks"),
        ("seo", "SEO"),
        ("bookkeep", "bookkeeping"),
        ("postgres", "Postgres"),
        ("PostgreSQL", "Postgres"),
        ("user res", "user research"),
        ("public sp", "public speaking"),
        ("term sh", "term sheets"),
        ("brand str", "brand strategy"),
        ("photosh", "Adobe Photoshop"),
        ("manage budg", "manage budgets"),
        ("back pain", "ergonomics"),
        ("gdpr", "privacy law"),
        ("ai", "AI for small businesses"),
        ("c++", "C++"),
        ("r", "R"),
        ("Médiation", "mediation"),
    ],
)
def test_what_somebody_types_suggests_what_they_mean(query, first):
    assert skills.suggest(query)[0] == first


def test_everyday_tags_come_before_the_long_vocabulary():
    suggested = skills.suggest("contract")

    assert suggested.index("contracts") < suggested.index("manage contracts")


def test_nothing_is_suggested_twice():
    suggested = skills.suggest("design", limit=50)

    assert len(suggested) == len(set(suggested))


@pytest.mark.parametrize("query", ["", "  ", "?", "qqqzzz"])
def test_nothing_is_suggested_for_nothing(query):
    assert skills.suggest(query) == []


def test_no_more_is_suggested_than_was_asked_for():
    assert len(skills.suggest("design", limit=3)) == 3


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("postgresql", "Postgres"),
        ("seo", "SEO"),
        ("  Pitch   Deck ", "pitch decks"),
        ("VAT across borders", "VAT"),
        ("Photoshop", "Adobe Photoshop"),
    ],
)
def test_an_alias_has_one_name(text, name):
    assert skills.canonical(text) == name


def test_a_tag_we_do_not_know_is_only_tidied():
    tidied = skills.canonical("  Reading tide \n tables ")

    assert tidied == "Reading tide tables"


def test_a_name_is_its_own_canonical_form():
    for name, _, _ in skills._vocabulary():
        assert skills.canonical(name) == name


def test_a_suggestion_is_quick():
    skills.suggest("warm up")

    started = time.process_time()
    for _ in range(10):
        skills.suggest("design")

    assert (time.process_time() - started) / 10 < 0.03  # a busy machine is slower
