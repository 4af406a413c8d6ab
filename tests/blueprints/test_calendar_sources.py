import io

import pytest

from matchmaker.extensions import db
from matchmaker.models import CalendarSource, Event, utcnow
from matchmaker.refusal import Refusal
from matchmaker.services import fetching
from matchmaker.services.events.calendars import calendar_reading
from tests.factories import (
    make_block,
    make_event,
    make_group,
    make_member,
    make_source,
    make_space,
)
from tests.world import calendar_of_a_talk

HERE = "/organise/mill/calendars"


@pytest.fixture
def browser(as_member, olga):
    return as_member(olga)


def sources():
    return list(db.session.scalars(db.select(CalendarSource)))


def count():
    return db.session.scalar(db.select(db.func.count(Event.id)))


def a_file(content=None):
    content = calendar_of_a_talk().encode() if content is None else content
    return {"file": (io.BytesIO(content), "talks.ics"), "group_id": "0"}


def send(browser, address=HERE, **fields):
    return browser.post(
        address,
        data={"group_id": "0", "publishes": "drafts"} | fields,
        content_type="multipart/form-data",
    )


def test_a_file_is_shown_and_comes_when_somebody_says_so(browser, space):
    group = make_group(space, name="Potters")

    page = send(
        browser, **a_file() | {"group_id": str(group.id), "publishes": "publish"}
    )
    shown = browser.get(page.location).text

    assert "Nothing has changed yet" in shown
    assert "Talk" in shown
    assert count() == 0

    done = browser.post(f"{page.location}/accept", follow_redirects=True)
    assert "1 new" in done.text
    (event,) = db.session.scalars(db.select(Event))
    assert (event.title, event.group, event.is_published) == ("Talk", group, True)


def test_a_feed_is_asked_at_once_and_shown(browser, monkeypatch):
    asked = []

    def fetch(url):
        asked.append((url, db.session().in_transaction()))
        return calendar_of_a_talk().encode()

    monkeypatch.setattr(fetching, "fetch", fetch)

    page = send(browser, url="webcal://calendar.example/secret.ics")

    assert asked == [("webcal://calendar.example/secret.ics", False)]
    (source,) = sources()
    assert source.url == "https://calendar.example/secret.ics"
    assert "secret.ics" not in browser.get(page.location).text
    assert "secret.ics" not in browser.get(HERE).text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "one of the two"),
        ({"url": "https://a.example/"} | a_file(b"x"), "one of the two"),
        ({"url": "http://a.example/"}, "Try it with https"),
        ({"url": "https://127.0.0.1/"}, "not on the internet"),
        ({"url": "https://localhost/spaces/mill/events.ics"}, "our own calendars"),
        ({"url": "x" * 3_000}, "too long"),
        (a_file(b"%PDF"), "not a calendar"),
        (a_file(b"<html>"), "a web page"),
        (a_file(b"BEGIN:VCALENDAR\n" + b"x" * 3_000), "five megabytes"),
        ({"name": "x" * 90} | a_file(), "at most 80"),
        ({"group_id": "9999"}, "valid choice"),
        ({"publishes": "nonsense"} | a_file(), "valid choice"),
    ],
    ids=range(12),
)
def test_what_is_wrong_is_said_and_nothing_is_kept(browser, fields, why, monkeypatch):
    monkeypatch.setattr(fetching, "MOST", 3_000)
    page = send(browser, **{k: _again(v) for k, v in fields.items()})

    assert page.status_code == 422
    assert why.lower() in page.text.lower()
    assert sources() == []
    assert count() == 0


def _again(value):
    """A file is read once by each request."""
    return (
        (io.BytesIO(value[0].getvalue()), value[1])
        if isinstance(value, tuple)
        else value
    )


def test_fifty_megabytes_are_not_taken(browser):
    length = {"CONTENT_LENGTH": str(50 * fetching.MEGABYTE)}
    form = "multipart/form-data; boundary=x"
    page = browser.post(HERE, content_type=form, environ_overrides=length)

    assert page.status_code == 413
    assert sources() == []


def test_elsewhere_a_megabyte_is_still_too_much(browser):
    page = browser.post("/profile/about", data={"bio": "x" * 2 * 1024 * 1024})

    assert page.status_code == 413


def test_a_feed_that_does_not_answer_says_so_and_is_not_kept(browser, monkeypatch):
    def away(_url):
        raise Refusal("The server there could not be reached.")

    monkeypatch.setattr(fetching, "fetch", away)

    page = send(browser, url="https://calendar.example/")

    assert (page.status_code, sources()) == (422, [])
    assert "could not be reached" in page.text
    assert "https://calendar.example/" in page.text  # nothing typed is lost


def test_read_now_shows_what_would_change(browser, space, monkeypatch):
    source = make_source(space)
    monkeypatch.setattr(fetching, "fetch", lambda _url: calendar_of_a_talk().encode())

    page = browser.post(f"{HERE}/{source.id}/read")

    assert "This is what would come of it" in browser.get(page.location).text
    assert count() == 0


def test_thrown_away_it_is_gone(browser):
    page = send(browser, **a_file())

    browser.post(f"{page.location}/discard")

    assert sources() == []


def test_read_no_more_its_events_stay(browser, space):
    source = make_source(space)
    event = make_event(space, source_id=source.id, source_uid="1@x")

    said = browser.post(f"{HERE}/{source.id}/stop", follow_redirects=True)

    assert "yours to keep" in said.text
    assert sources() == []
    assert event.is_published


def test_a_problem_is_told_where_organisers_look(browser, space):
    make_source(space, problem="The server there could not be reached.")

    assert "could not be reached" in browser.get(HERE).text


def test_one_of_another_space_does_not_exist(browser):
    source = make_source(make_space("loft"))

    assert browser.get(f"{HERE}/{source.id}").status_code == 404
    assert browser.post(f"{HERE}/{source.id}/accept").status_code == 404
    assert browser.post(f"{HERE}/{source.id}/stop").status_code == 404


def test_what_is_hosted_by_whom_a_block_parts_is_neither_shown_nor_counted(
    browser, space, olga
):
    source = make_source(space)
    bo = make_member("Bo", space=space)
    make_event(space, source_id=source.id, source_uid="1@x", title="Zqtalk", hosts=[bo])
    make_block(bo, olga)

    assert "0 events to come" in browser.get(HERE).text
    assert "Zqtalk" not in browser.get(f"{HERE}/{source.id}").text


def test_what_strangers_write_is_only_words(browser):
    nasty = calendar_of_a_talk().replace(
        "SUMMARY:Talk", "SUMMARY:<script>alert(1)</script>\r\nLOCATION:<img src=x>"
    )
    page = send(browser, **a_file(nasty.encode()))

    shown = browser.get(page.location).text

    assert "<script>alert" not in shown
    assert "<img src=x" not in shown


@pytest.mark.parametrize("url", [None, "https://calendar.example/"])
def test_nothing_is_read_while_others_wait_for_the_database(
    browser, space, monkeypatch, url
):
    held = []
    told = calendar_reading.read(calendar_of_a_talk().encode(), space.zone, utcnow())

    def read(*_args):
        held.append(db.session().in_transaction())
        return told

    monkeypatch.setattr(calendar_reading, "read", read)
    monkeypatch.setattr(fetching, "fetch", lambda _url: b"")
    page = send(browser, **({"url": url} if url else a_file()))
    send(browser, f"{page.location}/read", **a_file())

    assert held == [False, False]


def test_a_twin_is_shown_and_not_ticked(browser, space, olga):
    told = calendar_reading.read(calendar_of_a_talk().encode(), space.zone, utcnow())
    (incoming,) = calendar_reading.understood(told, space.zone).events
    own = make_event(
        space,
        title="TALK",
        starts_at=incoming.starts_at,
        ends_at=incoming.ends_at,
        hosts=[olga],
    )
    page = send(browser, **a_file())

    shown = browser.get(page.location).text
    assert "Here already, it seems" in shown
    assert f'href="/events/{own.id}"' in shown
    assert 'name="twin" value="1@example.org">' in shown

    browser.post(f"{page.location}/accept", data={"twin": "1@example.org"})
    assert count() == 2


def test_a_file_sent_twice_is_one_calendar_and_says_that_nothing_is_new(browser):
    page = send(browser, **a_file())
    browser.post(f"{page.location}/accept")

    again = send(browser, **a_file())
    shown = browser.get(again.location).text

    assert again.location == page.location
    assert "which is here already" in shown
    assert "Nothing in it is new." in shown
    assert "All right" not in shown
    assert len(sources()) == 1

    browser.post(f"{page.location}/discard")
    assert len(sources()) == 1
    assert count() == 1
