from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.models import Visibility, utcnow
from tests.factories import make_event, make_member, make_space


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
