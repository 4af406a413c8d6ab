"""What must hold for every route and template, present and future."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from matchmaker.config import Settings
from matchmaker.extensions import db
from tests.conftest import make_app
from tests.world import (
    ANONYMOUS,
    ELSEWHERE,
    MEMBER,
    ORGANISER,
    OWN,
    ROLES,
    Clerk,
    World,
    make_world,
    rules,
)

TEMPLATES = Path("templates")
# What else changes nothing is answered by the same code: that two ask so is enough.
OTHERWISE = {ANONYMOUS: ("HEAD", "OPTIONS"), ORGANISER: ("HEAD", "OPTIONS")}


@pytest.fixture
def place(settings: Settings) -> Iterator[tuple[Flask, World]]:
    """The whole application, its demonstration pages too, with CSRF protection on."""
    app = make_app(replace(settings, demonstration=True), WTF_CSRF_ENABLED=True)
    with app.app_context():
        yield app, make_world()
        db.session.remove()
        db.engine.dispose()


def urls(app: Flask, world: World, role: str, *methods: str) -> Iterator[str]:
    for rule in rules(app, *methods):
        with app.test_request_context():
            url = app.url_for(rule.endpoint, **world.arguments(rule, role, OWN))
        yield url


def changes_by_looking(
    app: Flask, world: World, roles: Sequence[str]
) -> set[tuple[str, str]]:
    """The safe requests that changed something, as method and address."""
    changes = set()
    clerk = Clerk(app)
    for role in roles:
        browser = app.test_client(user=world.who(role))
        for method in ("GET", *OTHERWISE.get(role, ())):
            for url in urls(app, world, role):
                browser.open(url, method=method).close()
                if clerk.has_seen_a_change():
                    changes.add((method, url))
    return changes


def test_opening_a_page_changes_nothing(place):
    assert changes_by_looking(*place, ROLES) == set()


def test_a_page_that_changes_something_is_noticed(place):
    app, world = place

    def planted() -> str:
        db.session.execute(text("UPDATE space SET blurb = blurb || '.'"))
        db.session.commit()
        return "seen"

    app.add_url_rule("/planted", "planted", planted)

    assert changes_by_looking(app, world, [ANONYMOUS]) == {
        ("GET", "/planted"),
        ("HEAD", "/planted"),
    }


def test_every_page_opens_on_every_database(any_database):
    world = make_world()
    opened = 0
    for role in (ANONYMOUS, MEMBER, ORGANISER):
        browser = any_database.test_client(user=world.who(role))
        for url in urls(any_database, world, role, "GET"):
            response = browser.get(url)
            response.close()
            assert response.status_code < 500, (role, url)
            opened += response.status_code == 200
    assert opened > 40


@pytest.mark.parametrize("role", [ANONYMOUS, MEMBER, ORGANISER, ELSEWHERE])
def test_every_form_carries_a_token_and_no_page_needs_inline_code(place, role):
    app, world = place
    browser = app.test_client(user=world.who(role))
    pages = 0
    for url in urls(app, world, role, "GET"):
        response = browser.get(url)
        response.close()
        if not response.content_type.startswith("text/html") or "/html" in url:
            continue
        pages += 1
        assert response.headers["Referrer-Policy"] == "no-referrer", url
        if "/unsubscribe/" not in url:  # needs no token: RFC 8058
            assert not forms_without_a_token(response.text), url
        assert not inline_code(response.text), url
        assert "default-src 'self'" in response.headers["Content-Security-Policy"], url
    assert pages > 10


def forms_without_a_token(html: str) -> list[str]:
    forms = re.findall(r"<form.*?</form>", html, re.DOTALL)
    posts = [form for form in forms if 'method="post"' in form]
    return [form for form in posts if 'name="csrf_token"' not in form]


def inline_code(html: str) -> list[str]:
    """What the content security policy would block, or what comes from elsewhere."""
    data = r'\stype="application/ld\+json">'  # is not run
    inline = rf"<script(?![^>]*\ssrc=|{data})|\sstyle=|<style|<[^>]*\son[a-z]+="
    elsewhere = r'(?:src|action)="(?:https?:)?//|<link[^>]*href="(?:https?:)?//'
    return re.findall(f"{inline}|{elsewhere}", html)


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color: red">',
        "<script>alert(1)</script>",
        '<a onclick="go()">',
        '<script src="//cdn.example/x.js">',
        '<script type="application/json">',
        '<link rel="stylesheet" href="https://fonts.example/">',
    ],
)
def test_code_that_a_browser_would_block_is_noticed(html):
    assert inline_code(html)


def test_a_form_without_a_token_is_noticed():
    assert forms_without_a_token('<form method="post"><button></form>')
    assert not forms_without_a_token('<form method="get"><button></form>')


def test_every_change_needs_a_token(place):
    app, world = place
    browser = app.test_client(user=world.who(ORGANISER))
    unprotected, unknown = set(), set()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for rule in rules(app, method):
            with app.test_request_context():
                url = app.url_for(
                    rule.endpoint, **world.arguments(rule, ORGANISER, OWN)
                )
            status = browser.open(url, method=method).status_code
            if status != 400:
                (unknown if status == 401 else unprotected).add(rule.endpoint)

    # One click in a mail program carries no token: RFC 8058.
    assert unprotected == {
        "unsubscribe.stop",
        "events.stop_messages",
        "groups.by_letter",
    }
    # And to these no cookie says who it is, so that there is nothing to forge.
    assert unknown == {"api.come", "api.decline"}


@pytest.mark.parametrize(
    "path",
    sorted(path for path in TEMPLATES.rglob("*.*")),
    ids=str,
)
def test_every_template_compiles(path, app):
    app.jinja_env.get_template(str(path.relative_to(TEMPLATES)))
