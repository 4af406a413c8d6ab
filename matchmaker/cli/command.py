"""What all commands have in common."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import click
from flask.cli import AppGroup

from matchmaker.cli.trouble import check_database, in_sentences
from matchmaker.extensions import db

DRY_RUN = "This was a dry run: nothing was changed, and nobody was written to."

in_space = click.option(
    "--space", "slug", required=True, help="The space's short name."
)
dry_run = click.option("--dry-run", is_flag=True, help="Show what would happen.")


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
        with in_sentences():
            try:
                check_database()
                return function(*args, **kwargs)
            finally:
                db.session.rollback()

    return wrapped


def finish(dry_run: bool) -> None:
    """Commit, or in a dry run undo everything."""
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns as wide as what is in them; the last may run on."""
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads) - 1)]
    for row in (heads, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[-1]]))
