"""Web and jobs in one process: enough for one space on one machine."""

import errno
import resource
import signal
import sys
from typing import Any, NoReturn

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError
from waitress.server import create_server  # type: ignore[import-untyped]

from matchmaker import jobs
from matchmaker.cli.trouble import check_database, sentence_for
from matchmaker.config import Settings
from matchmaker.extensions import db
from matchmaker.refusal import Refusal
from matchmaker.services import demonstration
from matchmaker.sqlite import WAITING_REQUESTS


def serve(app: Flask) -> None:
    """Answer requests and work jobs until told to stop."""
    settings: Settings = app.config["SETTINGS"]
    lines = [f"Matchmaker is at {settings.base_url}"]
    with app.app_context():
        try:
            check_database()
            if settings.demonstration:
                lines += _how_to_look_round(settings)
        except Refusal as problem:
            _cannot_start(str(problem))
        except DBAPIError as problem:
            _cannot_start(sentence_for(problem))
        finally:
            db.session.remove()
    server = _listen(app, settings)
    # Waitress leaves its loop on SystemExit; the jobs under way then finish.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    jobs.start(app)
    click.echo("\n".join([*lines, "", "Stop it with Ctrl-C."]))
    try:
        server.run()
    finally:
        server.close()
        jobs.stop()


def _listen(app: Flask, settings: Settings) -> Any:
    try:
        return create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=WAITING_REQUESTS + 8,
            # Browsers hold connections open, and so do those who mean harm. One that
            # sends nothing for a while is closed; until then there is room for others.
            connection_limit=_room_for_connections(),
            channel_timeout=30,
            cleanup_interval=5,
            asyncore_use_poll=True,  # select() knows no more than 1,024
            # Who may send them is decided in one place, for every server: proxies.py.
            clear_untrusted_proxy_headers=False,
        )
    except (OSError, ValueError) as problem:
        if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
            _cannot_start(
                f"Something else listens on port {settings.port} already. Stop it, or "
                f"set another port, such as MATCHMAKER_PORT={settings.port + 1}."
            )
        _cannot_start(
            f"It cannot listen on {settings.host}:{settings.port} ({problem}). Check "
            "MATCHMAKER_HOST and MATCHMAKER_PORT."
        )


def _room_for_connections() -> int:
    """Give up to 2,000, if the system lets a process open so many files."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = 4096 if most == resource.RLIM_INFINITY else min(4096, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    return max(100, min(2000, files // 2))


def _how_to_look_round(settings: Settings) -> list[str]:
    welcome = demonstration.welcome()
    if welcome is None:
        return []
    return [
        "",
        f"  as a member     {welcome.member}",
        f"  as organiser    {welcome.organiser}",
        f"  password        {demonstration.PASSWORD}",
        "",
        f"  letters         {settings.base_url}/mailbox/?to={welcome.member}",
    ]


def _cannot_start(sentence: str) -> NoReturn:
    click.echo(f"Matchmaker cannot start. {sentence}", err=True)
    sys.exit(2)
