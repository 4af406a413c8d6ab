from matchmaker.matching import Choosiness, History, Person, propose
from tests.matching.people import read


def suggestions(people, id_, history=History()):  # noqa: B008 - frozen
    return propose(people, read, history).suggestions[id_]


def make_seekers(*wants):
    return [
        Person(id_, wants=(want,), languages=frozenset({"en"}))
        for id_, want in enumerate(wants, 2)
    ]


def test_what_most_others_look_for_comes_first():
    people = [Person(1), *make_seekers("taxes", "taxes", "taxes", "photos", "photos")]

    found = suggestions(people, 1)

    assert [(one.field, one.topic, one.people) for one in found] == [
        ("offers", "taxes", 3),
        ("offers", "photos", 2),
    ]


def test_what_they_have_written_already_is_no_suggestion():
    ana = Person(1, interests=("taxes",), choosiness=Choosiness.HELP)

    assert suggestions([ana, *make_seekers("taxes", "taxes")], 1) == ()


def test_what_only_one_person_wrote_is_no_suggestion():
    """Or it would tell whose it is."""
    assert suggestions([Person(1), *make_seekers("taxes", "photos")], 1) == ()


def test_nobody_is_counted_whom_they_may_not_meet():
    people = [Person(1), *make_seekers("taxes", "taxes")]
    apart = History(forbidden=[frozenset({1, 2})])

    assert suggestions(people, 1, apart) == ()


def test_nobody_is_counted_with_whom_they_share_no_language():
    ana = Person(1, languages=frozenset({"nl"}))

    assert suggestions([ana, *make_seekers("taxes", "taxes")], 1) == ()
