import json
import re
from html import unescape

import pytest

from matchmaker.extensions import db
from matchmaker.models import Role
from matchmaker.services import readings
from tests.factories import NOON, make_member, make_space


@pytest.fixture
def ana(app):
    """Somebody whose profile has been read: one phrase well, one not at all."""
    ana = make_member(
        "Ana", space=make_space(), offers=["boekhouding"], wants=["asdf qwer"]
    )
    readings.refresh([ana], NOON)
    db.session.commit()
    return ana


def buttons(page, words):
    """What the buttons with such words say."""
    found = re.findall(r"name=\"phrase\" value='([^']*)'>(.*?)</button>", page.text)
    plain = [(said, re.sub(r"<.*?>", " ", inside)) for said, inside in found]
    return [json.loads(unescape(said)) for said, inside in plain if words in inside]


def said(member):
    db.session.expire_all()
    return readings.confirmed([member.id], member.memberships[0].space).get(
        member.id, {}
    )


@pytest.mark.parametrize("page", ["/profile/", "/profile/exchange"])
def test_under_each_phrase_is_what_we_read(ana, as_member, page):
    page = as_member(ana).get(page)

    assert "We read this as" in page.text
    assert "We’re not sure what this is about" in page.text
    assert buttons(page, "Take away:") == [["offers", "boekhouding", []]]
    added = buttons(page, "Add:")
    assert [each[:2] for each in added] == [["offers", "boekhouding"]] * 5 + [
        ["wants", "asdf qwer"]
    ] * 5
    assert all(each[2][0] == "bookkeeping" for each in added[:5])


def test_what_is_clicked_is_certain_and_leads_back_to_its_place(ana, as_member):
    browser = as_member(ana)
    wanted = buttons(browser.get("/profile/"), "Add:")[-1]

    answer = browser.post(
        "/profile/topics?page=exchange&at=wants-0", data={"phrase": json.dumps(wanted)}
    )

    assert answer.location == "/profile/exchange#wants-0"
    assert said(ana) == {("wants", "asdf qwer"): frozenset(wanted[2])}
    assert "You said" in browser.get("/profile/").text


def test_all_that_is_shown_looks_right(ana, as_member):
    browser = as_member(ana)
    page = browser.get("/profile/").text
    form = page[: page.index("Looks right")].rpartition("<form")[2]
    shown = [unescape(each) for each in re.findall(r"value='([^']*)'", form)]

    browser.post("/profile/topics?page=show", data={"phrase": shown})

    assert said(ana) == {("offers", "boekhouding"): frozenset({"bookkeeping"})}
    assert "Looks right" not in browser.get("/profile/").text


def test_none_of_our_topics_is_an_answer(ana, as_member):
    browser = as_member(ana)
    (none, _) = buttons(browser.get("/profile/"), "None of these")

    browser.post("/profile/topics", data={"phrase": json.dumps(none)})

    assert said(ana) == {("offers", "boekhouding"): frozenset()}
    assert "none of our topics" in browser.get("/profile/").text


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "{",
        "[]",
        "[1, 2, 3]",
        '["offers", "boekhouding", [1]]',
        '["offers", "boekhouding", 7]',
        '["offers", "boekhouding", ["no-such-topic"]]',
        '["offers", "never written", []]',
        "[" * 10_000,
    ],
)
def test_what_no_button_says_changes_nothing(ana, as_member, nonsense):
    good = json.dumps(["offers", "boekhouding", ["vat"]])

    answer = as_member(ana).post("/profile/topics", data={"phrase": [good, nonsense]})

    assert answer.status_code == 409
    assert said(ana) == {}


def test_nobody_else_sees_how_one_is_read(ana, as_member):
    organiser = make_member("Olga", space=ana.memberships[0].space, role=Role.ORGANISER)

    page = as_member(organiser).get(f"/people/{ana.id}").text

    assert "boekhouding" in page
    assert "Bookkeeping" not in page
    assert "bookkeeping" not in page


@pytest.mark.parametrize(
    ("do", "where"), [("look", "/profile/#readings"), ("dismiss", "/")]
)
def test_a_look_is_asked_for_once(ana, as_member, do, where):
    browser = as_member(ana)
    words = "Have a look at how we read your profile"
    assert words in browser.get("/").text
    assert words in browser.get("/").text  # looking at a page answers nothing

    assert browser.post("/profile/look", data={"do": do}).location == where

    assert words not in browser.get("/").text


def test_who_has_not_been_read_is_not_asked_for_a_look(app, as_member):
    ana = make_member(space=make_space(), offers=["SEO"], wants=["law"])
    browser = as_member(ana)

    assert "Have a look" not in browser.get("/").text
    assert "We read this as" not in browser.get("/profile/").text
