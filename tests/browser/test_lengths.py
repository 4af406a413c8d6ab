"""As much as a box takes is saved, whatever it is made of."""

import re

import pytest

from tests.world import MEMBER, ORGANISER, OWN, make_world, rules

PIECE = "Ab\né\n🙂 "  # a break is one for the browser, a face two
CANCELS = "planning.cancel"  # last: of a cancelled event nothing can be changed
OPEN = "document.querySelectorAll('details').forEach((part) => part.open = true)"
SHOW = """(box) => {
  for (let e = box; e; e = e.parentElement) e.style.display = "block";
}"""
OPEN = "document.querySelectorAll('details').forEach((part) => { part.open = true })"
SHOW = """(box) => {
  for (let part = box; part; part = part.parentElement) part.style.display = "block";
}"""
SHORTER = "longer than|at most|in \\d+ characters"


def pages_with_boxes(site):
    """The pages of a member and an organiser on which one writes, and their boxes."""
    with site.records():
        world = make_world()
        found = []
        for role in (MEMBER, ORGANISER):
            browser = site.app.test_client(user=world.who(role))
            for rule in rules(site.app, "GET"):
                if rule.endpoint.startswith(("static", "mailbox.")):
                    continue
                with site.app.test_request_context():
                    url = site.app.url_for(
                        rule.endpoint, **world.arguments(rule, role, OWN)
                    )
                answer = browser.get(url)
                for box in re.findall(r"<textarea[^>]* maxlength=[^>]*>", answer.text):
                    name = re.search(r' id="([^"]+)"', box)
                    found.append((rule.endpoint == CANCELS, role, url, name[1]))
                answer.close()
        members = {role: world.members[role] for role in (MEMBER, ORGANISER)}
        return sorted(found), members


@pytest.mark.parametrize(
    "only", ["/profile/about", pytest.param("/", marks=pytest.mark.slow)]
)
def test_a_box_that_is_full_is_saved(site, open_page, only):
    boxes, members = pages_with_boxes(site)
    assert len(boxes) >= 8
    windows = {role: open_page(id_) for role, id_ in members.items()}

    for _, role, url, name in boxes:
        if not url.startswith(only):
            continue
        page = windows[role]
        page.goto(url)
        box = page.locator(f"[id='{name}']")
        # In a part of the page that is closed, or for who answers otherwise.
        page.evaluate(OPEN)
        box.evaluate(SHOW)
        most = int(box.get_attribute("maxlength"))
        box.fill("")
        box.focus()
        page.keyboard.insert_text(PIECE * (most // 8 + 1))
        written = box.input_value()
        assert len(written.encode("utf-16-le")) // 2 >= most - 1, (url, name)

        with page.expect_navigation():
            box.evaluate("(box) => box.form.requestSubmit()")

        errors = page.locator(".field-error").all_inner_texts()
        assert not [e for e in errors if re.search(SHORTER, e)], (url, name, errors)
