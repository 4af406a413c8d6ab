"""What can be wrong before a command begins, and what to do about it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy.exc import DBAPIError, IntegrityError

from matchmaker.extensions import db
from matchmaker.refusal import Refusal
from matchmaker.setting_checks import SettingError

UPGRADE = "Bring it up to date with: flask db upgrade"
NEWER = (
    "The database is that of a newer Matchmaker. Update Matchmaker, or name another "
    "database in MATCHMAKER_DATABASE_URL."
)
_NOT_LET_IN = (
    "The database does not let us in. Check the user and the password in "
    "MATCHMAKER_DATABASE_URL; special characters in them are percent-encoded."
)
_NO_ANSWER = (
    "The database does not answer. Check MATCHMAKER_DATABASE_URL and that the database "
    "is running."
)


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
    raise Refusal(NEWER)


def sentence_for(problem: DBAPIError | sqlite3.Error) -> str:
    """Say what is wrong with the database, and what to do about it."""
    what = " ".join(str(getattr(problem, "orig", problem)).split())
    for sign, sentence in _DATABASE_TROUBLES.items():
        if sign in what:
            return f"{sentence} Nothing was changed."
    if isinstance(problem, IntegrityError):
        return (
            "Somebody changed the same things at the same time. Run it again: nothing "
            "was changed."
        )
    return f"The database refused: {what}. Nothing was changed."


@contextmanager
def in_sentences() -> Iterator[None]:
    """End a command with a sentence where a rule, a setting or the database says no."""
    try:
        yield
    except (Refusal, SettingError) as problem:
        raise Trouble(str(problem)) from None
    except CommandError:
        raise Trouble(NEWER) from None
    except (DBAPIError, sqlite3.Error) as problem:
        raise Trouble(sentence_for(problem)) from None


# The first sign that is found counts, so the more particular ones come first.
_DATABASE_TROUBLES = {
    "database or disk is full": "The disk is full. Make room, then run it again.",
    "No space left on device": "The disk is full. Make room, then run it again.",
    "database is locked": (
        "The database is busy with something else, such as an import. Try again in a "
        "minute."
    ),
    "no such table": f"A table is missing. {UPGRADE}",
    "no such column": f"A column is missing. {UPGRADE}",
    "unable to open database file": (
        "The database file cannot be opened. Check that the folder in "
        "MATCHMAKER_DATABASE_URL exists and may be written to."
    ),
    "readonly database": "The database file may not be written to. Check its owner.",
    "file is not a database": (
        "The file in MATCHMAKER_DATABASE_URL is not a database. Give another one."
    ),
    "disk image is malformed": (
        "The database file is damaged. Put back your latest backup."
    ),
    "password authentication failed": _NOT_LET_IN,
    "no pg_hba.conf entry": _NOT_LET_IN,
    'role "': _NOT_LET_IN,
    "no password supplied": _NOT_LET_IN,
    'FATAL: database "': (
        "PostgreSQL has no database of that name. Make one with createdb, or name "
        "another in MATCHMAKER_DATABASE_URL."
    ),
    "permission denied": (
        "The user in MATCHMAKER_DATABASE_URL may not do that. Let it own the database."
    ),
    "read-only transaction": (
        "The database may only be read. Name the one that may be written to."
    ),
    "does not exist": f"A table or a column is missing. {UPGRADE}",
    "connection failed": _NO_ANSWER,
    "failed to resolve host": _NO_ANSWER,
    "connection timeout expired": _NO_ANSWER,
}
