"""The real application, served on a free port, and the browser that people use.

A page fails its test on anything a person would find amiss in the browser's console, on
whatever it asks of another host, and on a server error.
"""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, request
from flask_security.utils import hash_password
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from waitress.server import create_server

from matchmaker import jobs
from matchmaker.config import Settings
from matchmaker.extensions import db
from matchmaker.mail import sending
from matchmaker.models import Letter, LetterStatus, Member, utcnow
from tests.conftest import make_app
from tests.waiting import wait_for

CHROMIUM = shutil.which("chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "seven quiet harbours"
PATIENCE = 15_000  # milliseconds; two busy cores are slow now and then


@dataclass
class Site:
    """The application as it runs, and what it remembers."""

    app: Flask
    url: str

    @contextmanager
    def records(self) -> Iterator[None]:
        """What the site remembers; what is changed is committed at the end."""
        with self.app.app_context():
            yield
            db.session.commit()

    def post_round(self, now: datetime | None = None) -> int:
        """Send the letters that wait, as their job would; say how many went."""
        now = now or utcnow()
        with self.records():
            jobs.answer_all(now)
            waiting = db.select(Letter.id).where(
                Letter.status == LetterStatus.QUEUED, Letter.due_at <= now
            )
            sent = 0
            for id_ in db.session.scalars(waiting).all():
                letter = sending.claim(id_, now)
                db.session.commit()
                if letter:
                    sending.deliver(letter, now)
                    db.session.commit()
                    sent += 1
            return sent

    def session_of(self, member_id: int) -> dict[str, Any]:
        """The cookie of somebody who has signed in."""
        with self.records():
            client = self.app.test_client(user=db.session.get_one(Member, member_id))
            cookie = client.get_cookie("session")
            assert cookie is not None
            return {"name": "session", "value": cookie.value, "url": self.url}


@dataclass
class Watch:
    """What goes wrong in a page while somebody uses it."""

    url: str
    faults: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def _console(self, message: Any) -> None:
        # A page that says no (to a form, to a used link) is not amiss; see `_response`.
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        here, there = urlsplit(self.url).netloc, urlsplit(request.url)
        if there.scheme not in {"data", "blob", "about"} and there.netloc != here:
            self.faults.append(f"external: {request.url}")

    def _failed(self, request: Any) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # typed on, or went elsewhere
            self.faults.append(f"failed: {request.url} {request.failure}")

    def _response(self, response: Any) -> None:
        is_page = response.request.is_navigation_request()
        if response.status >= (500 if is_page else 400):
            self.faults.append(f"{response.status}: {response.url}")


@dataclass
class Served:
    """A server for the whole session; each test gives it its own application."""

    url: str = ""
    app: Callable[..., Any] | None = None
    busy_threads: set[int] = field(default_factory=set)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        assert self.app is not None
        self.busy_threads.add(threading.get_ident())
        try:
            return self.app(environ, start_response)
        finally:
            self.busy_threads.remove(threading.get_ident())


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    served = Served()
    server = create_server(served, host="127.0.0.1", port=0, threads=8)
    served.url = f"http://127.0.0.1:{server.effective_port}"
    threading.Thread(target=server.run, daemon=True).start()
    yield served
    server.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def site(settings: Settings, served: Served) -> Iterator[Site]:
    """The application, its mailbox page too, with CSRF protection on."""
    settings = replace(settings, demonstration=True, smtp_url="", base_url=served.url)
    app = served_app(settings)
    served.app = app
    yield Site(app, served.url)
    # What a page asked for as it closed; its connection would be left open.
    wait_for(lambda: not served.busy_threads)
    with app.app_context():
        db.engine.dispose()


@cache
def served_app(settings: Settings) -> Flask:
    """Make the application once for all tests: see `shared_app`."""
    app = make_app(settings, WTF_CSRF_ENABLED=True)

    @app.before_request
    def answer_before_anybody_looks() -> None:
        """As a job would, a second later."""
        if request.path.startswith("/mailbox"):
            jobs.answer_all(utcnow())

    return app


@pytest.fixture
def password_hash(site: Site) -> str:
    """PASSWORD, as an account keeps it."""
    with site.app.test_request_context():
        return str(hash_password(PASSWORD))


@pytest.fixture
def open_context(
    chromium: Browser, site: Site
) -> Iterator[Callable[..., BrowserContext]]:
    """Give a person their own browser; at the end nothing may have gone wrong in any."""
    watch = Watch(site.url)
    contexts: list[BrowserContext] = []

    def open_context(member_id: int | None = None, **options: Any) -> BrowserContext:
        context = chromium.new_context(
            **({"base_url": site.url, "reduced_motion": "reduce"} | options)
        )
        context.set_default_timeout(PATIENCE)
        context.on("page", watch.over)
        contexts.append(context)
        if member_id is not None:
            context.add_cookies([site.session_of(member_id)])
        return context

    yield open_context
    for context in contexts:
        context.close()
    assert not watch.faults


@pytest.fixture
def open_page(open_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    return lambda *args, **options: open_context(*args, **options).new_page()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A visitor's page."""
    return open_page()
