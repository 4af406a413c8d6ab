import re
from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import Encounter, Recollection, Rsvp, Verdict, utcnow
from tests.factories import make_block, make_event, make_member, make_rsvp, make_space
from tests.services.events.afterwards.test_feedback import make_seating


@pytest.fixture
def evening(app):
    event = make_event(make_space(), starts_at=utcnow() - timedelta(hours=4))
    ana, ben, cem = (
        make_rsvp(
            event,
            make_member(name, space=event.space),
            checked_in_at=event.starts_at,
            is_shown=True,
        )
        for name in ("Ana Duarte", "Ben Osei", "Cem Aydin")
    )
    make_seating(event, [ana.member, ben.member], [cem.member])
    return event, ana, ben, cem


def seen(response):
    """What a page says, without what is drawn anew for each session."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", response.text)


def token_of(rsvp):
    return links.sign(links.Purpose.RSVP, rsvp.event_id, rsvp.member_id)


def test_two_taps_and_it_is_said(as_member, evening):
    event, ana, *_ = evening
    browser = as_member(ana.member)
    url = f"/events/{event.id}/after"

    assert "how was it for you" in browser.get(url).text
    browser.post(url, data={"verdict": "not_for_me"})
    assert "Would you come to one like it again" in browser.get(url).text
    page = browser.post(url, data={"again": "no"}, follow_redirects=True).text

    assert "It was not for you" in page
    db.session.refresh(ana)
    assert (ana.verdict, ana.come_again) == (Verdict.NOT_FOR_ME, False)


def test_what_is_said_of_people_is_kept(as_member, evening):
    event, ana, ben, cem = evening
    as_member(ana.member).post(
        f"/events/{event.id}/after",
        data={
            "note": "Loud",
            f"person-{ben.member_id}": "again",
            f"person-{cem.member_id}": "",
            "person-x": "met",
            "person-999999999999": "met",
            f"person-{ana.member_id}": "met",
        },
    )

    kept = db.session.scalars(db.select(Recollection)).all()
    assert [(each.other_id, each.see_again) for each in kept] == [(ben.member_id, True)]
    assert db.session.scalars(db.select(Encounter)).one()


def test_a_letters_link_shows_whom_the_letter_named_and_nobody_else(visitor, evening):
    _, ana, *_ = evening

    page = visitor.get(f"/letters/{token_of(ana)}/after").text

    assert "Ben Osei" in page
    assert "Cem Aydin" not in page


def test_a_letters_link_takes_two_taps_too(visitor, evening):
    _, ana, *_ = evening
    url = f"/letters/{token_of(ana)}/after"
    visitor.get(f"{url}?verdict=fine")
    db.session.refresh(ana)
    assert ana.verdict is None  # opening it says nothing

    visitor.post(url, data={"verdict": "fine"})
    visitor.post(url, data={"again": "yes"})

    db.session.refresh(ana)
    assert (ana.verdict, ana.come_again) == (Verdict.FINE, True)


def test_a_wish_of_one_changes_nothing_on_the_others_page(as_member, evening):
    event, ana, ben, _ = evening
    browser = as_member(ben.member)
    url = f"/events/{event.id}/after"
    before = seen(browser.get(url))

    as_member(ana.member).post(
        url, data={"note": "", f"person-{ben.member_id}": "again"}
    )

    assert seen(as_member(ben.member).get(url)) == before


@pytest.mark.parametrize("blocker", [0, 1])
def test_whom_a_block_parts_is_on_neither_page(as_member, visitor, evening, blocker):
    event, ana, ben, _ = evening
    pair = [ana.member, ben.member]
    make_block(pair[blocker], pair[1 - blocker])

    pages = as_member(ana.member).get(f"/events/{event.id}/after").text
    pages += visitor.get(f"/letters/{token_of(ana)}/after").text

    assert "Ben" not in pages


def test_a_letter_of_a_host_from_whom_one_is_parted_leads_nowhere(visitor, evening):
    event, ana, ben, _ = evening
    event.hosts.append(ben.member)
    make_block(ana.member, ben.member)

    assert visitor.get(f"/letters/{token_of(ana)}/after").status_code == 404


@pytest.mark.parametrize("token", ["x", "a.b.c"])
def test_a_link_that_nobody_sent_leads_nowhere(visitor, token):
    assert visitor.get(f"/letters/{token}/after").status_code == 404


def test_before_the_end_the_page_says_so_and_takes_nothing(as_member):
    rsvp = make_rsvp(make_event(make_space()))
    browser = as_member(rsvp.member)
    url = f"/events/{rsvp.event_id}/after"

    assert "not over yet" in browser.get(url).text
    browser.post(url, data={"verdict": "good"})

    assert db.session.scalars(db.select(Rsvp)).one().verdict is None
