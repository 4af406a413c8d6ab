"""Mail scanners open the links of letters, scripts and all: only a person's press counts."""

import re

import pytest
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token

from matchmaker.extensions import db
from matchmaker.mail import letters
from matchmaker.models import Answer, Letter
from tests.factories import (
    NOON,
    make_event,
    make_introduction,
    make_invited,
    make_member,
    make_space,
)
from tests.letters import read
from tests.mail.test_event_letters import every_letter

A_WHILE = 1_000  # milliseconds in which a page that acts by itself would have acted


@pytest.fixture
def written(site):
    """A letter of every kind; the addresses in each, by kind."""
    yes = Answer.YES
    with site.records(), site.app.test_request_context():
        space = make_space("mill", name="The Old Mill")
        ana, ben = (make_member(name, space=space) for name in ("Ana", "Ben"))
        new = make_member("New", confirmed_at=None, password="unusable")
        invited = make_invited("Ida", space=space)
        letters.confirm_address(new, generate_confirmation_token(new), NOON)
        letters.already_registered(ana, NOON)
        letters.reset_password(ana, generate_reset_password_token(ana), NOON)
        letters.password_changed(ana, NOON)
        letters.invitation(invited.memberships[0], "Olga", NOON)
        letters.introduction(make_introduction(ana, ben).sides[0], NOON)
        met = make_introduction(ana, ben, answers=[yes, yes], introduced_at=NOON)
        letters.introduced(met.sides[0], [NOON], NOON)
        letters.did_you_meet(met.sides[0], NOON)
        every_letter(make_event(space))
        db.session.commit()
        return {
            letter.kind: addresses(read(letter))
            for letter in db.session.scalars(db.select(Letter))
        }


def addresses(letter):
    """Every address that a scanner can find in a letter and its header fields."""
    everything = "\n".join([letter.html, letter.text, *letter.headers.values()])
    found = re.findall(r"https?://[^\s\"'<>)]+", everything.replace("&amp;", "&"))
    return sorted(set(found))


def what_is_written():
    """Every row there is, as a line of its own."""
    connection = db.session.connection().connection.dbapi_connection
    lines = set(connection.iterdump())
    db.session.rollback()
    return lines


def test_a_scanner_with_scripts_changes_nothing(site, written, open_context):
    assert len(written) == 19
    ours = {
        url for urls in written.values() for url in urls if url.startswith(site.url)
    }
    assert len(ours) >= 12
    with site.records():
        before = what_is_written()

    scanner = open_context()
    for url in sorted(ours):
        scanner.new_page().goto(url)
    scanner.pages[-1].wait_for_timeout(A_WHILE)

    with site.records():
        assert what_is_written() == before


def test_a_page_that_acts_by_itself_is_noticed(site, written, open_context):
    (url,) = (url for url in written["introduction"] if "answer=yes" in url)
    with site.records():
        before = what_is_written()

    scanner = open_context()
    scanner.add_init_script(
        """addEventListener("load", () => {
            if (!window.name) document.querySelector("main form button").click();
            window.name = "pressed";
        });"""
    )
    scanner.new_page().goto(url)
    scanner.pages[-1].wait_for_timeout(A_WHILE)

    with site.records():
        assert what_is_written() != before


@pytest.mark.parametrize(
    ("kind", "link", "button", "rows"),
    [
        (
            "confirm_address",
            "/confirm/",
            "Confirm my address",
            {"member", "member_session"},
        ),
        ("introduction", "answer=yes", "Yes, introduce us", {"side"}),
        (
            "introduction",
            "/unsubscribe/",
            "Stop introductions",
            {"membership", "consent", "letter"},
        ),
        ("event_message", "/event-messages", "Stop these letters", {"rsvp"}),
    ],
)
def test_a_link_followed_often_and_pressed_once_changes_one_thing(
    site, written, page, kind, link, button, rows
):
    (url,) = (url for url in written[kind] if link in url)
    with site.records():
        before = what_is_written()
    for _ in range(5):
        page.goto(url)

    for field in page.locator("input[type=password]").all():
        field.fill("seven quiet harbours")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name=button).click()

    with site.records():
        after = what_is_written()
    new = [re.match(r'INSERT INTO "(\w+)"', line)[1] for line in after - before]
    assert {*new} == rows
    assert new.count("letter") <= 3  # those that wait are stopped
    assert len([table for table in new if table != "letter"]) == len(rows - {"letter"})
