"""Whoever cannot be reached is written to no more, and told; so is who waits for them."""

from datetime import timedelta

import pytest

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.mail import letters
from matchmaker.models import Answer, Letter, LetterStatus
from matchmaker.services import accounts
from tests.factories import NOON, make_introduction, make_member, make_space
from tests.letters import read
from tests.mail.conftest import work

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def bounced(app, sink):
    """Ben has lost his address; Ana waits for his answer."""
    space = make_space(round_weekday=7, round_hour=23)
    ana, ben = make_member("Ana", space=space), make_member("Ben", space=space)
    introduction = make_introduction(ana, ben, answers=[Answer.YES])
    sink.of[ben.email] = f"550 5.1.1 <{ben.email}>: no such user"
    letter = letters.introduction(introduction.sides[1], NOON)
    db.session.commit()
    work(letter, NOON)
    assert letter.status is LetterStatus.FAILED
    return introduction, ana, ben


def post(letter):
    db.session.commit()
    work(letter, LATER)
    return letter.status


def test_nothing_more_is_sent_there(bounced, sink):
    _, ana, ben = bounced
    tried = len(sink.asked_for)

    assert post(letters.password_changed(ben, LATER)) is LetterStatus.CANCELLED
    assert len(sink.asked_for) == tried
    assert post(letters.password_changed(ana, LATER)) is LetterStatus.SENT


@pytest.mark.parametrize(
    ("step", "reply"),
    [("rcpt", "552 5.2.2 Mailbox full"), ("data", "554 5.6.0 Not this one")],
)
def test_what_is_said_of_one_letter_stops_no_other(app, sink, step, reply):
    member = make_member()
    setattr(sink, step, reply)

    assert post(letters.password_changed(member, NOON)) is LetterStatus.FAILED
    assert member.bounced_at is None


def test_the_partner_is_told_kindly_and_once(bounced):
    introduction, ana, ben = bounced

    for _ in range(2):
        jobs.do_what_is_due(LATER)

    assert introduction.withdrawn_at == LATER
    told = db.session.scalars(
        db.select(Letter).where(Letter.kind == "introduction_withdrawn")
    ).all()
    assert [letter.member for letter in told] == [ana]
    said = read(told[0])
    assert "can't reach" in said.text
    assert ben.email not in said.text + said.html
    work(told[0], LATER)
    assert told[0].status is LetterStatus.SENT


def test_who_has_said_no_is_not_told(bounced):
    introduction, *_ = bounced
    introduction.sides[0].answer = Answer.NOT_NOW
    db.session.commit()

    jobs.do_what_is_due(LATER)

    kinds = db.session.scalars(db.select(Letter.kind)).all()
    assert "introduction_withdrawn" not in kinds


def test_the_member_hears_of_it_and_can_have_it_tried_again(bounced, sink, as_member):
    _, ana, ben = bounced
    email = ben.email
    assert "couldn&#39;t reach you" not in as_member(ana).get("/").text.replace(
        "'", "&#39;"
    )
    page = as_member(ben).get("/").text
    assert "couldn't reach you at" in page
    assert email in page
    browser = as_member(ben)
    del sink.of[email]

    for _ in range(3):
        browser.post("/try-my-address")

    (letter,) = db.session.scalars(
        db.select(Letter).where(Letter.kind == "address_check")
    )
    letter.due_at = LATER
    assert post(letter) is LetterStatus.SENT
    assert ben.bounced_at is None
    assert "couldn't reach you at" not in as_member(ben).get("/").text
    assert post(letters.password_changed(ben, LATER)) is LetterStatus.SENT


def test_it_bounces_again(bounced):
    *_, ben = bounced
    accounts.try_address_again(ben, LATER)
    (letter,) = db.session.scalars(
        db.select(Letter).where(Letter.kind == "address_check")
    )

    assert post(letter) is LetterStatus.FAILED
    assert ben.bounced_at == LATER


def test_who_can_be_reached_has_nothing_tried(app):
    accounts.try_address_again(make_member(), NOON)

    assert db.session.scalars(db.select(Letter)).all() == []


def test_another_address_is_tried(bounced):
    *_, ben = bounced
    ben.email = "ben@another.example"

    assert post(letters.password_changed(ben, LATER)) is LetterStatus.SENT
