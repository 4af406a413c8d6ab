"""Everything can be done without a pointer, and one always sees where one is."""

import pytest
from playwright.sync_api import expect

from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import Answer, Member, Side
from matchmaker.services import memberships
from tests.browser.conftest import PASSWORD
from tests.factories import NOON, make_introduction, make_member, make_space

# Where the browser shows the focus: on the thing itself, or on the card or box around it.
SHOWN = """element => {
  const outlined = style =>
    style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const around = element.closest(".choice-card, .tags");
  return outlined(getComputedStyle(element))
    || outlined(getComputedStyle(element, "::after"))
    || (around !== null && outlined(getComputedStyle(around)));
}"""
MOST = 80  # presses of Tab before a page counts as a trap


@pytest.fixture
def nina(site, password_hash):
    """A newcomer who has joined and said nothing yet."""
    with site.records():
        nina = make_member("N", email="nina@example.org", password=password_hash)
        memberships.join(nina, make_space("mill", name="The Old Mill"), NOON)
        return nina.id


@pytest.fixture
def introduced(site):
    with site.records():
        space = make_space("mill", name="The Old Mill")
        ana, ben = (make_member(name, space=space) for name in ("Ana", "Ben"))
        introduction = make_introduction(ana, ben)
        token = links.sign(links.Purpose.SIDE, introduction.id, ana.id)
        return {"id": introduction.id, "ana": ana.id, "token": token}


def focused(page):
    return page.locator(":focus")


def tab_to(page, target):
    """Go to something as a keyboard does."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"No way to {target} by Tab.")


def write_into(page, label, words):
    tab_to(page, page.get_by_label(label))
    page.keyboard.type(words)


def test_one_signs_in_by_keyboard(nina, page):
    page.goto("/sign-in")
    write_into(page, "Your address", "nina@example.org")
    write_into(page, "Password", PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_title("Who you are · Matchmaker")


def test_the_three_steps_are_taken_by_keyboard(nina, site, open_page):
    page = open_page(nina)
    page.goto("/profile/about")
    write_into(page, "Your name", "Nina Roth")
    write_into(page, "What you do, in a line", "I write grants")
    write_into(page, "Industry", "museum")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Save and go on"))
    page.keyboard.press("Space")

    expect(page.get_by_label("Step 2 of 3")).to_be_visible()
    write_into(page, "What could somebody come to you for?", "grant wri")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("A slip")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")  # takes the last one back
    write_into(page, "What would help you now?", "Postgres")
    tab_to(page, page.get_by_role("button", name="Save and go on"))
    page.keyboard.press("Enter")

    expect(page.get_by_label("Step 3 of 3")).to_be_visible()
    tab_to(page, page.get_by_label("Yes, introduce me"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Every week", exact=True))
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_label("A walk"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Finish"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Hello Nina")).to_be_visible()
    with site.records():
        member = db.session.get_one(Member, nina)
        assert member.profile.offers == ["grant writing"]
        assert member.profile.wants == ["Postgres"]
        assert member.profile.industry_label == "Museums and heritage"
        assert member.profile.formats == ["walk"]
        assert member.memberships[0].cadence_weeks == 2


def test_an_introduction_is_answered_by_keyboard(introduced, site, page):
    page.goto(f"/letters/{introduced['token']}/answer")
    tab_to(page, page.get_by_role("button", name="Yes, introduce us"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Thanks!")
    with site.records():
        side = db.session.get_one(Side, (introduced["id"], introduced["ana"]))
        assert side.answer is Answer.YES


@pytest.mark.parametrize(
    "address",
    ["/", "/introductions/", "/introductions/{id}", "/profile/", "/profile/meeting"],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_always_sees_where_one_is(introduced, open_page, address, scheme):
    page = open_page(introduced["ana"], color_scheme=scheme)
    page.goto(address.format(**introduced))

    hidden, seen = [], 0
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if focused(page).count() == 0:  # once round: the browser's own bar
            break
        seen += 1
        if not focused(page).evaluate(SHOWN):
            hidden.append(focused(page).evaluate("element => element.outerHTML"))
    else:
        raise AssertionError("Tab does not leave the page.")

    assert seen > 5
    assert hidden == []


def test_one_can_skip_to_the_page(introduced, open_page):
    page = open_page(introduced["ana"])
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")

    expect(page.get_by_role("button", name="Yes, introduce us")).to_be_focused()


def test_whoever_is_quicker_than_the_script_types_on(open_page, nina):
    page = open_page(nina)
    held = []
    page.route("**/app.js*", lambda route: held.append(route))
    page.goto("/profile/exchange", wait_until="commit")
    page.get_by_label("What could somebody come to you for?").press_sequentially("gr")
    page.keyboard.press("Enter")
    page.keyboard.type("a choir")

    held[0].continue_()
    field = page.get_by_role("combobox", name="What could somebody come to you for?")
    expect(field).to_be_focused()
    page.keyboard.type("sailing")

    expect(field).to_have_value("sailing")
    expect(page.get_by_role("listitem").filter(has_text="a choir")).to_be_visible()
