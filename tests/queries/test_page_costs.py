"""A page asks the database as often for many rows as for few, and not often."""

from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event

from matchmaker.extensions import db
from matchmaker.models import Role, Visibility, utcnow
from tests.factories import (
    make_event,
    make_introduction,
    make_member,
    make_round,
    make_rsvp,
    make_space,
)

MOST = 10


@pytest.fixture
def asked(app):
    """The statements that were sent to the database so far."""
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    sqlalchemy_event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    sqlalchemy_event.remove(db.engine, "before_cursor_execute", note)


class Community:
    """A member, their organiser, and as much around them as a test asks for."""

    def __init__(self):
        self.space = make_space("mill")
        self.ana = make_member(space=self.space, wants=["pricing"])
        self.olga = make_member("Olga", space=self.space, role=Role.ORGANISER)
        self.event = self._event()
        self.weeks = 0

    def grow(self, count):
        for _ in range(count):
            self.weeks += 1
            week = f"{2000 + self.weeks // 50}-W{1 + self.weeks % 50:02}"
            round_ = make_round(self.space, week)
            ben = make_member("Ben", space=self.space, offers=["pricing"])
            make_introduction(self.ana, ben, round_=round_)
            make_introduction(ben, self.olga, round_=round_)
            make_rsvp(self.event, ben, is_shown=True)
            make_rsvp(self._event(), self.ana)
            self._event()

    def _event(self):
        return make_event(
            self.space,
            title="Pricing",
            hosts=[self.olga],
            starts_at=utcnow() + timedelta(days=9),
            visibility=Visibility.SPACE,
        )


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("ana", "/"),
        ("ana", "/events/"),
        ("ana", "/events/1"),
        ("olga", "/organise/mill/"),
        ("olga", "/organise/mill/members"),
    ],
)
def test_ten_times_the_rows_ask_no_more_of_the_database(as_member, asked, who, path):
    community = Community()
    browser = as_member(getattr(community, who))

    def cost():
        asked.clear()
        assert browser.get(path).status_code == 200
        return len([each for each in asked if each.startswith("SELECT")])

    community.grow(3)
    few = cost()
    community.grow(27)

    assert cost() == few <= MOST


def test_one_press_looks_the_row_up_once(as_member, asked):
    community = Community()
    browser = as_member(community.ana)

    for _ in range(2):
        asked.clear()
        browser.post("/events/1/come")

        rows = "FROM rsvp WHERE rsvp.event_id = ? AND rsvp.member_id = ?"
        assert sum(rows in " ".join(each.split()) for each in asked) == 1
