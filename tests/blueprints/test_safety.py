"""Blocking and reporting, wherever somebody is shown."""

import re
from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.models import Role, RsvpStatus, SafetyReport, Visibility, utcnow
from matchmaker.models.block import Block
from tests.factories import (
    make_block,
    make_event,
    make_following,
    make_group,
    make_introduction,
    make_member,
    make_rsvp,
    make_slot,
    make_space,
)

REPORT = {"concern": "unsafe", "words": "He followed me home."}


def plain(page):
    """A page but for what holds the second in which it was made."""
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", page)


def blocks():
    return [(b.blocker_id, b.blocked_id) for b in db.session.scalars(db.select(Block))]


@pytest.fixture
def ana(space):
    return make_member("Ana", space=space)


@pytest.fixture
def ben(space):
    return make_member("Ben Osei", space=space)


def goes_and_is_shown(ana, ben):
    make_rsvp(soon(ana), ben, is_shown=True)


def hosts_an_event(ana, ben):
    soon(ana, hosts=[ben])


def hosts_an_event_with_a_link(ana, ben):
    event = soon(ana, hosts=[ben], visibility=Visibility.LINK, key="a" * 32)
    return f"?event={event.key}"


def is_a_mentor(ana, ben):
    make_slot(soon(ana), ben)


def booked_an_hour_with_her(ana, ben):
    make_slot(soon(ana), ana, ben)


def hosts_a_group(ana, ben):
    make_following(make_group(ana.spaces[0]), ben, is_host=True)


def follows_her_group(ana, ben):
    group = make_group(ana.spaces[0])
    make_following(group, ana, is_host=True)
    make_following(group, ben)


def waits_at_her_event(ana, ben):
    make_rsvp(soon(ana, hosts=[ana]), ben, RsvpStatus.WAITING)


def was_introduced(ana, ben):
    make_introduction(ana, ben)


def soon(ana, **fields):
    return make_event(ana.spaces[0], starts_at=utcnow() + timedelta(days=2), **fields)


SHOWN = [
    goes_and_is_shown,
    hosts_an_event,
    hosts_an_event_with_a_link,
    is_a_mentor,
    booked_an_hour_with_her,
    hosts_a_group,
    follows_her_group,
    waits_at_her_event,
    was_introduced,
]


@pytest.mark.parametrize("shown", SHOWN)
def test_whoever_is_shown_can_be_blocked_and_reported(as_member, ana, ben, shown):
    query = shown(ana, ben) or ""
    browser = as_member(ana)

    page = browser.get(f"/people/{ben.id}/safety{query}")
    browser.post(f"/people/{ben.id}/safety{query}", data=REPORT)
    browser.post(f"/people/{ben.id}/block{query}")

    assert "Block or report Ben Osei" in page.text
    assert blocks() == [(ana.id, ben.id)]
    (report,) = db.session.scalars(db.select(SafetyReport))
    assert (report.reporter, report.reported) == (ana, ben)
    assert (report.event is not None) is bool(query)


def is_only_of_the_same_space(ana, ben):
    pass


def is_not_shown_there(ana, ben):
    make_rsvp(soon(ana), ben)


def said_no(ana, ben):
    make_rsvp(soon(ana), ben, RsvpStatus.DECLINED, is_shown=True)


def hosts_what_she_does_not_find(ana, ben):
    soon(ana, hosts=[ben], visibility=Visibility.LINK)


def follows_the_same_group(ana, ben):
    group = make_group(ana.spaces[0])
    make_following(group, ana)
    make_following(group, ben)


def blocked_her(ana, ben):
    goes_and_is_shown(ana, ben)
    make_block(ben, ana)


@pytest.mark.parametrize(
    "hidden",
    [
        is_only_of_the_same_space,
        is_not_shown_there,
        said_no,
        hosts_what_she_does_not_find,
        follows_the_same_group,
        blocked_her,
    ],
)
def test_whoever_is_not_shown_is_answered_as_nobody(as_member, ana, ben, hidden):
    hidden(ana, ben)
    before, browser = blocks(), as_member(ana)

    for path in ("safety", "block", "unblock"):
        for method in ("get", "post"):
            unknown = getattr(browser, method)(f"/people/9999/{path}", data=REPORT)
            answer = getattr(browser, method)(f"/people/{ben.id}/{path}", data=REPORT)
            assert answer.status_code == unknown.status_code
            assert plain(answer.text) == plain(unknown.text)
            assert answer.status_code in {404, 405}

    assert blocks() == before
    assert not db.session.scalars(db.select(SafetyReport)).all()


def test_somebody_new_at_the_door_is_no_more_than_that(as_member, ana):
    elsewhere = make_member("Zoe Real", space=make_space("loft"))
    event = soon(ana, hosts=[ana])
    make_rsvp(event, elsewhere, is_walk_in=True)
    browser = as_member(ana)

    page = browser.get(f"/people/{elsewhere.id}/safety").text
    browser.post(f"/people/{elsewhere.id}/block")

    assert "Zoe" not in page + browser.get("/profile/blocked").text
    assert "Somebody new here" in page


def test_a_block_is_lifted_by_whoever_made_it_and_nobody_learns_of_it(
    as_member, ana, ben
):
    goes_and_is_shown(ana, ben)
    hers, his = as_member(ana), as_member(ben)
    before = plain(his.get("/").text)
    hers.post(f"/people/{ben.id}/block")
    assert hers.get(f"/people/{ben.id}/safety").status_code == 200
    assert "Ben Osei" in hers.get("/profile/blocked").text
    assert "Ana" not in his.get("/profile/blocked").text

    hers.post(f"/people/{ben.id}/unblock", follow_redirects=True)

    assert blocks() == []
    assert "Ben Osei" not in hers.get("/profile/blocked").text
    assert hers.get(f"/people/{ben.id}/safety").status_code == 200
    assert plain(his.get("/").text) == before


def test_lifting_ones_block_leaves_that_of_the_other(as_member, ana, ben):
    goes_and_is_shown(ana, ben)
    make_block(ana, ben)
    make_block(ben, ana)
    hers = as_member(ana)

    answer = hers.post(f"/people/{ben.id}/unblock", follow_redirects=True)

    assert blocks() == [(ben.id, ana.id)]
    assert "You’ve unblocked Ben Osei" in answer.text
    assert hers.get(f"/people/{ben.id}/safety").status_code == 404


def test_lifting_a_block_brings_back_nothing(as_member, ana, ben):
    introduction = make_introduction(ana, ben)
    hers = as_member(ana)
    hers.post(f"/people/{ben.id}/block")
    hers.post(f"/people/{ben.id}/unblock", follow_redirects=True)

    assert introduction.withdrawn_at
    assert "Ben" not in hers.get("/introductions/").text


def test_somebody_blocked_can_still_be_reported(as_member, ana, ben):
    make_block(ana, ben)

    as_member(ana).post(f"/people/{ben.id}/safety", data=REPORT)

    assert db.session.scalar(db.select(SafetyReport.reported_id)) == ben.id


def test_a_report_blocks_too_if_so_ticked(as_member, ana, ben):
    goes_and_is_shown(ana, ben)
    browser = as_member(ana)
    assert "checked" in browser.get(f"/people/{ben.id}/safety").text

    browser.post(f"/people/{ben.id}/safety", data=REPORT | {"block": "y"})

    assert blocks() == [(ana.id, ben.id)]


def test_a_report_without_words_says_so_and_loses_nothing(as_member, ana, ben):
    goes_and_is_shown(ana, ben)

    answer = as_member(ana).post(
        f"/people/{ben.id}/safety", data={"words": "He followed me."}
    )

    assert answer.status_code == 422
    assert "Choose the one that comes closest." in answer.text
    assert "He followed me." in answer.text
    assert not db.session.scalars(db.select(SafetyReport)).all()


def test_an_event_is_reported_and_nobody_is_kept_apart(as_member, space, ana, letters):
    make_member("Olga", space=space, role=Role.ORGANISER)
    event = soon(ana)
    browser = as_member(ana)
    assert f"/events/{event.id}/report" in browser.get(f"/events/{event.id}").text

    browser.post(f"/events/{event.id}/report", data=REPORT)

    (report,) = db.session.scalars(db.select(SafetyReport))
    assert (report.event, report.reported, report.space) == (event, None, space)
    assert [letter.kind for letter in letters()] == ["report_came_in"]


def test_whoever_is_reported_sees_what_they_saw_before(as_member, ana, ben):
    """Neither a page of theirs nor one that exists only for organisers tells them."""
    event = soon(ana, hosts=[ben])
    make_rsvp(event, ana, is_shown=True)
    pages = (
        "/",
        "/introductions/",
        "/profile/blocked",
        f"/events/{event.id}",
        f"/organise/mill/events/{event.id}",
        f"/people/{ana.id}/safety",
        "/organise/mill/reports",
    )
    his = as_member(ben)
    before = [plain(his.get(page).text) for page in pages]

    as_member(ana).post(f"/people/{ben.id}/safety", data=REPORT)

    assert [plain(his.get(page).text) for page in pages] == before
