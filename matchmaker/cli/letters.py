from datetime import UTC, datetime

import click

from matchmaker.cli.command import Commands
from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.models import utcnow
from matchmaker.refusal import Refusal

letters = Commands("letters", help="What is sent, and what is not.")


@letters.command("release")
@click.option(
    "--send", is_flag=True, help="Send what waits, as far as it is still true."
)
@click.option("--cancel", is_flag=True, help="Cancel what waits.")
@click.option(
    "--before",
    type=click.DateTime(),
    help="With --cancel: only what was written before this moment, in UTC.",
)
def release(send: bool, cancel: bool, before: datetime | None) -> None:
    """Let letters be sent again, after a backup has been restored.

    Those that waited when the backup was made may have been sent since. Cancel them,
    or those from before the old database stopped sending; the others are sent.
    """
    if send == cancel or (before and not cancel):
        waiting = outbox.waiting()
        raise Refusal(
            f"{waiting} {'letter waits' if waiting == 1 else 'letters wait'}. Say what "
            "becomes of them: --send, --cancel, or --cancel --before TIME."
        )
    until = before.replace(tzinfo=UTC) if before else utcnow()
    cancelled = outbox.release(until if cancel else None)
    waiting = outbox.waiting()
    db.session.commit()
    click.echo(
        f"Letters are sent again. Cancelled: {cancelled}. To be sent: {waiting}."
    )


@letters.command("hold")
def hold() -> None:
    """Send nothing more until `flask letters release`."""
    outbox.hold(utcnow())
    db.session.commit()
    click.echo("No letters are sent. To go on: flask letters release")
