"""Running an event from its page: people, a message, a file, and how it went."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from matchmaker.extensions import db
from matchmaker.models import Event, RsvpStatus, utcnow
from matchmaker.services.events import places
from tests.browser.habits import open_letter
from tests.browser.test_accessibility import ALL_LOOKS, faults_of
from tests.factories import make_event, make_member, make_rsvp, make_space


@pytest.fixture
def lunch(site):
    """A lunch with two places, both taken, and somebody who waits."""
    with site.records():
        mill = make_space("mill", name="The Old Mill")
        hana = make_member("Hana Sato", space=mill)
        event = make_event(
            mill,
            title="Long lunch",
            hosts=[hana],
            starts_at=utcnow() + timedelta(days=3),
            capacity=2,
            questions=[
                {"id": "q", "text": "Any diet?", "options": [], "required": False}
            ],
        )
        wishes = places.Wishes(answers={"q": "No nuts"})
        for name in ("Ana", "Ben", "Cem"):
            member = make_member(name, space=mill, email=f"{name.lower()}@example.org")
            places.sign_up(event, member, utcnow(), wishes)
        make_member("Dag Lund", space=mill, email="dag@example.org")
        return event.id, hana.id


def test_a_host_runs_an_event(site, open_page, lunch):
    event_id, hana_id = lunch
    page = open_page(hana_id)
    page.goto(f"/organise/mill/events/{event_id}")
    people = page.get_by_role("region", name="People")
    expect(people.get_by_text("No nuts")).to_have_count(3)

    page.get_by_text("Change how many can come").click()
    page.get_by_label("How many people can come").fill("4")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_text("4 people can come now")).to_be_visible()
    expect(people.get_by_role("link", name="Going 3")).to_be_visible()

    page.get_by_text("Add somebody").click()
    page.get_by_label("Their whole e-mail address").fill("dag@example.org")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Add Dag").click()
    expect(page.get_by_text("Dag Lund is going")).to_be_visible()

    page.get_by_role("link", name="Show all").click()
    line = people.get_by_role("listitem").filter(has_text="Ben")
    line.locator("summary").click()
    line.get_by_role("button", name="Remove Ben").click()
    expect(page.get_by_text("Ben is off the list")).to_be_visible()
    expect(page.get_by_text("Hana Sato took Ben off the list.")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert "Dag Lund" in download.value.path().read_text("utf-8-sig")


def test_a_message_is_seen_tried_and_sent(site, open_page, lunch):
    event_id, hana_id = lunch
    page = open_page(hana_id)
    page.goto(f"/organise/mill/events/{event_id}")
    page.get_by_role("link", name="Write to people").click()
    expect(page.get_by_text("2 people get it")).to_be_visible()

    page.get_by_label("Subject").fill("Bring a mug")
    page.get_by_label("Message").fill("The dishwasher is broken.\n\nSee you.")
    page.get_by_role("button", name="Look at it first").click()
    letter = page.frame_locator("iframe[title='The letter as it will look']")
    expect(letter.get_by_text("The dishwasher is broken.")).to_be_visible()
    assert list(faults_of(page, ALL_LOOKS)) == []

    page.get_by_role("button", name="Change the words").click()
    expect(page.get_by_label("Message")).to_have_value(
        re.compile(r"^The dishwasher is broken\.\s+See you\.$")
    )
    page.get_by_label("Message").fill("The dishwasher works again.")
    page.get_by_role("button", name="Look at it first").click()
    page.get_by_role("button", name="Send it to me only").click()
    expect(page.get_by_text("A trial is on its way")).to_be_visible()
    page.get_by_role("button", name="Send it to 2 people").click()
    expect(page.get_by_text("on its way to 2 people")).to_be_visible()

    site.post_round()
    words = open_letter(open_page(), "ana@example.org", "Bring a mug: Long lunch")
    expect(words.get_by_text("The dishwasher works again.")).to_be_visible()


def test_the_page_can_be_read_before_and_after(site, open_page, lunch):
    event_id, hana_id = lunch
    page = open_page(hana_id)
    page.goto(f"/organise/mill/events/{event_id}")
    for fold in page.locator("summary").all():
        fold.click()
    assert list(faults_of(page, ALL_LOOKS)) == []

    with site.records():
        event = db.session.get_one(Event, event_id)
        event.starts_at = utcnow() - timedelta(days=1)
        event.ends_at = event.starts_at + timedelta(hours=2)
        for rsvp in event.rsvps:
            if rsvp.status is RsvpStatus.GOING:
                rsvp.checked_in_at = event.starts_at
        for weeks in range(1, 4):
            past = make_event(
                event.space, starts_at=event.starts_at - timedelta(weeks=weeks)
            )
            past.hosts = list(event.hosts)
            make_rsvp(past, event.rsvps[0].member, checked_in_at=past.starts_at)
    page.reload()

    expect(page.get_by_role("heading", name="How it went")).to_be_visible()
    expect(page.get_by_text("That is more than the 1 who usually come")).to_be_visible()
    assert list(faults_of(page, ALL_LOOKS)) == []


def test_on_paper_there_are_people_and_no_presses_in_dark_ink(open_page, lunch):
    event_id, hana_id = lunch
    page = open_page(hana_id)
    page.goto(f"/organise/mill/events/{event_id}")
    page.evaluate("document.documentElement.dataset.theme = 'evening'")

    page.emulate_media(media="print")

    expect(page.get_by_text("No nuts").first).to_be_visible()
    expect(page.locator("main :is(button, summary):visible")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_css("color", "rgb(30, 42, 38)")
