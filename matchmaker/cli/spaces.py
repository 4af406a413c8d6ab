import click

from matchmaker.cli.command import Commands, print_table
from matchmaker.extensions import db
from matchmaker.models import utcnow
from matchmaker.services import spaces as space_service

spaces = Commands("spaces", help="Communities, each with its own members and clock.")
operators = Commands("operators", help="Who runs the whole deployment.")


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
    print_table(("space", "name", "time zone"), rows)


@operators.command("add")
@click.argument("email")
def add(email: str) -> None:
    """Let EMAIL run the whole deployment."""
    member = space_service.find_member(email)
    space_service.make_operator(member)
    db.session.commit()
    click.echo(f"{member.email} runs this deployment.")
