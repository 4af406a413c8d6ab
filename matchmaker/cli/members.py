from collections.abc import Sequence
from pathlib import Path

import click

from matchmaker.cli.command import (
    DRY_RUN,
    Commands,
    dry_run,
    finish,
    in_space,
    print_table,
)
from matchmaker.extensions import db
from matchmaker.models import utcnow
from matchmaker.services import imports
from matchmaker.services import spaces as space_service

members = Commands("members", help="The people of a space.")


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
def import_(file: Path, slug: str, renamings: Sequence[str], dry_run: bool) -> None:
    mapping = imports.read_mapping(renamings)
    content = imports.read_file(file)
    report = imports.import_members(
        space_service.find(slug), content, mapping, utcnow()
    )
    finish(dry_run)
    for word in ("added", "changed", "unchanged"):
        click.echo(f"{len(getattr(report, word)):>7,} {word}")
    click.echo(f"{report.rows_refused:>7,} refused")
    if report.refused:
        rows = [(str(cell.line), cell.column, cell.reason) for cell in report.refused]
        click.echo()
        print_table(("line", "column", "reason"), rows)
    _print_how_it_was_read(report, dry_run)
    if dry_run:
        click.echo(f"\n{DRY_RUN}")
    if report.refused:
        raise click.exceptions.Exit(1)


def _print_how_it_was_read(report: imports.Report, dry_run: bool) -> None:
    click.echo(f"\nRead {', '.join(report.read)}.")
    if report.left_out:
        names = ", ".join(f"“{head}”" for head in report.left_out)
        click.echo(f"Left out, as none of ours: {names}.")
    for note in report.notes:
        click.echo(note)
    if dry_run and report.preview:
        click.echo("\nThe first people, as they would be:")
        for person in report.preview:
            click.echo(f"  {person}")


@members.command("make-organiser")
@click.argument("email")
@in_space
def make_organiser(email: str, slug: str) -> None:
    """Let EMAIL run a space."""
    space, member = space_service.find(slug), space_service.find_member(email)
    space_service.make_organiser(member, space)
    db.session.commit()
    click.echo(f"{member.email} runs {space.name}.")
