"""Groups, as members see and follow them."""

import pytest

from matchmaker.extensions import db
from matchmaker.models import Following, Role, Visibility, utcnow
from tests.blueprints.test_agenda import SOON
from tests.factories import (
    make_block,
    make_event,
    make_following,
    make_group,
    make_member,
    make_space,
)


@pytest.fixture
def mill(app):
    return make_space("mill", name="The Old Mill")


@pytest.fixture
def ana(mill):
    return make_member("Ana", space=mill)


@pytest.fixture
def browser(as_member, ana):
    return as_member(ana)


def test_nobody_counts_or_sees_whom_a_block_parts_from_them(browser, mill, ana):
    bo, cleo = make_member("Bo Quist", space=mill), make_member("Cleo", space=mill)
    make_block(bo, ana)
    group = make_group(mill, "potters")
    make_following(group, bo, is_host=True)
    make_following(group, cleo, is_host=True)
    event = {"group": group, "starts_at": utcnow() + SOON}
    make_event(mill, title="Of Bo", hosts=[bo], **event)

    for url in ("/groups/", "/groups/mill/potters"):
        page = browser.get(url).text
        assert "Bo Quist" not in page
        assert "Of Bo" not in page
        assert "Cleo" in page
        assert "One member follows" in page


def test_a_group_run_only_by_somebody_parted_is_not_found(browser, mill, ana):
    bo = make_member("Bo Quist", space=mill)
    make_block(ana, bo)
    make_following(make_group(mill, "bos", name="Bo's"), bo, is_host=True)

    assert "/groups/mill/bos" not in browser.get("/groups/").text
    assert browser.get("/groups/mill/bos").status_code == 404
    assert browser.post("/groups/mill/bos/follow").status_code == 404


def test_following_shows_what_is_for_the_group_alone(browser, mill, ana):
    group = make_group(mill, "potters", blurb="We **throw** clay.")
    make_event(
        mill,
        title="Glazing",
        group=group,
        visibility=Visibility.GROUP,
        starts_at=utcnow() + SOON,
    )
    page = browser.get("/groups/mill/potters").text
    assert "<strong>throw</strong>" in page
    assert "Glazing" not in page

    page = browser.post("/groups/mill/potters/follow", follow_redirects=True).text
    assert "You follow Potters" in page
    assert "Glazing" in page

    page = browser.post("/groups/mill/potters/unfollow", follow_redirects=True).text
    assert "You no longer follow Potters" in page
    assert "Glazing" not in page
    assert db.session.get(Following, (group.id, ana.id)) is None


def test_a_host_is_told_who_can_let_them_go(browser, mill, ana):
    make_following(make_group(mill, "potters"), ana, is_host=True)

    refused = browser.post("/groups/mill/potters/unfollow", follow_redirects=True)

    assert "You host Potters" in refused.text
    assert "Stop following" not in browser.get("/groups/mill/potters").text


def test_a_group_that_was_archived_is_no_longer_listed_but_still_there(browser, mill):
    make_group(mill, "potters", archived_at=utcnow())

    page = browser.get("/groups/mill/potters").text

    assert "come to its end" in page
    assert "/potters/follow" not in page
    assert "/groups/mill/potters" not in browser.get("/groups/").text
    refused = browser.post("/groups/mill/potters/follow", follow_redirects=True)
    assert "no longer active" in refused.text


def test_groups_of_another_space_are_not_found(browser):
    loft = make_space("loft")
    make_group(loft, "climbers")

    assert browser.get("/groups/loft/climbers").status_code == 404
    assert browser.post("/groups/loft/climbers/follow").status_code == 404


def test_an_organiser_is_told_how_to_begin(as_member, browser, mill):
    organiser = make_member(space=mill, role=Role.ORGANISER)

    assert "Start the first group" in as_member(organiser).get("/groups/").text
    assert "No groups yet" in browser.get("/groups/").text
