import re

from matchmaker.extensions import db
from matchmaker.models import Block
from tests.factories import make_introduction, make_member, make_space


def make_two(space=None):
    space = space or make_space()
    ana, ben = make_member("Ana", space=space), make_member("Ben", space=space)
    make_introduction(ana, ben)
    return ana, ben


def without_token(page):
    """A page but for its CSRF token, which holds the second in which it was made."""
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", page)


def test_a_block_asks_first_and_then_parts_both(as_member):
    ana, ben = make_two()
    browser = as_member(ana)
    assert "Never show you and Ben" in browser.get(f"/people/{ben.id}/block").text
    assert db.session.scalars(db.select(Block)).all() == []

    browser.post(f"/people/{ben.id}/block")

    for viewer, other in ((ana, ben), (ben, ana)):
        browser = as_member(viewer)
        assert browser.get(f"/people/{other.id}").status_code == 404
        assert other.name not in browser.get("/introductions/").text


def test_a_blocked_page_looks_as_one_that_never_was(as_member):
    ana, ben = make_two()
    browser = as_member(ben)
    unknown = browser.get("/people/9999")
    as_member(ana).post(f"/people/{ben.id}/block")

    blocked = browser.get(f"/people/{ana.id}")

    assert blocked.status_code == unknown.status_code == 404
    assert without_token(blocked.text) == without_token(unknown.text)
