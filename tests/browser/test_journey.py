"""From making an account to “we met”, as a newcomer sees it."""

from datetime import timedelta

import icalendar
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import (
    Encounter,
    Introduction,
    Member,
    Outcome,
    Side,
    Space,
    utcnow,
)
from matchmaker.services import introductions, rounds
from tests.browser.conftest import PASSWORD
from tests.browser.habits import open_letter, press_in_letter, register, sign_in
from tests.factories import make_member, make_space

NEWCOMER = "nina@example.org"


@pytest.fixture
def ben(site):
    """Somebody who wants what the newcomer knows, and knows what she wants."""
    with site.records():
        space = make_space("mill", name="The Old Mill", city="Leeds", round_hour=0)
        return make_member(
            "Ben Osei",
            space=space,
            offers=["Postgres"],
            wants=["grant writing"],
            profile={"headline": "Keeps databases quick", "industry": "6201"},
        ).email


@pytest.fixture
def run_round(site):
    """Run the round of a week from now and post its letters."""

    def run_round(weeks=0):
        now = utcnow() + timedelta(weeks=weeks)
        with site.records():
            space = db.session.scalars(select(Space)).one()
            made = rounds.run(space, rounds.this_week(space, now), now)
            pairs = [
                {member.name for member in introduction.members}
                for introduction in made.introductions
            ]
        site.post_round(now)
        return pairs

    return run_round


def confirm(page, site):
    site.post_round()
    press_in_letter(page, NEWCOMER, "Confirm your address", "Yes, confirm my address")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm my address").click()


def say_who_you_are(page):
    page.get_by_label("Your name").fill("Nina Roth")
    page.get_by_label("What you do, in a line").fill("I write grants for museums")
    industry = page.get_by_label("Industry")
    industry.press_sequentially("museum")
    expect(page.get_by_role("option").first).to_be_visible()
    industry.press("ArrowDown")
    industry.press("Enter")
    expect(industry).to_have_value("Museums and heritage")
    page.get_by_role("button", name="Save and go on").click()


def say_what_you_exchange(page):
    offers = page.get_by_label("What could somebody come to you for?")
    offers.press_sequentially("grant wri")
    expect(page.get_by_role("option", name="grant writing")).to_be_visible()
    offers.press("ArrowDown")
    offers.press("Enter")
    offers.fill("Sailing in a flat calm")
    offers.press("Enter")
    wants = page.get_by_label("What would help you now?")
    wants.fill("PostgreSQL")
    wants.press("Enter")
    page.get_by_role("button", name="Save and go on").click()


def say_how_you_meet(page):
    page.get_by_label("Yes, introduce me").check()
    page.get_by_label("Every week", exact=True).check()
    page.get_by_label("A coffee").check()
    page.get_by_label("Mornings").check()
    page.get_by_label("Lunchtimes").check()
    page.get_by_role("button", name="Finish").click()


def test_from_making_an_account_to_having_met(site, page, open_page, ben, run_round):
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Make an account").click()
    register(page, NEWCOMER, PASSWORD)
    expect(page).to_have_title("Look in your mail · Matchmaker")
    page.get_by_role("link", name="Open the mailbox").click()
    expect(page.get_by_role("link", name="Confirm your address")).to_be_visible()
    confirm(page, site)

    page.get_by_role("button", name="Join The Old Mill").click()
    expect(page.get_by_label("Step 1 of 3")).to_be_visible()
    say_who_you_are(page)
    expect(page.get_by_label("Step 2 of 3")).to_be_visible()
    say_what_you_exchange(page)
    expect(page.get_by_label("Step 3 of 3")).to_be_visible()
    say_how_you_meet(page)
    expect(page.get_by_role("heading", name="Hello Nina")).to_be_visible()
    expect(
        page.get_by_role("heading", name="We’re looking for your first introduction")
    ).to_be_visible()
    with site.records():
        nina = db.session.scalars(select(Member).filter_by(email=NEWCOMER)).one()
        assert nina.profile.offers == ["grant writing", "Sailing in a flat calm"]
        assert nina.profile.industry_label == "Museums and heritage"
        assert nina.profile.formats == ["coffee"]
        assert nina.profile.times == ["morning", "lunch"]

    assert run_round() == [{"Nina Roth", "Ben Osei"}]
    letter = open_letter(page, NEWCOMER, "Ben")
    expect(letter.get_by_role("heading", level=1)).to_have_text(
        "would you like to meet Ben?"
    )
    expect(letter.locator("body")).not_to_contain_text(ben)
    letter.get_by_role("link", name="Yes, introduce us").click()
    page.get_by_role("button", name="Yes, introduce us").click()
    expect(page.get_by_role("status")).to_contain_text("Thanks!")
    page.goto("/")
    expect(page.get_by_role("heading", name="Waiting for their answer")).to_be_visible()
    assert site.post_round() == 0

    bens = open_page()  # he has not signed in
    press_in_letter(bens, ben, "Nina", "Yes, introduce us")
    bens.get_by_role("button", name="Yes, introduce us").click()
    expect(bens.get_by_role("status")).to_contain_text("You’ve all said yes")

    assert site.post_round() == 2
    for reader, other in ((NEWCOMER, ben), (ben, NEWCOMER)):
        letter = open_letter(page, reader, "have both said yes")
        expect(letter.get_by_role("link", name=other)).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name="meeting-times.ics").click()
        calendar = icalendar.Calendar.from_ical(download.value.path().read_bytes())
        times = [event.start for event in calendar.events]
        assert len({time.date() for time in times}) == 3
        assert all(time > utcnow() for time in times)
        assert {time.hour for time in times} <= {9, 12}  # mornings and lunchtimes

    later = utcnow() + introductions.ASK_AFTER + timedelta(minutes=1)
    with site.records():
        for side in introductions.sides_to_ask(later):
            introductions.ask_whether_they_met(side, later)
    assert site.post_round(later) == 2
    press_in_letter(page, NEWCOMER, "Did you and Ben meet?", "We met")
    expect(page.get_by_label("Yes, we met")).to_be_checked()
    page.get_by_label("What we said you could gain").check()
    again = page.get_by_role("radiogroup", name="Would you meet again?")
    again.get_by_label("Yes").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("main")).to_contain_text("You met. You gained what we said")
    page.goto("/")
    expect(page.get_by_text("Tell us about Ben")).to_have_count(0)
    page.get_by_role("link", name="Introductions").click()
    met = page.get_by_role("heading", name="Met", exact=True).locator("..")
    expect(met.get_by_role("listitem")).to_contain_text("Ben Osei")

    with site.records():
        assert db.session.scalars(select(Encounter)).one()
        side = db.session.scalars(
            select(Side).join(Member).where(Member.email == NEWCOMER)
        ).one()
        assert (side.met, side.outcome, side.meet_again) == (True, Outcome.STATED, True)
    assert run_round(weeks=1) == []
    with site.records():
        assert len(db.session.scalars(select(Introduction)).all()) == 1


@pytest.fixture
def nina(site, password_hash):
    """Somebody with an account and a password."""
    with site.records():
        space = make_space("mill", name="The Old Mill")
        make_member("Nina Roth", space=space, email=NEWCOMER, password=password_hash)


def test_one_signs_in_and_out(nina, page):
    page.goto("/")
    page.get_by_role("navigation").get_by_role("link", name="Sign in").click()
    sign_in(page, NEWCOMER, "not this one")
    expect(page.get_by_role("alert")).to_be_visible()
    sign_in(page, NEWCOMER, PASSWORD)
    expect(page.get_by_role("heading", name="Hello Nina")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(
        page.get_by_role("navigation").get_by_role("link", name="Join")
    ).to_be_visible()
    page.goto("/profile/")
    expect(page).to_have_title("Sign in · Matchmaker")


def test_a_forgotten_password_is_replaced_by_letter(site, nina, page):
    page.goto("/sign-in")
    page.get_by_role("link", name="I forgot my password").click()
    page.get_by_label("Your address").fill(NEWCOMER)
    page.get_by_role("button", name="Send me the link").click()
    site.post_round()
    press_in_letter(page, NEWCOMER, "Choose a new password", "Choose a new password")
    replaced = "three loud estuaries"
    page.get_by_label("The new password").fill(replaced)
    page.get_by_label("Once more").fill(replaced)
    page.get_by_role("button", name="Save the new password").click()
    expect(page.get_by_role("status")).to_contain_text("Your new password is saved")

    page.goto("/sign-in")
    sign_in(page, NEWCOMER, PASSWORD)
    expect(page.get_by_role("alert")).to_be_visible()
    sign_in(page, NEWCOMER, replaced)
    expect(page.get_by_role("heading", name="Hello Nina")).to_be_visible()
    site.post_round()
    open_letter(page, NEWCOMER, "Your password was changed")
