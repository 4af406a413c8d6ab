"""What one types about oneself, with scripts."""

from playwright.sync_api import expect

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.models import Member, Space
from matchmaker.services import readings
from tests.browser.test_accessibility import faults_of
from tests.factories import NOON, make_member, make_space


def test_a_list_is_read_alike_by_the_script_and_by_the_server(site, open_page):
    with site.records():
        stored = ["talks in Berlin, Germany", "tea (black, green)"]
        ana = make_member(space=make_space(), offers=stored, wants=["law"]).id
    page = open_page(ana)
    page.goto("/profile/exchange")
    offers = page.get_by_label("What could somebody come to you for?")
    chips = page.locator(".tags").first.get_by_role("listitem")
    expect(chips).to_have_count(2)

    offers.press_sequentially('web design, growing to 1,000, "Utrecht, Lombok", last')
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", name="Your profile")).to_be_visible()
    with site.records():
        typed = ["web design", "growing to 1,000", "Utrecht, Lombok", "last"]
        assert db.session.get_one(Member, ana).profile.offers == [*stored, *typed]


def test_languages_are_suggested_in_ones_own(site, open_page):
    with site.records():
        ana = make_member(space=make_space()).id
    page = open_page(ana)
    page.goto("/profile/meeting")

    page.get_by_label("Which languages do you like to talk in?").fill("vlaa")
    page.get_by_role("option", name="Flemish").first.click()
    page.get_by_label("Yes, introduce me").check()
    page.get_by_role("button", name="Finish").or_(
        page.get_by_role("button", name="Save")
    ).click()

    page.wait_for_url(lambda url: "meeting" not in url)
    with site.records():
        assert db.session.get_one(Member, ana).profile.languages == ["Flemish"]


def test_what_is_saved_is_shown_as_read_once_it_is(site, open_page):
    with site.records():
        ana = make_member(space=make_space(), offers=["SEO"], wants=["law"]).id
    page = open_page(ana)
    page.goto("/profile/")
    expect(page.locator("#offers-0")).to_contain_text("read this in a moment")

    with site.app.app_context():
        jobs.read_all(NOON)

    expect(page.locator("#offers-0")).to_contain_text("We read this as", timeout=60_000)


def test_what_we_read_is_put_right_without_leaving_the_page(site, open_page):
    with site.records():
        member = make_member(space=make_space(), offers=["boekhouding"], wants=["tbd"])
        readings.refresh([member], NOON)
        readings.topics_of(member.memberships[0])  # the first time takes a while
        ana, space = member.id, member.memberships[0].space.id
    page = open_page(ana)
    page.goto("/")
    page.get_by_role("button", name="Have a look").click()
    page.locator("#offers-0 summary").click()
    assert list(faults_of(page)) == []
    page.locator("#offers-0 summary").click()
    expect(page.locator("#offers-0")).to_contain_text("We read this as")
    page.evaluate("window.isTheSame = true")

    page.locator("#offers-0").get_by_text("Something else?").click()
    page.locator("#offers-0").get_by_role("button", name="Add: ").first.click()

    expect(page.locator("#offers-0")).to_contain_text("You said")
    expect(page.locator("#offers-0 summary")).to_be_focused()
    taken = page.locator("#offers-0").get_by_role("button", name="bookkeeping")
    taken.click()
    expect(taken).to_contain_text("Add: bookkeeping")
    assert page.evaluate("window.isTheSame")
    with site.records():
        said = readings.confirmed([ana], db.session.get_one(Space, space))[ana]
        (topics,) = said.values()
        assert len(topics) == 1
        assert "bookkeeping" not in topics
