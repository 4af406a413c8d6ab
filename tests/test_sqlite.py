"""How the writers of one process share SQLite's lock."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from matchmaker import sqlite
from matchmaker.extensions import db
from tests.conftest import make_app


@pytest.fixture
def app(settings, monkeypatch):
    """Of two requests that wait for the lock one waits for a place in the queue."""
    monkeypatch.setattr(sqlite, "WAITING_REQUESTS", 1)
    monkeypatch.setattr(sqlite, "STUCK", 0.1)
    monkeypatch.setattr(sqlite, "PATIENCE", 4.0)
    app = make_app(settings)
    yield app
    with app.app_context():
        db.engine.dispose()


def write(app, take_time=lambda: None):
    """Change something, as a request does; give the seconds it took if it was refused."""
    began = time.monotonic()
    with app.test_request_context(method="POST"):
        try:
            db.session.execute(text("UPDATE outbox SET problem = ''"))
        except OperationalError:
            return time.monotonic() - began
        take_time()
        db.session.commit()
    return None


def test_nobody_is_turned_away_while_one_of_us_is_at_work(app):
    has_begun = threading.Event()

    def slowly():
        has_begun.set()
        time.sleep(0.5)

    with ThreadPoolExecutor() as pool:
        requests = [pool.submit(write, app, slowly)]
        has_begun.wait()
        requests += [pool.submit(write, app) for _ in range(2)]

    assert [request.result() for request in requests] == [None] * 3


def test_who_finds_no_place_while_others_have_the_lock_is_turned_away_soon(
    app, settings
):
    write(app)
    path = settings.database_url.removeprefix("sqlite:///")

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor() as pool:
            requests = [pool.submit(write, app) for _ in range(2)]
        soon, late = sorted(request.result() for request in requests)

    assert soon < 2 < late
