"""An introduction on a phone, without a script: answered from home and from a letter."""

from datetime import timedelta

from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import Answer, Side, utcnow
from tests.factories import make_introduction, make_member, make_space

PHONE = {"viewport": {"width": 375, "height": 800}, "java_script_enabled": False}


def make_two(site):
    now = utcnow()
    about = {
        "headline": "Letterpress printer",
        "company": "Quay Press",
        "bio": "I print posters for small theatres, and teach it in the evenings.",
    }
    with site.records():
        space = make_space()
        ana = make_member("Ana Duarte", space=space, offers=["law"], wants=["tax"])
        ben = make_member("Ben Osei", space=space, offers=["tax"], profile=about)
        introduction = make_introduction(
            ana,
            ben,
            made_at=now,
            ends_at=now + timedelta(days=7),
            shared=["cold-water swimming"],
        )
        return [(introduction.id, member.id) for member in (ana, ben)]


def answer_of(site, key):
    with site.records():
        return db.session.get_one(Side, key).answer


def test_a_yes_takes_one_click_from_home_and_undoing_it_another(site, open_page):
    key, _ = make_two(site)
    page = open_page(key[1], **PHONE)
    page.goto("/")

    page.get_by_role("button", name="Yes, introduce us").click()
    page.get_by_text("You said yes. As soon as Ben does too").wait_for()
    assert answer_of(site, key) is Answer.YES
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Yes, introduce us").wait_for()

    assert answer_of(site, key) is None


def test_a_yes_takes_two_clicks_from_a_letter(site, open_page):
    _, key = make_two(site)
    with site.app.app_context():
        path = f"/letters/{links.sign(links.Purpose.SIDE, *key)}/answer?answer=yes"
    page = open_page(**PHONE)
    page.goto(path)  # the first click

    page.get_by_role("button", name="Yes, introduce us").click()  # the second

    page.get_by_text("You said yes. As soon as Ana does too").wait_for()
    assert answer_of(site, key) is Answer.YES


def test_a_click_anywhere_on_a_line_opens_the_introduction(site, open_page):
    key, _ = make_two(site)
    page = open_page(key[1], **PHONE)
    page.goto("/introductions/")

    box = page.locator(".board-gains").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    page.wait_for_url(f"**/introductions/{key[0]}")
