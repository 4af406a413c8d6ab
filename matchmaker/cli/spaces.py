import click

from matchmaker.cli.command import Commands, print_table
from matchmaker.extensions import db
from matchmaker.models import Joining, utcnow
from matchmaker.services import spaces as space_service

spaces = Commands("spaces", help="Communities, each with its own members and clock.")
operators = Commands("operators", help="Who runs the whole deployment.")

_JOINING = click.Choice([joining.value for joining in Joining])
_JOINING_HELP = (
    "invitation: only those who were invited (the default). approval: others ask, and "
    "an organiser decides. open: anybody who signs up."
)
_WHO_JOINS = {
    Joining.INVITATION: "Only those who are invited can join.",
    Joining.APPROVAL: "Others can ask to join, and an organiser decides.",
    Joining.OPEN: "Anybody who signs up can join, and its organisers hear of it.",
}


@spaces.command("create")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--timezone", required=True, help="Such as Europe/Amsterdam.")
@click.option("--joining", type=_JOINING, default="invitation", help=_JOINING_HELP)
def create(slug: str, name: str, timezone: str, joining: str) -> None:
    """Make a space; SLUG is its short name in addresses and commands."""
    space = space_service.create(slug, name, timezone, utcnow(), Joining(joining))
    db.session.commit()
    click.echo(f"{space.name} is made as {space.slug}. {_WHO_JOINS[space.joining]}")


@spaces.command("set")
@click.argument("slug")
@click.option("--joining", type=_JOINING, required=True, help=_JOINING_HELP)
def set_(slug: str, joining: str) -> None:
    """Change who may join the space SLUG."""
    space = space_service.find(slug)
    space_service.set_joining(space, Joining(joining))
    db.session.commit()
    click.echo(f"{space.name}: {_WHO_JOINS[space.joining]}")


@spaces.command("list")
def list_() -> None:
    """Name the spaces there are."""
    rows = [
        (space.slug, space.name, space.timezone, space.joining.value)
        for space in space_service.everything()
    ]
    print_table(("space", "name", "time zone", "joining"), rows)


@operators.command("add")
@click.argument("email")
def add(email: str) -> None:
    """Let EMAIL run the whole deployment."""
    member = space_service.find_member(email)
    space_service.make_operator(member)
    db.session.commit()
    click.echo(f"{member.email} runs this deployment.")
