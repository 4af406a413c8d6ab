import signal
import sys
from importlib import metadata

import click
from flask import current_app
from flask_security import hash_password

from matchmaker import jobs as job_engine
from matchmaker.cli.command import Commands
from matchmaker.extensions import db
from matchmaker.models import utcnow
from matchmaker.refusal import Refusal
from matchmaker.services import demonstration as demonstrations

jobs = Commands("jobs", help="What runs later or on a schedule.")
demonstration = Commands("demonstration", help="A made-up community to look at.")


@click.command("version")
def version() -> None:
    """Print the version of Matchmaker."""
    click.echo(f"Matchmaker {metadata.version('matchmaker')}")


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
