"""A form that was refused, as somebody at a keyboard meets it."""

from matchmaker.extensions import db
from matchmaker.models import Member
from tests.browser.conftest import PASSWORD
from tests.factories import make_member, make_space

WORDS = "I bake bread,\nand I write about it."


def make_ana(site, password_hash):
    with site.records():
        return make_member(
            "Ana", space=make_space(), email="ana@example.org", password=password_hash
        ).id


def test_the_focus_is_on_what_is_wrong_without_a_script(site, open_page, password_hash):
    ana = make_ana(site, password_hash)
    for scripts in (True, False):
        page = open_page(ana, java_script_enabled=scripts)
        page.goto("/profile/about")
        page.get_by_label("What you do, in a line").fill("I bake")
        page.get_by_label("Years of experience").fill("900")
        page.get_by_role("button", name="Save").click()

        assert page.title().startswith("Error: ")
        assert "There is a problem" in page.locator(":focus").inner_text()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.url.endswith("#years")


def test_signed_out_while_writing_without_a_script(site, open_page, password_hash):
    ana = make_ana(site, password_hash)
    page = open_page(ana, java_script_enabled=False)
    page.goto("/profile/about")
    page.get_by_label("What you do, in a line").fill("I bake")
    page.get_by_label("A little more about you").fill(WORDS)
    page.context.clear_cookies()

    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Sign in to continue").wait_for()
    page.get_by_label("address").fill("ana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Save it now").click()
    page.wait_for_url("**/profile/*")

    with site.records():
        assert db.session.get_one(Member, ana).profile.bio == WORDS
