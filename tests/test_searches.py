"""Every search for a person finds them alike, on both databases."""

from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.models import Member, Role, utcnow
from matchmaker.queries.search import finds
from matchmaker.services.events.planning import hosting
from matchmaker.services.events.running import by_hand
from matchmaker.text import is_found, search_text
from tests.factories import make_event, make_member, make_rsvp, make_space

QUERIES = {
    "diaz": "José Díaz",
    "DÍAZ": "José Díaz",
    "Díaz José": "José Díaz",
    "DIAZ JOSE": "José Díaz",
    "jos dia": "José Díaz",
    "muller": "Łukasz Müller",
    "MÜLLER": "Łukasz Müller",
    "Mueller": "Łukasz Müller",
    "Lukasz": "Łukasz Müller",
    "ŁUKASZ müll": "Łukasz Müller",
    "strauss": "Zoë Strauß",
    "STRAUẞ zoe": "Zoë Strauß",
    "zoe": "Zoë Strauß",
    "oslash aebelo": "Øslash Æbelø",
    "obrien": "Shane O’Brien",
    "O'Brien": "Shane O’Brien",
    "pierre jean": "Jean-Pierre Thibault",
    "bill": "William Turner",  # as he likes to be called
    "太郎": "山田太郎",
    "हिन": "हिना कुमार",
    "τσιπρας": "Αλέξης Τσίπρας",
    "50%": None,
    "_": None,
    "az": None,  # a word begins so, or it is another
}
# Each page is asked these; what they ask is asked all of them.
ON_PAGES = ("DIAZ JOSE", "Mueller", "bill", "太郎", "50%", "az")
NAMES = {name for name in QUERIES.values() if name} | {"Anna Lindt", "Adam Zeller"}


@pytest.fixture
def evening(any_database):
    space = make_space("mill")
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    event = make_event(space, starts_at=utcnow() - timedelta(minutes=5))
    for name in NAMES:
        member = make_member(
            name, space=space, email=f"m{len(name)}{sum(map(ord, name))}@x.org"
        )
        if name == "William Turner":
            member.preferred_name = "Bill"
        make_rsvp(event, member, is_shown=True)
    db.session.commit()
    return event, olga, any_database.test_client(user=olga)


def test_every_search_finds_the_same_people(evening):
    event, olga, browser = evening
    other = make_event(event.space)
    pages = (
        "/organise/mill/members",
        f"/organise/mill/events/{event.id}",
        f"/events/{event.id}/door",
    )
    for query, name in QUERIES.items():
        expected = [name] if name else []
        found = db.session.scalars(
            db.select(Member.name).where(finds(Member.search_name, query))
        )
        assert found.all() == expected, query
        assert [m.name for m in by_hand.find(other, olga, query)] == expected
        assert hosting.suggest(event.space, olga, query) == expected
        for page in pages if query in ON_PAGES else ():
            text = browser.get(page, query_string={"q": query}).text
            shown = {each for each in NAMES if each in text}
            assert shown - {query} == {*expected} - {query}, (page, query)


def test_a_host_is_named_in_any_spelling(evening):
    event, olga, _ = evening

    (jose,) = hosting.named(event.space, olga, ["JOSE DIAZ"], [])

    assert jose.name == "José Díaz"


def test_a_name_that_changes_is_found_by_the_new_one(app):
    ana = make_member("Ana Duarte", space=make_space())
    ana.name, ana.preferred_name = "Ana Sørensen", "Nana"

    assert ana.search_name == " ana sorensen soerensen nana"


def test_nothing_is_found_by_no_word():
    assert not is_found(search_text("Ana"), " !? ")
