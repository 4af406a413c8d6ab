"""What can be wrong before a command begins, and what to do about it."""

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.exc import DBAPIError, IntegrityError

from matchmaker.extensions import db
from matchmaker.refusal import Refusal

UPGRADE = "Bring it up to date with: flask db upgrade"


class Trouble(click.ClickException):
    """Nothing was done, for the reason that the message gives."""

    exit_code = 2


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
