"""Coming to an event, as members do it: a press, the queue, a place that is held."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from matchmaker.extensions import db
from matchmaker.models import Event, Member, Rsvp, RsvpStatus, Visibility, utcnow
from matchmaker.services.events import places
from tests.browser.conftest import PASSWORD
from tests.browser.habits import press_in_letter, sign_in
from tests.browser.test_accessibility import ALL_LOOKS, faults_of
from tests.factories import make_event, make_member, make_rsvp, make_space

PHONE = {"width": 375, "height": 760}


@pytest.fixture
def supper(site, password_hash):
    """An event for two, for whose places one presses within twelve hours."""
    with site.records():
        space = make_space("mill", name="The Old Mill")
        event = make_event(
            space,
            title="Supper for four hands",
            starts_at=utcnow() + timedelta(days=7),
            capacity=2,
            claim_hours=12,
            guests_each=1,
            visibility=Visibility.PUBLIC,
            description="Bring **a spoon**.",
        )
        event.hosts.append(make_member("Hana Sato", space=space))
        people = {
            name: make_member(
                f"{name} Osei",
                space=space,
                email=f"{name.lower()}@example.org",
                password=password_hash,
            ).id
            for name in ("Ana", "Ben", "Cem")
        }
        db.session.flush()
        return {"event": event.id, "address": f"/events/{event.id}"} | people


def status(site, supper, name):
    with site.records():
        rsvp = db.session.get(Rsvp, (supper["event"], supper[name]))
        return rsvp.status if rsvp else None


def heading(page, words):
    expect(page.get_by_role("heading", name=words)).to_be_visible()


def test_from_a_press_to_a_place_that_was_held(site, supper, page, open_page):
    # A visitor signs in, and is back on the page.
    page.goto(supper["address"])
    page.get_by_role("link", name="Sign in to come").click()
    sign_in(page, "ana@example.org", PASSWORD)
    expect(page).to_have_url(site.url + supper["address"])
    page.get_by_role("button", name="I’ll be there").click()
    heading(page, "You are going")

    # On a phone, with a guest and shown: one too many for two places.
    ben = open_page(supper["Ben"], viewport=PHONE)
    ben.goto(supper["address"])
    ben.get_by_text("Guests, reminder, who sees me").click()
    ben.get_by_label("Do you bring somebody?").select_option("One guest")
    ben.get_by_label("Show the others that I am coming").check()
    ben.get_by_role("button", name="I’ll be there").click()
    heading(ben, "You are 1st in the queue")
    ben.get_by_text("Change what I said").click()
    ben.get_by_label("Do you bring somebody?").select_option("I come alone")
    ben.get_by_role("button", name="Save").click()
    heading(ben, "You are going")

    # The next one waits, is offered the place that Ana gives up, and takes it by letter.
    cem = open_page(supper["Cem"])
    cem.goto(supper["address"])
    expect(cem.get_by_text("Ben Osei")).to_be_visible()
    expect(cem.get_by_text("and 1 other.")).to_be_visible()
    cem.get_by_role("button", name="Join the queue").click()
    heading(cem, "You are 1st in the queue")
    page.goto(supper["address"])
    page.get_by_role("button", name="I cannot come").click()
    heading(page, "All places are taken")
    cem.reload()
    heading(cem, "A place is held for you")
    site.post_round()
    press_in_letter(cem, "cem@example.org", "A place is held for you", "Take the place")
    assert status(site, supper, "Cem") is RsvpStatus.OFFERED
    cem.get_by_role("button", name="Take the place").click()
    expect(cem.get_by_text("Cem, you are going")).to_be_visible()

    assert {name: status(site, supper, name) for name in ("Ana", "Ben", "Cem")} == {
        "Ana": RsvpStatus.DECLINED,
        "Ben": RsvpStatus.GOING,
        "Cem": RsvpStatus.GOING,
    }


def test_a_double_press_is_one(site, supper, open_page):
    page = open_page(supper["Ana"])
    page.goto(supper["address"])

    page.get_by_role("button", name="I’ll be there").dblclick()
    heading(page, "You are going")

    with site.records():
        event = db.session.get_one(Event, supper["event"])
        assert len(event.rsvps) == 1
        assert event.places_taken == 1


def test_everybody_can_read_the_page_in_each_state(site, supper, open_page):
    with site.records():
        event = db.session.get_one(Event, supper["event"])
        event.questions = [
            {"id": "a", "text": "What do you eat?", "options": ["All", "Plants"]}
            | {"required": True}
        ]
        for name in ("Ana", "Ben"):
            make_rsvp(event, db.session.get_one(Member, supper[name]), is_shown=True)
    ana, cem = open_page(supper["Ana"]), open_page(supper["Cem"])
    faults = []

    def look(page, words, looks=((PHONE, "dark"),)):
        page.goto(supper["address"])
        heading(page, words)
        faults.extend(faults_of(page, looks))

    look(cem, "All places are taken", ALL_LOOKS)
    cem.get_by_text("Guests, reminder, who sees me").click()
    cem.get_by_role("button", name="Join the queue").click()
    cem.get_by_role("alert").wait_for()
    faults += faults_of(cem)
    look(ana, "You are going", ALL_LOOKS)
    with site.records():
        event = db.session.get_one(Event, supper["event"])
        rsvp = db.session.get_one(Rsvp, (event.id, supper["Ana"]))
        cem_rsvp = make_rsvp(
            event, db.session.get_one(Member, supper["Cem"]), RsvpStatus.WAITING
        )
        assert cem_rsvp in places.queue(event)
        rsvp.status = RsvpStatus.OFFERED
        rsvp.offered_until = utcnow() + timedelta(hours=3)
    look(cem, "You are 1st in the queue")
    look(ana, "A place is held for you")
    with site.records():
        event = db.session.get_one(Event, supper["event"])
        event.starts_at = utcnow() - timedelta(days=2)
        event.ends_at = event.starts_at + timedelta(hours=2)
        event.notes = "Two soups."
    look(ana, "This one is over")

    assert faults == []
