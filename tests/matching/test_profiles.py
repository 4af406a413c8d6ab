from dataclasses import replace

from matchmaker.matching import Field, Person
from matchmaker.matching import profiles as profiles_module
from tests.matching.people import read


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
