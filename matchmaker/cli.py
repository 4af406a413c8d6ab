"""What the operator runs: each command finds, calls one service, commits and prints."""

import functools
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_security import hash_password
from sqlalchemy.exc import DBAPIError, IntegrityError

from matchmaker import jobs as job_engine
from matchmaker.config import SettingError
from matchmaker.extensions import db
from matchmaker.mail.compose import gain_sentence
from matchmaker.models import Introduction, Round, Side, utcnow
from matchmaker.refusal import Refusal
from matchmaker.services import demonstration as demonstrations
from matchmaker.services import imports
from matchmaker.services import rounds as round_service
from matchmaker.services import spaces as space_service

DRY_RUN = "This was a dry run: nothing was changed, and nobody was written to."
UPGRADE = "Bring it up to date with: flask db upgrade"


class Trouble(click.ClickException):
    """Nothing was done, for the reason that the message gives."""

    exit_code = 2


class Commands(AppGroup):
    """Commands that say in a sentence why they could not do what was asked."""

    def command(  # type: ignore[override]
        self, *args: Any, **kwargs: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
        make = super().command(*args, **kwargs)
        return lambda function: make(_in_sentences(function))


def _in_sentences(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            check_database()
            return function(*args, **kwargs)
        except (Refusal, SettingError) as problem:
            db.session.rollback()
            raise Trouble(str(problem)) from None
        except DBAPIError as problem:
            db.session.rollback()
            raise Trouble(sentence_for(problem)) from None

    return wrapped


def check_database() -> None:
    """Refuse to work on tables that are not those of this version."""
    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    connection = db.session.connection()
    found = set(MigrationContext.configure(connection).get_current_heads())
    if found == set(scripts.get_heads()):
        return
    if not found:
        raise Refusal(f"The database has no tables yet. {UPGRADE}")
    if found.issubset(script.revision for script in scripts.walk_revisions()):
        raise Refusal(f"The database is that of an older Matchmaker. {UPGRADE}")
    raise Refusal(
        "The database is that of a newer Matchmaker. Update Matchmaker, or name "
        "another database in MATCHMAKER_DATABASE_URL."
    )


def sentence_for(problem: DBAPIError) -> str:
    """Say what is wrong with the database, and what to do about it."""
    what = " ".join(str(problem.orig).split())
    for sign, sentence in _DATABASE_TROUBLES.items():
        if sign in what:
            return f"{sentence} Nothing was changed."
    if isinstance(problem, IntegrityError):
        return (
            "Somebody changed the same things at the same time. Run it again: nothing "
            "was changed."
        )
    return f"The database refused: {what}. Nothing was changed."


_DATABASE_TROUBLES = {
    "database or disk is full": "The disk is full. Make room, then run it again.",
    "database is locked": (
        "The database is busy with something else, such as an import. Try again in a "
        "minute."
    ),
    "no such table": f"A table is missing. {UPGRADE}",
    "no such column": f"A column is missing. {UPGRADE}",
    "does not exist": f"A table, a column or the database is missing. {UPGRADE}",
    "unable to open database file": (
        "The database file cannot be opened. Check that the folder in "
        "MATCHMAKER_DATABASE_URL exists and may be written to."
    ),
    "readonly database": "The database file may not be written to. Check its owner.",
    "file is not a database": (
        "The file in MATCHMAKER_DATABASE_URL is not a database. Give another one."
    ),
    "connection failed": (
        "The database does not answer. Check MATCHMAKER_DATABASE_URL and that the "
        "database is running."
    ),
}


members = Commands("members", help="The people of a space.")
spaces = Commands("spaces", help="Communities, each with its own members and clock.")
operators = Commands("operators", help="Who runs the whole deployment.")
rounds = Commands("rounds", help="Who is introduced to whom.")
jobs = Commands("jobs", help="What runs later or on a schedule.")
demonstration = Commands("demonstration", help="A made-up community to look at.")


def register(app: Flask) -> None:
    for group in (members, spaces, operators, rounds, jobs, demonstration):
        app.cli.add_command(group)


in_space = click.option(
    "--space", "slug", required=True, help="The space's short name."
)
dry_run = click.option("--dry-run", is_flag=True, help="Show what would happen.")


@members.command("import", help=imports.HELP)
@click.argument("file", type=click.Path(path_type=Path))
@in_space
@click.option(
    "--map",
    "renamings",
    multiple=True,
    metavar='"THEIRS=OURS"',
    help="Read the column THEIRS as ours; THEIRS= leaves it out. May be repeated.",
)
@dry_run
@click.pass_context
def import_(
    context: click.Context,
    file: Path,
    slug: str,
    renamings: Sequence[str],
    dry_run: bool,
) -> None:
    mapping = imports.read_mapping(renamings)
    content = imports.read_file(file)
    report = imports.import_members(
        space_service.find(slug), content, mapping, utcnow()
    )
    _finish(dry_run)
    for word in ("added", "changed", "unchanged"):
        click.echo(f"{len(getattr(report, word)):>7,} {word}")
    click.echo(f"{report.rows_refused:>7,} refused")
    if report.refused:
        rows = [(str(cell.line), cell.column, cell.reason) for cell in report.refused]
        click.echo()
        _print_table(("line", "column", "reason"), rows)
    if dry_run:
        click.echo(f"\n{DRY_RUN}")
    context.exit(1 if report.refused else 0)


@members.command("make-organiser")
@click.argument("email")
@in_space
def make_organiser(email: str, slug: str) -> None:
    """Let EMAIL run a space."""
    space, member = space_service.find(slug), space_service.find_member(email)
    space_service.make_organiser(member, space)
    db.session.commit()
    click.echo(f"{member.email} runs {space.name}.")


@spaces.command("create")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--timezone", required=True, help="Such as Europe/Amsterdam.")
def create(slug: str, name: str, timezone: str) -> None:
    """Open a space; SLUG is its short name in addresses and commands."""
    space = space_service.create(slug, name, timezone, utcnow())
    db.session.commit()
    click.echo(f"{space.name} is open as {space.slug}.")


@spaces.command("list")
def list_() -> None:
    """Name the spaces there are."""
    rows = [
        (space.slug, space.name, space.timezone) for space in space_service.everything()
    ]
    _print_table(("space", "name", "time zone"), rows)


@operators.command("add")
@click.argument("email")
def add(email: str) -> None:
    """Let EMAIL run the whole deployment."""
    member = space_service.find_member(email)
    space_service.make_operator(member)
    db.session.commit()
    click.echo(f"{member.email} runs this deployment.")


@rounds.command("run")
@in_space
@click.option("--week", metavar="2026-W48", help="An ISO week; this week by default.")
@dry_run
def run(slug: str, week: str | None, dry_run: bool) -> None:
    """Introduce everybody who is due, and write their letters."""
    now = utcnow()
    space = space_service.find(slug)
    round_ = round_service.run(space, week or round_service.this_week(space, now), now)
    lines = list(_describe(round_))
    _finish(dry_run)
    for line in lines:
        click.echo(line)
    if dry_run:
        click.echo(f"\n{DRY_RUN}")


@jobs.command("work")
def work() -> None:
    """Work the jobs without serving pages, until stopped."""
    db.session.remove()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    job_engine.start(current_app._get_current_object())  # type: ignore[attr-defined]
    click.echo("Working. Stop it with Ctrl-C.")
    try:
        signal.pause()
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        job_engine.stop()


def _describe(round_: Round) -> Iterable[str]:
    yield f"{round_.space.name}, {round_.week}"
    for introduction in sorted(round_.introductions, key=lambda each: -each.value):
        yield ""
        yield from _describe_introduction(introduction)
    yield ""
    yield f"{len(round_.introductions)} introductions"
    yield f"value {round_.value:.3f}, bound {round_.bound:.3f}, gap {round_.gap:.2%}"
    if round_.is_optimal:
        yield "No other choice of pairs is worth more: the pairing is exact."
    if round_.left_out:
        yield f"\n{len(round_.left_out)} left out"
        for left_out in round_.left_out:
            yield f"  {left_out.member.name}: {left_out.why}"


def _describe_introduction(introduction: Introduction) -> Iterable[str]:
    names = " · ".join(member.name for member in introduction.members)
    yield f"{introduction.value:.3f}  {names} ({introduction.kind.value})"
    for side in introduction.sides:
        for gain in side.gains:
            yield f"       {gain_sentence(gain, side, _NOBODY)}"


_NOBODY = Side()  # sentences are told to somebody; the operator has no part in them


@demonstration.command("load")
def load() -> None:
    """Fill an empty database with a made-up community; leave any other alone."""
    if not current_app.config["SETTINGS"].demonstration:
        raise Refusal(
            "The made-up members have passwords that everybody knows. To load them all "
            "the same, set MATCHMAKER_DEMONSTRATION=1."
        )
    welcome = demonstrations.load(hash_password(demonstrations.PASSWORD), utcnow())
    db.session.commit()
    if welcome is None:
        click.echo("There is a space already; it was left as it is.")
    else:
        click.echo(f"{welcome.space} is open, with {welcome.members} made-up members.")


def _finish(dry_run: bool) -> None:
    """Commit, or in a dry run undo everything."""
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns as wide as what is in them; the last may run on."""
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads) - 1)]
    for row in (heads, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[-1]]))
