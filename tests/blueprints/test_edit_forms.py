"""Of two who save one thing, both keep their changes, or the second is shown the first's."""

import pytest

from matchmaker.blueprints.edit_form import CHANGED
from matchmaker.extensions import db
from matchmaker.mail import event_changes
from matchmaker.models import Letter, Role
from tests.factories import (
    make_event,
    make_group,
    make_member,
    make_picture,
    make_rsvp,
    make_space,
)
from tests.forms import Reader

GLAZING = {"mentor_topics": "glazing", "mentor_places": "3"}


@pytest.fixture
def mill(any_database):
    return make_space("mill")


@pytest.fixture
def event(mill):
    asked = {"id": "q1", "text": "Left-handed?", "options": [], "required": False}
    return make_event(
        mill,
        title="Pottery",
        place="The kitchen",
        description="Clay\r\nand tea",
        questions=[asked],
    )


@pytest.fixture
def two(any_database, mill):
    """The browsers of two organisers."""
    people = [
        make_member(name, space=mill, role=Role.ORGANISER) for name in ("Olga", "Otto")
    ]
    db.session.commit()
    return [any_database.test_client(user=person) for person in people]


def opened(browser, url, action=None):
    """The form of a page, as it stands."""
    forms = Reader(url, browser.get(url).text).forms
    return next(form for form in forms if form.action == (action or url))


def save(browser, form, **typed):
    answer = browser.post(form.action, data=form.filled() | typed)
    db.session.expire_all()
    return answer


def letters_about_changes():
    letters = db.select(Letter).where(Letter.kind == event_changes.CHANGED)
    return len(db.session.scalars(letters).all())


def test_both_keep_their_changes_of_an_event(two, event):
    make_rsvp(event)
    url = f"/organise/mill/events/{event.id}/edit"
    first, second = (opened(browser, url) for browser in two)

    save(two[0], first, place="The attic", description="Glaze", hosts="Olga")
    said = save(two[1], second, capacity="12", **{"questions-1-text": "Vegan?"})

    assert said.status_code == 302
    assert (event.place, event.description, event.capacity) == (
        "The attic",
        "Glaze",
        12,
    )
    assert [host.name for host in event.hosts] == ["Olga"]
    assert [question["text"] for question in event.questions] == [
        "Left-handed?",
        "Vegan?",
    ]
    assert letters_about_changes() == 1


def test_what_both_changed_is_shown_to_the_second(two, event):
    url = f"/organise/mill/events/{event.id}/edit"
    first, second = (opened(browser, url) for browser in two)
    save(two[0], first, place="The attic", title="Clay")

    told = save(two[1], second, place="The garden", description="Mine")

    assert told.status_code == 422
    assert (event.place, event.title) == ("The attic", "Clay")
    assert CHANGED in told.text
    assert "The attic" in told.text
    again = next(f for f in Reader(url, told.text).forms if f.action == url)
    assert again.filled()["place"] == ["The garden"]
    assert again.filled()["title"] == ["Clay"]
    save(two[1], again)
    assert (event.place, event.title, event.description) == (
        "The garden",
        "Clay",
        "Mine",
    )


def test_saving_what_nobody_touched_changes_nothing(two, event):
    make_rsvp(event)
    before = event.changed_at

    form = opened(two[0], f"/organise/mill/events/{event.id}/edit")
    save(two[0], form)

    assert event.changed_at == before
    assert letters_about_changes() == 0


def test_both_keep_their_changes_of_a_group(two, mill):
    group = make_group(mill, "potters", blurb="Clay")
    db.session.commit()
    url = "/organise/mill/groups/potters"
    first, second = (opened(browser, url) for browser in two)

    save(two[0], first, hosts="Olga")
    save(two[1], second, blurb="Clay and tea")

    assert group.blurb == "Clay and tea"
    assert [each.member.name for each in group.followings if each.is_host] == ["Olga"]


@pytest.mark.parametrize(
    ("page", "one", "other"),
    [
        ("about", {"headline": "Potter"}, {"bio": "I make bowls."}),
        ("exchange", {"offers": "pottery"}, {"wants": "a kiln"}),
        (
            "meeting",
            {"languages": "French"},
            GLAZING,
        ),
    ],
)
def test_two_windows_of_one_profile_both_count(any_database, mill, page, one, other):
    ana = make_member(
        "Ana", space=mill, offers=["tea"], wants=["law"], profile={"headline": "x"}
    )
    db.session.commit()
    browser, url = any_database.test_client(user=ana), f"/profile/{page}"
    first, second = opened(browser, url), opened(browser, url)
    chosen = {"introductions": "yes"} if page == "meeting" else {}

    assert save(browser, first, **one, **chosen).status_code == 302
    assert save(browser, second, **other, **chosen).status_code == 302

    now = opened(browser, url).filled()
    for name, said in (one | other).items():
        assert now[name] == [said]


def test_a_caption_that_another_wrote_meanwhile_is_shown(two, event):
    picture = make_picture(event)
    db.session.commit()
    url = f"/organise/mill/events/{event.id}/pictures"
    at = f"{url}/{picture.id}"
    first, second = (opened(browser, url, at) for browser in two)
    save(two[0], first, caption="A bowl")

    told = save(two[1], second, caption="A jug")

    assert (told.status_code, picture.caption) == (422, "A bowl")
    assert "A jug" in told.text


def test_the_room_that_another_made_meanwhile_is_shown(two, event):
    at = f"/organise/mill/events/{event.id}/capacity"
    first, second = (opened(b, f"/organise/mill/events/{event.id}", at) for b in two)
    save(two[0], first, capacity="20")

    told = save(two[1], second, capacity="30")

    assert (told.status_code, event.capacity) == (422, 20)
