import re

from tests.factories import make_block, make_introduction, make_member, make_space


def make_two(space=None):
    space = space or make_space()
    ana, ben = make_member("Ana", space=space), make_member("Ben", space=space)
    make_introduction(ana, ben)
    return ana, ben


def without_token(page):
    """A page but for its CSRF token, which holds the second in which it was made."""
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", page)


def test_a_blocked_page_looks_as_one_that_never_was(as_member):
    ana, ben = make_two()
    browser = as_member(ben)
    unknown = browser.get("/people/9999")
    make_block(ana, ben)

    blocked = browser.get(f"/people/{ana.id}")

    assert blocked.status_code == unknown.status_code == 404
    assert without_token(blocked.text) == without_token(unknown.text)
