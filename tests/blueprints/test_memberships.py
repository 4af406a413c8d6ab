from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.models import Joining, JoinRequest, Role, Visibility, utcnow
from matchmaker.services import joining
from tests.factories import (
    make_event,
    make_member,
    make_request,
    make_rsvp,
    make_slot,
    make_space,
)


def in_days(days):
    return (utcnow() + timedelta(days=days)).date().isoformat()


def test_a_pause_until_a_day_and_going_on_early(as_member):
    ana = make_member(space=make_space(), offers=["law"], wants=["tax"])
    browser = as_member(ana)

    page = browser.post(
        "/membership/pause", data={"until": in_days(20)}, follow_redirects=True
    )
    assert "Paused until" in page.text
    browser.post("/membership/resume")

    db.session.expire_all()
    assert ana.memberships[0].paused_until is None


def test_a_pause_that_makes_no_sense_is_explained(as_member):
    browser = as_member(make_member(space=make_space()))

    for until in ("", in_days(-1), "31 February", in_days(999)):
        answer = browser.post("/membership/pause", data={"until": until})
        assert answer.status_code == 422, until


def test_whoever_joins_for_an_event_is_back_on_its_page(as_member):
    event = make_event(make_space("mill"), visibility=Visibility.PUBLIC)
    browser = as_member(make_member(space=make_space()))
    here = f"/events/{event.id}"
    assert f"/join/mill?next={here}" in browser.get(here).text
    assert f'value="{here}"' in browser.get(f"/join/mill?next={here}").text

    answer = browser.post("/join/mill", data={"next": here})

    assert answer.location == here


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/events/1@evil", "/events/1\n", "/\\e"],
)
def test_joining_leads_nowhere_else(as_member, elsewhere):
    make_space("mill")
    browser = as_member(make_member(space=make_space()))

    page = browser.get("/join/mill", query_string={"next": elsewhere})
    answer = browser.post("/join/mill", data={"next": elsewhere})

    assert 'name="next"' not in page.text
    assert answer.location == "/"


def test_one_of_two_spaces_is_looked_at(as_member):
    from matchmaker.services import memberships

    ana = make_member(space=make_space(name="The Old Mill"))
    loft = make_space("loft", name="The Loft")
    memberships.join(ana, loft, utcnow())
    browser = as_member(ana)
    assert "The Old Mill" in browser.get("/profile/meeting").text

    browser.post("/membership/use/loft")

    assert "The Loft" in browser.get("/profile/meeting").text


# Asking to join


def ask(browser, **fields):
    return browser.post(
        "/join/mill",
        data={"name": "Nia New", "words": "I know Ana."} | fields,
        follow_redirects=True,
    )


def test_a_newcomer_asks_and_reads_where_it_stands(as_member):
    space = make_space("mill", joining=Joining.APPROVAL)
    nia = make_member("")
    browser = as_member(nia)
    assert "Ask to join The Old Mill" in browser.get("/").text

    page = ask(browser).text

    assert "Your request to join The Old Mill is with its organisers" in page
    assert nia.name == "Nia New"
    assert (nia.memberships, browser.get("/events/").status_code) == ([], 404)
    assert "Your request is with its organisers" in browser.get("/join/mill").text
    assert len(db.session.scalars(db.select(JoinRequest)).all()) == 1
    assert joining.request_of(nia, space).words == "I know Ana."


def test_what_is_missing_is_asked_for_and_nothing_is_lost(as_member):
    make_space("mill", joining=Joining.APPROVAL)

    answer = as_member(make_member("Nia")).post("/join/mill", data={"name": "Nia"})

    assert answer.status_code == 422
    assert "Say in a line what brings you here." in answer.text
    assert not db.session.scalars(db.select(JoinRequest)).all()


def test_somebody_of_another_space_asks_too(as_member):
    make_space("mill", joining=Joining.APPROVAL)
    page = ask(as_member(make_member("Nia", space=make_space("loft")))).text

    assert "Your request to join The Old Mill is with its organisers" in page


def test_the_page_of_an_event_leads_to_asking(as_member):
    event = make_event(
        make_space("mill", joining=Joining.APPROVAL), visibility=Visibility.PUBLIC
    )
    browser = as_member(make_member("Nia"))
    here = f"/events/{event.id}"
    assert f"/join/mill?next={here}" in browser.get(here).text

    ask(browser, next=here)
    browser.post(f"{here}/come")

    assert not event.rsvps


def test_an_organiser_lets_one_in_and_not_another(as_member, letters):
    space = make_space("mill", joining=Joining.APPROVAL)
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    nia, zoe = make_member("Nia"), make_member("Zoe")
    requests = [make_request(member, space) for member in (nia, zoe)]
    browser = as_member(olga)
    page = browser.get("/organise/mill/newcomers").text
    assert nia.email in page
    assert "Nia" not in browser.get("/organise/mill/members").text

    for request, act in zip(requests, ("approve", "decline"), strict=True):
        browser.post(f"/organise/mill/newcomers/{request.id}", data={"act": act})

    assert nia.membership_in(space).is_active
    assert zoe.membership_in(space) is None
    assert [letter.member for letter in letters()] == [nia]
    declined = as_member(zoe).get("/").text
    assert "can’t take you in at the moment" in declined
    assert "Ask to join" not in declined


def test_nobody_but_organisers_sees_who_asks_and_they_see_nobody(as_member):
    space = make_space("mill", joining=Joining.APPROVAL)
    ana = make_member("Ana", space=space)
    host = make_member("Hana", space=space, role=Role.HOST)
    nia = make_member("Nia")
    event = make_event(space, visibility=Visibility.PUBLIC, hosts=[host])
    for member in (ana, host):
        make_rsvp(event, member, is_shown=True)
    make_slot(event, ana)
    make_request(nia, space)

    for viewer in (ana, host):
        browser = as_member(viewer)
        assert browser.get(f"/people/{nia.id}/safety").status_code == 404
        assert browser.get("/organise/mill/newcomers").status_code == 404
    browser = as_member(nia)
    for path in ("", "/hours", "/here", "/room"):
        assert "Ana" not in browser.get(f"/events/{event.id}{path}").text
    assert browser.get(f"/people/{ana.id}").status_code == 404
    assert browser.get(f"/people/{ana.id}/safety").status_code == 404
