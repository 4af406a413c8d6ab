"""Groups, as members see and follow them."""

from io import BytesIO

import pytest
from PIL import Image

from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.mail.links import Purpose
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
from tests.services.events.planning.test_pictures import file_of


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


# Letters of new events


def test_a_follower_asks_for_letters_with_one_press_and_stops_them_with_one(
    browser, mill, ana
):
    group = make_group(mill, "potters")
    asks = "Write to me when this group has a new event"
    assert asks not in browser.get("/groups/mill/potters").text
    page = browser.post("/groups/mill/potters/follow", follow_redirects=True).text
    assert asks in page

    page = browser.post("/groups/mill/potters/letters", follow_redirects=True).text
    assert "We write to you when Potters has a new event" in page
    assert asks not in page
    assert db.session.get(Following, (group.id, ana.id)).wants_letters

    page = browser.post("/groups/mill/potters/letters/stop", follow_redirects=True).text
    assert "These letters have stopped" in page
    assert asks in page


def test_nobody_asks_for_letters_of_a_group_that_they_do_not_follow(browser, mill):
    make_group(mill, "potters")

    refused = browser.post("/groups/mill/potters/letters")

    assert (refused.status_code, "Follow Potters first" in refused.text) == (409, True)


def test_the_letters_stop_with_one_press_or_one_request(visitor, mill, ana):
    following = make_following(make_group(mill), ana, wants_letters=True)
    token = links.sign(Purpose.GROUP_LETTERS, following.group_id, ana.id)
    address = f"/letters/{token}/group"
    assert "Stop letters about new events?" in visitor.get(address).text
    assert following.wants_letters

    answer = visitor.post(address, data={"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    db.session.expire_all()
    assert not following.wants_letters
    assert "These letters have stopped" in visitor.post(address).text


def test_a_letters_link_stops_its_own_letters_alone(visitor, mill, ana):
    group, other = make_group(mill), make_group(mill)
    bo = make_member(space=mill)
    others = [
        make_following(group, bo, wants_letters=True),
        make_following(other, ana, wants_letters=True),
    ]
    token = links.sign(Purpose.GROUP_LETTERS, group.id, ana.id)

    answer = visitor.post(f"/letters/{token}/group")

    assert "These letters have stopped" in answer.text  # she follows no more
    db.session.expire_all()
    assert all(each.wants_letters for each in others)
    for wrong in (f"{token}x", links.sign(Purpose.RSVP, group.id, ana.id)):
        assert visitor.get(f"/letters/{wrong}/group").status_code == 404


def test_whoever_follows_a_letter_signed_out_gets_to_the_event(visitor, mill):
    event = make_event(mill, starts_at=utcnow() + SOON)

    answers = [visitor.get(f"/events/{number}") for number in (event.id, 4711)]

    for answer, number in zip(answers, (event.id, 4711), strict=True):
        assert answer.location.endswith(f"/sign-in?next=/events/{number}")


# Looking after a group


@pytest.fixture
def potters(mill, ana):
    group = make_group(mill, "potters", blurb="We throw clay.")
    make_following(group, ana, is_host=True)
    return group


HERE = "/organise/mill/groups/potters"


def test_a_host_says_anew_what_the_group_is(browser, potters):
    page = browser.get("/groups/mill/potters").text
    assert f'href="{HERE}"' in page
    page = browser.get(HERE).text
    assert "We throw clay." in page
    assert 'name="hosts"' not in page

    said = {"name": "Throwers", "blurb": "We *throw*."}
    page = browser.post(HERE, data=said, follow_redirects=True).text

    assert "Saved." in page
    assert "<em>throw</em>" in browser.get("/groups/mill/potters").text
    refused = browser.post(HERE, data={"name": " ", "blurb": "New"})
    assert refused.status_code == 422
    assert "Give the group a name" in refused.text
    assert "New" in refused.text


def test_a_host_does_not_name_hosts_by_the_organisers_form(browser, potters, ana, mill):
    bo = make_member("Bo", space=mill, role=Role.ORGANISER)

    browser.post(HERE, data={"name": "Potters", "blurb": "", "hosts": "Bo"})

    db.session.expire_all()
    assert [f.member_id for f in potters.followings if f.is_host] == [ana.id]
    assert bo.id not in {f.member_id for f in potters.followings}


def test_a_host_makes_a_follower_a_host_and_steps_down(browser, potters, mill):
    ben, bo = make_member("Ben", space=mill), make_member("Bo Quist", space=mill)
    make_following(potters, ben)
    make_following(potters, bo)
    make_block(bo, ben)
    refused = browser.post(f"{HERE}/step-down")
    assert (refused.status_code, "only host" in refused.text) == (409, True)

    page = browser.get(HERE).text
    assert f'value="{ben.id}"' in page
    page = browser.post(
        f"{HERE}/hosts", data={"member": ben.id}, follow_redirects=True
    ).text
    assert "Ben hosts Potters too." in page

    page = browser.post(f"{HERE}/step-down", follow_redirects=True).text
    assert "You no longer host Potters" in page
    assert browser.get(HERE).status_code == 404


def test_a_follower_who_is_parted_is_neither_offered_nor_named(
    browser, potters, mill, ana
):
    bo = make_member("Bo Quist", space=mill)
    make_following(potters, bo)
    make_block(bo, ana)

    assert "Bo Quist" not in browser.get(HERE).text
    refused = browser.post(f"{HERE}/hosts", data={"member": bo.id})
    assert refused.status_code == 422
    assert "Bo Quist" not in refused.text


def test_a_host_archives_the_group_and_brings_it_back(browser, potters):
    page = browser.post(f"{HERE}/archive", follow_redirects=True).text
    assert "Bring it back" in page
    assert "/groups/mill/potters" not in browser.get("/groups/").text

    page = browser.post(f"{HERE}/unarchive", follow_redirects=True).text
    assert "Potters is back." in page
    assert "/groups/mill/potters" in browser.get("/groups/").text


def test_whoever_only_follows_does_not_look_after_it(as_member, potters, mill):
    ben = make_member("Ben", space=mill)
    make_following(potters, ben)

    assert as_member(ben).get(HERE).status_code == 404
    assert HERE not in as_member(ben).get("/groups/mill/potters").text


def test_a_group_has_a_picture_for_those_who_may_see_it(
    browser, visitor, as_member, potters
):
    def choose(content):
        said = {"picture": (BytesIO(content), "kiln.jpg"), "caption": "The kiln"}
        return browser.post(f"{HERE}/picture", data=said, follow_redirects=True)

    assert "cannot read this file" in choose(b"no picture").text
    page = choose(file_of(Image.new("RGB", (40, 20), "teal"))).text
    assert "The picture is on the group" in page
    assert 'alt="The kiln"' in browser.get("/groups/mill/potters").text
    assert "/potters/picture.webp" in browser.get("/groups/").text
    address = "/groups/mill/potters/picture.webp"
    answer = browser.get(address)
    assert (answer.mimetype, answer.data[8:12]) == ("image/webp", b"WEBP")
    assert "private" in answer.headers["Cache-Control"]
    assert visitor.get(address).status_code == 302
    elsewhere = as_member(make_member(space=make_space("loft")))
    assert elsewhere.get(address).status_code == 404

    browser.post(f"{HERE}/picture/remove")
    assert browser.get(address).status_code == 404


def test_without_a_group_the_page_leads_to_events_only_where_there_are_any(
    browser, mill
):
    assert "See what is coming up" not in browser.get("/groups/").text

    make_event(mill, starts_at=utcnow() + SOON)

    assert "See what is coming up" in browser.get("/groups/").text


def test_whoever_follows_a_group_reads_that_they_do(browser, mill, ana):
    group = make_group(mill, "potters")
    make_following(group, make_member(space=mill))
    assert "you among them" not in browser.get("/groups/mill/potters").text

    make_following(group, ana)

    assert (
        "2 members follow, you among them" in browser.get("/groups/mill/potters").text
    )


def test_the_next_event_of_another_year_says_which(browser, mill):
    group = make_group(mill)
    year = utcnow().year + 2  # next year has begun there before it has in UTC
    starts_at = utcnow().replace(year=year, month=6, day=2)
    make_event(mill, title="Clay", group=group, starts_at=starts_at)

    assert f"June {year}" in browser.get("/groups/").text
