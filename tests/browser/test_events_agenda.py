"""Looking for events: by day, by group, by month without a pointer, on another website."""

import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from matchmaker.models import EventKind, Visibility, utcnow
from tests.browser.test_accessibility import faults_of
from tests.browser.test_keyboard import SHOWN, focused, tab_to
from tests.factories import (
    make_event,
    make_following,
    make_group,
    make_member,
    make_rsvp,
    make_space,
)

SOON = timedelta(days=40)  # in another month


def soon():
    """A morning in another month: an evening might go on into the next day."""
    return (utcnow() + SOON).replace(hour=8, minute=30)


@pytest.fixture
def ana(site):
    """A member of a space where much is on."""
    with site.records():
        mill = make_space("mill", name="The Old Mill")
        ana = make_member("Ana Duarte", space=mill, wants=["grant writing"])
        potters = make_group(mill, "potters", blurb="We throw **clay**.")
        make_following(potters, make_member("Cleo", space=mill), is_host=True)
        make_event(
            mill,
            title="Glazing for potters",
            group=potters,
            visibility=Visibility.GROUP,
            kind=EventKind.WORKSHOP,
            starts_at=soon(),
        )
        make_event(
            mill,
            title="Your first grant",
            description="An hour of grant writing.",
            kind=EventKind.TALK,
            visibility=Visibility.PUBLIC,
            capacity=20,
            starts_at=soon() + timedelta(days=1),
        )
        breakfast = make_event(
            mill,
            title="Breakfast",
            kind=EventKind.MEAL,
            starts_at=soon(),
        )
        make_rsvp(breakfast, ana)
        make_event(mill, title="Last week", starts_at=utcnow() - timedelta(days=7))
        return ana.id


def test_from_looking_to_following(open_page, ana):
    page = open_page(ana, viewport={"width": 375, "height": 812})
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role(
        "link", name="Events"
    ).click()
    talk = page.get_by_role("listitem").filter(has_text="Your first grant")
    expect(talk).to_contain_text("because you are looking for grant writing")
    expect(talk).to_contain_text("Places free")
    expect(page.get_by_text("You are going")).to_be_visible()
    expect(page.get_by_text("Glazing for potters")).to_have_count(0)

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Kind").select_option("Talk")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("kind=talk"))
    expect(page.get_by_text("Showing: talk")).to_be_visible()
    expect(page.get_by_role("link", name="Breakfast")).to_have_count(0)
    page.get_by_role("link", name="Show everything").click()

    page.get_by_role("link", name="Groups").click()
    potters = page.get_by_role("listitem").filter(has_text="Potters")
    expect(potters).to_contain_text("One member follows")
    potters.get_by_role("button", name="Follow").click()
    expect(page.get_by_role("status")).to_contain_text("You follow Potters")
    expect(page.get_by_role("link", name="Glazing for potters")).to_be_visible()
    page.get_by_role("button", name="Write to me when this group").click()
    expect(page.get_by_role("status")).to_contain_text("We write to you when Potters")
    page.get_by_role("button", name="Stop following").click()
    expect(page.get_by_role("status")).to_contain_text("You no longer follow")
    expect(page.get_by_role("link", name="Glazing for potters")).to_have_count(0)

    page.get_by_role("link", name="All groups").click()
    page.get_by_role("link", name="Past").click()
    expect(page.get_by_role("link", name="Last week")).to_be_visible()


def test_a_month_is_leafed_through_by_keyboard(open_page, ana):
    there = utcnow() + SOON
    page = open_page(ana)
    page.goto(f"/events/month/{utcnow():%Y-%m}")
    for _ in range((there.year - utcnow().year) * 12 + there.month - utcnow().month):
        tab_to(page, page.locator("[rel=next]"))
        assert focused(page).evaluate(SHOWN)
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{there:%B %Y}")
    expect(page.get_by_role("columnheader")).to_have_count(7)
    cell = page.get_by_role("cell").filter(has_text="Breakfast")
    expect(cell).to_contain_text("you take part")

    tab_to(page, page.get_by_role("link", name="Breakfast"))
    assert focused(page).evaluate(SHOWN)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Breakfast")
    page.go_back()
    tab_to(page, page.get_by_role("link", name="Today"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{utcnow():%B %Y}")


def test_on_a_phone_the_month_is_a_list_of_the_days_with_events(open_page, ana):
    page = open_page(ana, viewport={"width": 375, "height": 812})
    there = utcnow() + SOON
    page.goto(f"/events/month/{there:%Y-%m}")

    expect(page.get_by_role("link", name="Breakfast")).to_be_visible()
    days = page.locator(".month td").filter(visible=True)
    assert days.count() in {1, 2}  # its neighbour may be in the next month


def test_every_way_to_look_can_be_read_by_everybody(open_page, ana):
    page = open_page(ana)
    for path in (
        "/",
        "/events/",
        "/events/?kind=talk&mine=1",
        "/events/past",
        f"/events/month/{utcnow() + SOON:%Y-%m}",
        "/groups/",
        "/groups/mill/potters",
        "/spaces/mill/events",
        "/embed/mill",
    ):
        page.goto(path)
        assert [*faults_of(page)] == []


@pytest.fixture
def cafe(site):
    """Another website, which shows pages of ours in frames."""
    frames = "".join(
        f'<iframe src="{site.url}{path}" title="{path}"></iframe>'
        for path in ("/embed/mill", "/spaces/mill/events")
    )

    class Cafe(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(frames.encode())

        def log_message(self, *_words):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Cafe)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_another_website_shows_the_list_and_no_other_page(chromium, cafe, ana):
    """In a browser of its own: that one page is refused is what it is about."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(cafe)

    shown = page.frame_locator("[title='/embed/mill']")
    link = shown.get_by_role("link", name="Your first grant")
    expect(link).to_be_visible()
    expect(shown.get_by_text("Breakfast")).to_have_count(0)
    refused = page.frame_locator("[title='/spaces/mill/events']")
    expect(refused.get_by_text("Your first grant")).to_have_count(0)
    with page.expect_popup() as opened:
        link.click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("first grant")
    context.close()
