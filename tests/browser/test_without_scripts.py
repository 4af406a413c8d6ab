"""Scripts make the pages nicer, and nothing depends on them."""

import pytest
from playwright.sync_api import expect

from matchmaker.extensions import db
from matchmaker.models import Answer, Member, Side, utcnow
from matchmaker.services import rounds
from tests.browser.conftest import PASSWORD
from tests.browser.habits import press_in_letter, register
from tests.factories import make_member, make_space

NEWCOMER = "nina@example.org"


@pytest.fixture
def mill(site):
    """A space with a member who wants what the newcomer knows, and the reverse."""
    with site.records():
        space = make_space("mill", name="The Old Mill")
        make_member(
            "Ben Osei", space=space, offers=["Postgres"], wants=["grant writing"]
        )
        return space.id


def test_from_making_an_account_to_an_answer(site, mill, open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/register")
    register(page, NEWCOMER, PASSWORD)
    site.post_round()
    press_in_letter(page, NEWCOMER, "Confirm your address", "Yes, confirm my address")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm my address").click()
    page.get_by_role("button", name="Join The Old Mill").click()

    page.get_by_label("Your name").fill("Nina Roth")
    page.get_by_label("What you do, in a line").fill("I write grants for museums")
    page.get_by_label("Industry").fill("museum")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("What could somebody come to you for?").fill(
        "grant writing\nSailing in a flat calm"
    )
    page.get_by_label("What would help you now?").fill("Postgres")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose one")
    page.get_by_label("Yes, introduce me").check()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="Hello Nina")).to_be_visible()
    with site.records():
        nina = db.session.scalars(db.select(Member).filter_by(email=NEWCOMER)).one()
        assert nina.profile.offers == ["grant writing", "Sailing in a flat calm"]
        assert nina.profile.industry_label == "Museums and heritage"
        space = nina.memberships[0].space
        rounds.run(space, rounds.this_week(space, utcnow()), utcnow())
    site.post_round()

    press_in_letter(page, NEWCOMER, "Ben", "Yes, introduce us")
    page.get_by_role("button", name="Yes, introduce us").click()
    expect(page.get_by_role("status")).to_contain_text("Thanks!")
    with site.records():
        side = db.session.scalars(
            db.select(Side).join(Member).where(Member.email == NEWCOMER)
        ).one()
        assert side.answer is Answer.YES
