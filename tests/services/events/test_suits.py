import pytest

from matchmaker.models import Profile
from matchmaker.services.events import suits
from matchmaker.services.events.suits import Reason, Taste


def reasons(title, description="", **profile):
    taste = Taste.of(
        Profile(
            **{"wants": [], "mentee_topics": [], "interests": [], "offers": []}
            | profile
        )
    )
    return taste.reasons(title, description)


def test_an_event_that_names_what_somebody_looks_for_suits_them():
    assert reasons("Grant writing for beginners", wants=["grant writing"]) == [
        Reason("wants", "grant writing", "grant writing")
    ]


def test_another_name_of_the_same_skill_will_do_and_is_named():
    (reason,) = reasons("An evening about PostgreSQL", wants=["Postgres performance"])

    assert (reason.said, reason.found.lower()) == ("Postgres performance", "postgresql")


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("ceramics", "Ceramic night"),
        ("getting a first grant", "How I got my first grant."),
        ("community", "Communities of practice"),
        ("C++", "Modern C++ in an hour"),
        ("e-commerce", "E-commerce breakfast"),
        ("UX", "What UX people do all day"),
        ("help with taxes", "Taxes, and how to survive them"),
        ("grant writing", "Read on\n\n* **Grant writing**, in short"),
        ("grant writing", "[Grant writing](https://example.org/a)"),
    ],
)
def test_the_words_are_found_however_they_stand(said, text):
    assert reasons("Tuesday", text, interests=[said])


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("Go", "Go home with an idea"),
        ("IT", "It is free"),
        ("grant writing", "Grants. Writing comes later"),
        ("grant writing", "We grant you an hour of writing"),
        (
            "pottery",
            "See [the page](https://example.org/pottery) or https://pottery.nl",
        ),
        ("art", "Start with a party"),
        ("photography for social media", "Social media in a nutshell"),
        ("help with", "Help with everything"),
        ("", "Everything"),
        ("x" * 81, "x" * 81),
    ],
)
def test_nothing_is_read_into_it(said, text):
    assert reasons("Tuesday", text, wants=[said]) == []


def test_what_every_event_has_counts_only_in_a_title_and_in_ones_own_words():
    assert reasons("Tuesday", "With coffee. Two talks.", interests=["coffee"]) == []
    assert reasons("Coffee tasting", interests=["coffee"])
    assert reasons("Two talks", wants=["public speaking"]) == []


def test_what_is_sought_comes_first_and_each_thing_once():
    found = reasons(
        "Postgres and pottery",
        offers=["pottery"],
        interests=["pottery", "PostgreSQL"],
        wants=["Postgres"],
    )

    assert [(reason.field, reason.said) for reason in found] == [
        ("wants", "Postgres"),
        ("interests", "pottery"),
    ]
    assert suits.weight(found) == 5


def test_a_description_without_end_is_read_in_good_time():
    assert reasons("Tuesday", "grant " * 100_000, wants=["Postgres"]) == []
