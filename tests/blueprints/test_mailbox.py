from dataclasses import replace

import pytest

from matchmaker.extensions import db
from matchmaker.mail import event_letters, letters
from matchmaker.models import Answer
from tests.conftest import make_app
from tests.factories import (
    NOON,
    make_event,
    make_introduction,
    make_member,
    make_rsvp,
    make_space,
)
from tests.letters import read


@pytest.fixture
def visitor(settings):
    """A visitor of a demonstration."""
    app = make_app(replace(settings, demonstration=True, smtp_url=""))
    with app.app_context():
        yield app.test_client()
        db.session.remove()
        db.engine.dispose()


def an_introduced_letter():
    space = make_space()
    ana, ben = make_member("Ana", space=space), make_member("Ben", space=space)
    introduction = make_introduction(
        ana, ben, answers=[Answer.YES, Answer.YES], introduced_at=NOON
    )
    return read(letters.introduced(introduction.sides[0], [NOON], NOON))


def test_there_is_no_mailbox_where_people_are_real(app):
    assert app.test_client().get("/mailbox/").status_code == 404


def test_an_empty_mailbox_says_what_comes_here(visitor):
    page = visitor.get("/mailbox/")

    assert page.status_code == 200
    assert "No letters yet" in page.text


def test_the_newest_letter_comes_first_and_one_can_look_at_one_reader_alone(visitor):
    ana, ben = make_member("Ana"), make_member("Ben")
    letters.already_registered(ana, NOON)
    letters.password_changed(ben, NOON)

    everything = visitor.get("/mailbox/").text
    of_ana = visitor.get(f"/mailbox/?to={ana.email}").text

    assert everything.index("password was changed") < everything.index("already have")
    assert "already have" in of_ana
    assert "password was changed" not in of_ana


def test_a_letter_is_shown_as_a_mail_program_would(visitor):
    letter = an_introduced_letter()

    page = visitor.get(f"/mailbox/{letter.id}")
    text = visitor.get(f"/mailbox/{letter.id}?as=text")

    assert letter.subject in page.text
    assert f'src="/mailbox/{letter.id}/html"' in page.text
    assert f"/mailbox/{letter.id}/calendar" in page.text
    assert "THREE TIMES" in text.text


def test_the_letter_itself_brings_its_styles_and_may_do_nothing_else(visitor):
    letter = an_introduced_letter()

    frame = visitor.get(f"/mailbox/{letter.id}/html")

    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "_blank" not in frame.text


def test_the_calendar_can_be_taken_along(visitor):
    letter = an_introduced_letter()

    file = visitor.get(f"/mailbox/{letter.id}/calendar")

    assert file.mimetype == "text/calendar"
    assert "BEGIN:VEVENT" in file.text
    assert "meeting-times.ics" in file.headers["Content-Disposition"]


def test_the_calendar_of_an_event_is_called_so(visitor):
    letter = event_letters.going(make_rsvp(make_event()), NOON)
    db.session.commit()

    page = visitor.get(f"/mailbox/{letter.id}")
    file = visitor.get(f"/mailbox/{letter.id}/calendar")

    assert "event.ics" in page.text
    assert file.headers["Content-Disposition"] == "attachment; filename=event.ics"


@pytest.mark.parametrize("path", ["9", "9/html", "9/calendar"])
def test_a_letter_that_is_not_there_is_not_found(visitor, path):
    assert visitor.get(f"/mailbox/{path}").status_code == 404


def test_a_letter_without_times_has_no_calendar(visitor):
    letter = letters.password_changed(make_member("Ana"), NOON)

    assert visitor.get(f"/mailbox/{letter.id}/calendar").status_code == 404
